-- Purpose: the people that a workspace deals with: who they are, where from, and on what basis they are kept.
-- Keeps:   P-2.1.1, P-2.3.4, P-6.3, P-8.2
-- Touches: table public.contacts; function private.note_conversion
-- Undo:    drop table public.contacts

create table public.contacts (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    full_name text not null,
    job_title text,
    company_id uuid,
    owner_id uuid,
    lifecycle text not null default 'lead',
    converted_at timestamptz,
    source text not null default 'manual',
    source_detail text,
    lawful_basis text not null default 'legitimate_interest',
    language text,
    time_zone text,
    description text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    import_id uuid,
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    trashed_at timestamptz,
    purge_at timestamptz,
    is_trashed boolean not null generated always as (trashed_at is not null) stored,
    primary key (workspace_id, id),
    constraint contact_company_is_of_the_workspace foreign key (workspace_id, company_id)
    references public.companies (workspace_id, id) on delete set null (company_id),
    constraint contact_owner_is_a_member foreign key (workspace_id, owner_id)
    references public.workspace_members (workspace_id, user_id) on delete set null (owner_id),
    constraint contact_name_is_short check (char_length(btrim(full_name)) >= 1 and char_length(full_name) <= 200),
    constraint contact_name_is_visible check (private.is_visible_text(full_name)),
    constraint job_title_is_short check (char_length(job_title) between 1 and 200),
    constraint lifecycle_is_known check (lifecycle in ('lead', 'qualified', 'customer', 'former_customer')),
    constraint customers_were_converted check (lifecycle <> 'customer' or converted_at is not null),
    constraint contact_source_is_known check (
        source in ('manual', 'import', 'form', 'referral', 'event', 'partner', 'voice_agent', 'other')
    ),
    constraint source_detail_is_short check (char_length(source_detail) between 1 and 200),
    constraint lawful_basis_is_known check (lawful_basis in ('consent', 'contract', 'legitimate_interest', 'legal_obligation')),
    constraint language_is_a_tag check (language ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
    constraint contact_time_zone_is_known check (private.is_time_zone(time_zone)),
    constraint contact_description_is_short check (char_length(description) between 1 and 10000),
    constraint tags_are_few_and_short check (
        cardinality(tags) <= 50 and array_position(tags, null) is null and char_length(array_to_string(tags, '')) <= 2500
    ),
    constraint tags_show check (cardinality(tags) = 0 or array_to_string(tags, e'\x1f') !~ '(^|\x1f)\s*($|\x1f)'),
    constraint attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1),
    constraint trash_has_a_purge_date check ((trashed_at is null) = (purge_at is null))
);
comment on table public.contacts is 'People that a workspace deals with, from lead to customer (P-2.1.1, P-6.3).';
comment on column public.contacts.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.contacts.id is 'The contact, within its workspace (P-6.3).';
comment on column public.contacts.full_name is 'What the person is called (P-2.1.1).';
comment on column public.contacts.job_title is 'What they do (P-2.1.1).';
comment on column public.contacts.company_id is 'Where they work, a company of the same workspace (P-2.1.1, P-6.3).';
comment on column public.contacts.owner_id is 'Which member looks after them (P-8.2).';
comment on column public.contacts.lifecycle is 'lead, qualified, customer or former_customer (P-2.1.1).';
comment on column public.contacts.converted_at is 'When the person became a customer (P-2.1.1).';
comment on column public.contacts.source is 'Where the contact came from (P-2.3.4).';
comment on column public.contacts.source_detail is 'Which form, event or partner (P-2.3.4).';
comment on column public.contacts.lawful_basis is 'Why the person''s data may be kept (P-3.1).';
comment on column public.contacts.language is 'Language tag such as fr-CA (P-2.1.1).';
comment on column public.contacts.time_zone is 'IANA name such as America/Toronto (P-2.1.1).';
comment on column public.contacts.description is 'What is worth knowing (P-2.1.1).';
comment on column public.contacts.tags is 'Words of the workspace''s own (P-2.1.1).';
comment on column public.contacts.attributes is 'Fields of the workspace''s own, by key (P-2.1.1).';
comment on column public.contacts.import_id is 'Which import made it (P-2.3.4).';
comment on column public.contacts.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.contacts.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.contacts.created_at is 'When (P-8.2).';
comment on column public.contacts.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.contacts.updated_at is 'When (P-8.2).';
comment on column public.contacts.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';
comment on column public.contacts.trashed_at is 'Since when it lies in the trash (P-9.1).';
comment on column public.contacts.purge_at is 'When it is deleted for good, 30 days after that (P-9.1).';
comment on column public.contacts.is_trashed is 'Whether it lies there; what a list asks for (P-9.1).';

-- The flag is of the key, and there is one at all: without samples "trashed_at is null" is taken for one row in 200 and "not is_trashed" for
-- one in two. With the first, or with an index of such rows alone, every list seemed so short that the planner read all of a workspace for it.
create index contacts_newest on public.contacts (workspace_id, is_trashed, created_at desc);
create index contacts_name on public.contacts (workspace_id, is_trashed, full_name);
create index contacts_company on public.contacts (workspace_id, company_id);
create index contacts_owner on public.contacts (workspace_id, owner_id);
create index contacts_import on public.contacts (workspace_id, import_id) where import_id is not null;
create index contacts_created_by on public.contacts (created_by);
create index contacts_updated_by on public.contacts (updated_by);
create index contacts_purge_at on public.contacts (purge_at) where purge_at is not null;

alter table public.contacts enable row level security;
revoke all on public.contacts from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, full_name, job_title, company_id, owner_id, lifecycle, converted_at, source, source_detail, lawful_basis, language,
    time_zone, description, tags, attributes, import_id, made_by, created_by, created_at, updated_by, updated_at, version, trashed_at,
    purge_at, is_trashed
) on public.contacts to authenticated;
grant insert (
    workspace_id, id, full_name, job_title, company_id, owner_id, lifecycle, source, source_detail, lawful_basis, language, time_zone,
    description, tags, attributes
) on public.contacts to authenticated;
grant update (
    full_name, job_title, company_id, owner_id, lifecycle, source, source_detail, lawful_basis, language, time_zone, description, tags,
    attributes, version, trashed_at
) on public.contacts to authenticated;
grant delete on public.contacts to authenticated;

create policy contacts_select_member on public.contacts for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy contacts_select_member on public.contacts is
'You see contacts of your workspaces (P-6.3).';
create policy contacts_insert_member on public.contacts for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contacts_insert_member on public.contacts is
'You add contacts to your workspaces (P-6.3).';
create policy contacts_update_member on public.contacts for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contacts_update_member on public.contacts is
'You change contacts of your workspaces (P-6.3).';
create policy contacts_delete_admin on public.contacts for delete to authenticated
using (
    is_trashed and workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy contacts_delete_admin on public.contacts is
'Owners and admins delete contacts for good that lie in the trash (P-6.3).';

create trigger contacts_refuse_truncate before truncate on public.contacts
for each statement execute function private.refuse_truncate();
