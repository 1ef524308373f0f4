-- Purpose: what people agree to, in versions that never change, and the notices that announce a new one.
-- Keeps:   P-1.1, P-14.1
-- Touches: tables public.policy_versions, public.policy_notices, functions private.keep_policy_notice, ops.publish_policy_version
-- Undo:    drop them

create table public.policy_versions (
    id bigint generated always as identity primary key,
    document text not null,
    version text not null,
    summary text not null,
    url text not null,
    text_sha256 text not null,
    is_material boolean not null,
    published_at timestamptz not null default now(),
    effective_at timestamptz not null,
    constraint document_is_known check (document in ('privacy_policy', 'service_agreement', 'data_processing_terms')),
    constraint version_is_short check (char_length(version) between 1 and 50),
    constraint summary_is_short check (char_length(summary) between 1 and 2000),
    constraint url_is_https check (url ~ '^https://' and char_length(url) <= 2048),
    constraint text_sha256_is_a_hash check (text_sha256 ~ '^[0-9a-f]{64}$'),
    constraint version_is_published_before_it_takes_effect check (effective_at >= published_at),
    constraint version_is_published_once unique (document, version),
    constraint one_version_takes_effect_at_a_time unique (document, effective_at)
);

comment on table public.policy_versions is 'Every version of what people agree to. Append-only, readable by visitors too (P-1.1, P-14.1).';
comment on column public.policy_versions.id is 'The version (P-1.1).';
comment on column public.policy_versions.document is 'Which document: what users agree to, or what the owner of a workspace does (P-1.1).';
comment on column public.policy_versions.version is 'What people call it, such as 2026-11 (P-1.1).';
comment on column public.policy_versions.summary is 'What changed, in a few sentences, for notices (P-14.1).';
comment on column public.policy_versions.url is 'Where the text can be read (P-1.1).';
comment on column public.policy_versions.text_sha256 is 'Hash of the exact text, proof of what was shown (P-1.1).';
comment on column public.policy_versions.is_material is 'Whether it has to be announced and agreed to anew (P-14.1).';
comment on column public.policy_versions.published_at is 'When it was published (P-14.1).';
comment on column public.policy_versions.effective_at is 'When it takes effect, never before it is published (P-14.1).';

create table public.policy_notices (
    id uuid not null default gen_random_uuid() primary key,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    policy_version_id bigint not null references public.policy_versions (id),
    channel text not null,
    created_at timestamptz not null default now(),
    delivered_at timestamptz,
    constraint channel_is_known check (channel in ('in_app', 'email')),
    constraint delivered_at_is_not_before_created_at check (delivered_at >= created_at),
    constraint one_notice_per_channel unique (user_id, policy_version_id, channel)
);

comment on table public.policy_notices is 'Who was told of a material change, and when the notice reached them (P-14.1).';
comment on column public.policy_notices.id is 'The notice (P-14.1).';
comment on column public.policy_notices.user_id is 'Who is told (P-14.1).';
comment on column public.policy_notices.policy_version_id is 'Of which version (P-14.1).';
comment on column public.policy_notices.channel is 'in_app or email (P-14.1).';
comment on column public.policy_notices.created_at is 'When it was written (P-14.1).';
comment on column public.policy_notices.delivered_at is 'When it was shown or delivered; use counts as acceptance only after that (P-14.1).';

create index policy_notices_policy_version_id on public.policy_notices (policy_version_id);

alter table public.policy_versions enable row level security;
alter table public.policy_notices enable row level security;
revoke all on public.policy_versions, public.policy_notices from public, anon, authenticated, service_role;
grant select on public.policy_versions to anon, authenticated;
grant select (id, user_id, policy_version_id, channel, created_at, delivered_at) on public.policy_notices to authenticated;

create policy policy_versions_select_visitor on public.policy_versions for select to anon using (published_at <= now());
comment on policy policy_versions_select_visitor on public.policy_versions is
'Visitors see every published version, the coming one included (P-14.1).';
create policy policy_versions_select_user on public.policy_versions for select to authenticated using (published_at <= now());
comment on policy policy_versions_select_user on public.policy_versions is
'You see every published version, the coming one included (P-14.1).';
create policy policy_notices_select_owner on public.policy_notices
for select to authenticated using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy policy_notices_select_owner on public.policy_notices is 'You see the notices to yourself (P-14.1).';

create trigger keep_for_good before update or delete on public.policy_versions
for each row execute function private.keep_for_good();
create trigger policy_versions_refuse_truncate before truncate on public.policy_versions
for each statement execute function private.refuse_truncate();

create function private.keep_policy_notice()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- The first delivery is written down and stays: use counts as acceptance from then on.
    if tg_op = 'UPDATE' and (old.delivered_at is null or new.delivered_at = old.delivered_at)
        and pg_catalog.to_jsonb(new) - 'delivered_at' = pg_catalog.to_jsonb(old) - 'delivered_at' then
        return new;
    end if;
    -- A cascade deletes the profile first.
    if tg_op = 'DELETE' and not exists (select from public.profiles as profiles where profiles.user_id = old.user_id) then
        return old;
    end if;
    raise insufficient_privilege using message = 'public.policy_notices is append-only';
end
$$;
comment on function private.keep_policy_notice() is
'Trigger: a notice changes once, when it is delivered, and goes with its person (P-14.1, P-9.2).';
revoke all on function private.keep_policy_notice() from public, anon, authenticated, service_role;
create trigger keep_policy_notice before update or delete on public.policy_notices
for each row execute function private.keep_policy_notice();
create trigger policy_notices_refuse_truncate before truncate on public.policy_notices
for each statement execute function private.refuse_truncate();

create function ops.publish_policy_version(
    p_document text, p_version text, p_text text, p_url text, p_summary text, p_effective_at timestamptz, p_is_material boolean
)
returns bigint
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into public.policy_versions (document, version, summary, url, text_sha256, is_material, published_at, effective_at)
    values (
        p_document, p_version, p_summary, p_url,
        pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_text, 'UTF8')), 'hex'), p_is_material,
        pg_catalog.now(), greatest(p_effective_at, pg_catalog.now())
    )
    returning id
$$;

comment on function ops.publish_policy_version(text, text, text, text, text, timestamptz, boolean) is
'Publishes a version of a document, hashed from its exact text; a material one is announced to everybody within minutes (P-1.1, P-14.1).';
revoke all on function ops.publish_policy_version(text, text, text, text, text, timestamptz, boolean)
from public, anon, authenticated, service_role;
