-- Purpose: a key is taken out of use only when nothing hangs on it, and then stays out.
-- Keeps:   P-5.4.1, P-3.4
-- Touches: table private.retired_keys; functions private.key_uses, private.refuse_retired_key, service_api.count_key_uses, service_api.retire_key; trigger on private.google_secrets
-- Undo:    drop them

create table private.retired_keys (
    kid text primary key,
    retired_at timestamptz not null default clock_timestamp(),
    constraint kid_is_a_key_name check (kid ~ '^[A-Za-z0-9._-]{1,64}$')
);

comment on table private.retired_keys is
'Sealing keys that nothing may be sealed under any more, so that a process with an old environment cannot bring one back (P-5.4.1).';
comment on column private.retired_keys.kid is 'The name of the key (P-5.4.1).';
comment on column private.retired_keys.retired_at is 'When nothing used it any more (P-3.4).';

alter table private.retired_keys enable row level security;
revoke all on private.retired_keys from public, anon, authenticated, service_role;
create trigger retired_keys_refuse_truncate before truncate on private.retired_keys
for each statement execute function private.refuse_truncate();

create function private.refuse_retired_key()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if exists (select from private.retired_keys as retired where retired.kid = new.kid) then
        raise invalid_parameter_value using message = 'this key is retired';
    end if;
    return new;
end
$$;

comment on function private.refuse_retired_key() is 'Trigger: nothing is stored that is sealed under a retired key (P-5.4.1).';
revoke all on function private.refuse_retired_key() from public, anon, authenticated, service_role;
create trigger refuse_retired_key before insert or update of kid on private.google_secrets
for each row execute function private.refuse_retired_key();

create function private.key_uses()
returns table (kid text, connection_count bigint, attempt_count bigint, pending_revocation_count bigint)
language sql
stable
security invoker
set search_path = ''
as $$
    select
        uses.kid,
        pg_catalog.count(*) filter (where uses.what = 'connection'),
        pg_catalog.count(*) filter (where uses.what = 'attempt'),
        pg_catalog.count(*) filter (where uses.what = 'pending revocation')
    from (
        select secrets.kid, 'connection' as what from private.google_secrets as secrets
        union all
        select private.sealed_document_kid(attempts.sealed_secrets, 'attempt'), 'attempt'
        from private.google_authorization_attempts as attempts
        union all
        select pending.kid, 'pending revocation' from private.pending_revocations as pending
    ) as uses
    group by uses.kid
$$;

comment on function private.key_uses() is 'How much is sealed under which key (P-5.4.1).';
revoke all on function private.key_uses() from public, anon, authenticated, service_role;

create function service_api.count_key_uses()
returns jsonb
language plpgsql
stable
-- Definer: the role has no right on any table; the body counts and names no person.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_operator', 'service_role');
    return pg_catalog.jsonb_build_object('keys', (
        select coalesce(pg_catalog.jsonb_agg(uses order by uses.kid), '[]') from private.key_uses() as uses
    ));
end
$$;

comment on function service_api.count_key_uses() is
'{keys: [{kid, connection_count, attempt_count, pending_revocation_count}]} (P-5.4.1).';
revoke all on function service_api.count_key_uses() from public, anon, authenticated, service_role;
grant execute on function service_api.count_key_uses() to google_operator, service_role;

create function service_api.retire_key(p_kid text)
returns jsonb
language plpgsql
volatile
-- Definer: the role has no right on any table; the body writes one name, and only if nothing hangs on that key.
security definer
set search_path = ''
as $$
declare
    v_uses jsonb;
begin
    perform private.require_caller('google_operator', 'service_role');
    -- Held until the name is written: nobody stores a document under it between the count and then.
    lock table private.google_secrets in share row exclusive mode;
    select to_jsonb(uses) into v_uses from private.key_uses() as uses where uses.kid = p_kid;
    if v_uses is not null then
        return pg_catalog.jsonb_build_object('outcome', 'in_use', 'uses', v_uses);
    end if;
    insert into private.retired_keys (kid) values (p_kid) on conflict (kid) do nothing;
    return pg_catalog.jsonb_build_object('outcome', 'retired');
end
$$;

comment on function service_api.retire_key(text) is
'Takes a key out of use for good: {outcome: retired}, or in_use with what still hangs on it (P-5.4.1).';
revoke all on function service_api.retire_key(text) from public, anon, authenticated, service_role;
grant execute on function service_api.retire_key(text) to google_operator, service_role;
