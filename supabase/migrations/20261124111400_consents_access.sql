-- Purpose: who reads the ledger, what never changes in it, and the state that is in force now.
-- Keeps:   P-3.3, P-4.4, P-6.3
-- Touches: tables public.consent_texts, public.consents; view public.current_consents; function ops.publish_consent_text
-- Undo:    drop policies, triggers, view, function

alter table public.consent_texts enable row level security;
alter table public.consents enable row level security;
revoke all on public.consent_texts, public.consents from public, anon, authenticated, service_role;
grant select on public.consent_texts to anon, authenticated;
grant select (
    id, user_id, workspace_id, address, purpose, state, consent_text_id, source, proof, recorded_by, recorded_at
) on public.consents to authenticated;

create policy consent_texts_select_visitor on public.consent_texts for select to anon using (published_at <= now());
comment on policy consent_texts_select_visitor on public.consent_texts is 'Visitors read the texts with which consent is asked (P-3.3).';
create policy consent_texts_select_user on public.consent_texts for select to authenticated using (published_at <= now());
comment on policy consent_texts_select_user on public.consent_texts is 'You read the texts with which consent is asked (P-3.3).';
create policy consents_select_owner on public.consents for select to authenticated
using (
    ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'))
    or workspace_id = any(array(select private.readable_workspaces()))
);
comment on policy consents_select_owner on public.consents is
'You see your own consents, and those that your workspace wrote down of its contacts (P-3.3, P-6.3).';

create view public.current_consents with (security_invoker = true) as
select distinct on (consents.user_id, consents.workspace_id, consents.address, consents.purpose)
    consents.user_id,
    consents.workspace_id,
    consents.address,
    consents.purpose,
    consents.state,
    consents.consent_text_id,
    consents.source,
    consents.recorded_at
from public.consents as consents
where consents.user_id is not null or consents.address is not null
order by consents.user_id asc, consents.workspace_id asc, consents.address asc, consents.purpose asc, consents.recorded_at desc;
comment on view public.current_consents is
'What is in force: the newest entry of each person and purpose; no row means no consent (P-3.3, P-4.4).';
revoke all on public.current_consents from public, anon, authenticated, service_role;
grant select on public.current_consents to authenticated;

create function private.keep_consent()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        -- Only with the account or the workspace that it belongs to, which a cascade deletes first.
        if not exists (select from public.profiles as profiles where profiles.user_id = old.user_id)
            and not exists (select from public.workspaces as workspaces where workspaces.id = old.workspace_id) then
            return old;
        end if;
    elsif new.recorded_by is null
        and not exists (select from public.profiles as profiles where profiles.user_id = old.recorded_by)
        and pg_catalog.to_jsonb(new) - 'recorded_by' = pg_catalog.to_jsonb(old) - 'recorded_by' then
        return new;
    elsif old.address is not null and new.address is null and new.address_hash is not null and new.proof is null
        and pg_catalog.to_jsonb(new) - array['address', 'address_hash', 'proof']
        = pg_catalog.to_jsonb(old) - array['address', 'address_hash', 'proof'] then
        -- Erasure: the answer stays, the person does not.
        return new;
    end if;
    raise insufficient_privilege using
        message = 'public.consents is append-only', hint = 'Record what changed as a newer entry.';
end
$$;
comment on function private.keep_consent() is
'Trigger: an entry never changes but by erasure, which turns an address into its keyed hash (P-3.3, P-9.2).';
revoke all on function private.keep_consent() from public, anon, authenticated, service_role;

create function private.stamp_consent()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- Whoever writes two entries of one person writes them one after the other, by the lock of the account or the workspace; but a
    -- clock may be set back in between.
    new.recorded_at := greatest(new.recorded_at, (
        select pg_catalog.max(consents.recorded_at) + interval '1 microsecond' from public.consents as consents
        where consents.purpose = new.purpose
            and (consents.user_id = new.user_id or (consents.workspace_id = new.workspace_id and consents.address = new.address))
    ));
    return new;
end
$$;
comment on function private.stamp_consent() is
'Trigger: an entry is later than those before it of the same person and purpose, so that the newest is the one that was written last (P-3.3).';
revoke all on function private.stamp_consent() from public, anon, authenticated, service_role;

create trigger stamp_consent before insert on public.consents
for each row execute function private.stamp_consent();
create trigger keep_consent before update or delete on public.consents
for each row execute function private.keep_consent();
create trigger keep_for_good before update or delete on public.consent_texts
for each row execute function private.keep_for_good();
create trigger consents_refuse_truncate before truncate on public.consents
for each statement execute function private.refuse_truncate();
create trigger consent_texts_refuse_truncate before truncate on public.consent_texts
for each statement execute function private.refuse_truncate();

create function ops.publish_consent_text(p_purpose text, p_version text, p_language text, p_text text)
returns bigint
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into public.consent_texts (purpose, version, language, text, text_sha256)
    select purposes.name, p_version, p_language, p_text,
        pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_text, 'UTF8')), 'hex')
    from private.processing_purposes as purposes where purposes.name = p_purpose and purposes.needs_consent
    returning id
$$;
comment on function ops.publish_consent_text(text, text, text, text) is
'Publishes a text with which consent for a registered purpose is asked; null if the purpose needs none (P-3.3).';
revoke all on function ops.publish_consent_text(text, text, text, text) from public, anon, authenticated, service_role;
