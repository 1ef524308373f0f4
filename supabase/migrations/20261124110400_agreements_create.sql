-- Purpose: who agreed to which version, how, and what was shown; one place that says what is missing.
-- Keeps:   P-1.1, P-14.1, P-12.1
-- Touches: tables public.agreements, public.workspace_agreements; views private.terms_in_effect, private.accepted_terms; triggers
-- Undo:    drop them

create table public.agreements (
    id uuid not null default gen_random_uuid() primary key,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    policy_version_id bigint not null references public.policy_versions (id),
    kind text not null,
    notice_id uuid references public.policy_notices (id) on delete cascade,
    text_sha256 text not null,
    agreed_at timestamptz not null default now(),
    constraint kind_is_known check (kind in ('explicit', 'use')),
    constraint use_has_its_notice check ((kind = 'use') = (notice_id is not null)),
    constraint a_version_is_agreed_to_once unique (user_id, policy_version_id)
);

comment on table public.agreements is
'Which version a person agreed to: explicitly, or by use after a delivered notice. Append-only; never a consent (P-1.1, P-14.1).';
comment on column public.agreements.id is 'The agreement (P-1.1).';
comment on column public.agreements.user_id is 'Who agreed (P-1.1).';
comment on column public.agreements.policy_version_id is 'To what (P-1.1).';
comment on column public.agreements.kind is 'explicit, or use after the notice was delivered and the version took effect (P-14.1).';
comment on column public.agreements.notice_id is 'The delivered notice, for an acceptance by use (P-14.1).';
comment on column public.agreements.text_sha256 is 'Hash of the text that was shown (P-1.1).';
comment on column public.agreements.agreed_at is 'When: for use, the first one (P-14.1).';

create index agreements_policy_version_id on public.agreements (policy_version_id);
create index agreements_notice_id on public.agreements (notice_id);

create table public.workspace_agreements (
    id uuid not null default gen_random_uuid() primary key,
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    policy_version_id bigint not null references public.policy_versions (id),
    accepted_by uuid references public.profiles (user_id) on delete set null,
    text_sha256 text not null,
    accepted_at timestamptz not null default now(),
    constraint a_version_is_accepted_once unique (workspace_id, policy_version_id)
);

comment on table public.workspace_agreements is
'Service agreement and data processing terms as an owner accepted them for the workspace (P-1.1).';
comment on column public.workspace_agreements.id is 'The acceptance (P-1.1).';
comment on column public.workspace_agreements.workspace_id is 'For which workspace (P-1.1).';
comment on column public.workspace_agreements.policy_version_id is 'Of what (P-1.1).';
comment on column public.workspace_agreements.accepted_by is 'Which owner; nobody once that person''s account is gone (P-1.1).';
comment on column public.workspace_agreements.text_sha256 is 'Hash of the text that was shown (P-1.1).';
comment on column public.workspace_agreements.accepted_at is 'When (P-1.1).';

create index workspace_agreements_policy_version_id on public.workspace_agreements (policy_version_id);
create index workspace_agreements_accepted_by on public.workspace_agreements (accepted_by);

alter table public.agreements enable row level security;
alter table public.workspace_agreements enable row level security;
revoke all on public.agreements, public.workspace_agreements from public, anon, authenticated, service_role;
grant select (id, user_id, policy_version_id, kind, notice_id, text_sha256, agreed_at) on public.agreements to authenticated;
create policy agreements_select_owner on public.agreements for select to authenticated using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy agreements_select_owner on public.agreements is 'You see what you agreed to and when (P-1.1).';

create trigger keep_until_its_person_goes before update or delete on public.agreements
for each row execute function private.keep_until_its_person_goes();
create trigger agreements_refuse_truncate before truncate on public.agreements
for each statement execute function private.refuse_truncate();
create trigger workspace_agreements_refuse_truncate before truncate on public.workspace_agreements
for each statement execute function private.refuse_truncate();

create function private.keep_workspace_agreement()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- With the workspace, or without the name of whoever accepted; nothing else ever changes.
    if tg_op = 'DELETE' and not exists (select from public.workspaces as workspaces where workspaces.id = old.workspace_id) then
        return old;
    end if;
    if tg_op = 'UPDATE' and new.accepted_by is null
        and not exists (select from public.profiles as profiles where profiles.user_id = old.accepted_by)
        and pg_catalog.to_jsonb(new) - 'accepted_by' = pg_catalog.to_jsonb(old) - 'accepted_by' then
        return new;
    end if;
    raise insufficient_privilege using message = 'public.workspace_agreements is append-only';
end
$$;

comment on function private.keep_workspace_agreement() is
'Trigger: an acceptance goes with its workspace and loses only the name of a person who is gone (P-1.1, P-9.2).';
revoke all on function private.keep_workspace_agreement() from public, anon, authenticated, service_role;
create trigger keep_workspace_agreement before update or delete on public.workspace_agreements
for each row execute function private.keep_workspace_agreement();

create view private.terms_in_effect with (security_invoker = true) as
select versions.document
from public.policy_versions as versions
where versions.document in ('service_agreement', 'data_processing_terms') and versions.effective_at <= pg_catalog.now();
comment on view private.terms_in_effect is 'The documents that an owner accepts for a workspace, once a version of them is in effect (P-1.1).';
-- A newer version does not end what was accepted: the older one stays in force until an owner accepts the newer.
create view private.accepted_terms with (security_invoker = true) as
select
    accepted.workspace_id,
    versions.document
from public.workspace_agreements as accepted
inner join public.policy_versions as versions on accepted.policy_version_id = versions.id;
comment on view private.accepted_terms is 'For which workspace which document was accepted, in whatever version (P-1.1).';
revoke all on private.terms_in_effect, private.accepted_terms from public, anon, authenticated, service_role;
