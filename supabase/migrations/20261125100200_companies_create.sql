-- Purpose: the companies that a workspace deals with.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.companies
-- Undo:    drop table public.companies

create table public.companies (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    name text not null,
    domain text,
    industry text,
    phone text,
    website text,
    city text,
    country text,
    description text,
    owner_id uuid,
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
    constraint company_owner_is_a_member foreign key (workspace_id, owner_id)
    references public.workspace_members (workspace_id, user_id) on delete set null (owner_id),
    constraint company_name_is_short check (char_length(btrim(name)) >= 1 and char_length(name) <= 200),
    constraint company_name_is_visible check (private.is_visible_text(name)),
    constraint domain_is_a_host_name check (
        domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$' and char_length(domain) <= 253
    ),
    constraint company_industry_is_short check (char_length(industry) between 1 and 100),
    constraint company_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    constraint website_is_a_web_address check (website ~ '^https?://[^\s]+$' and char_length(website) <= 2048),
    constraint city_is_short check (char_length(city) between 1 and 100),
    constraint country_is_a_code check (country ~ '^[A-Z]{2}$'),
    constraint company_description_is_short check (char_length(description) between 1 and 10000),
    constraint tags_are_few_and_short check (
        cardinality(tags) <= 50 and array_position(tags, null) is null and char_length(array_to_string(tags, '')) <= 2500
    ),
    constraint tags_show check (cardinality(tags) = 0 or array_to_string(tags, e'\x1f') !~ '(^|\x1f)\s*($|\x1f)'),
    constraint attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1),
    constraint trash_has_a_purge_date check ((trashed_at is null) = (purge_at is null))
);
comment on table public.companies is 'Companies that a workspace deals with (P-2.1.1, P-6.3).';
comment on column public.companies.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.companies.id is 'The company, within its workspace (P-6.3).';
comment on column public.companies.name is 'What it is called (P-2.1.1).';
comment on column public.companies.domain is 'Its internet domain, in lower case (P-2.1.1).';
comment on column public.companies.industry is 'Its line of business (P-2.1.1).';
comment on column public.companies.phone is 'Its number in E.164 (P-2.1.1).';
comment on column public.companies.website is 'Its web address (P-2.1.1).';
comment on column public.companies.city is 'Where it is (P-2.1.1).';
comment on column public.companies.country is 'In which country, ISO 3166 (P-2.1.1).';
comment on column public.companies.description is 'What is worth knowing (P-2.1.1).';
comment on column public.companies.owner_id is 'Which member looks after it (P-8.2).';
comment on column public.companies.tags is 'Words of the workspace''s own (P-2.1.1).';
comment on column public.companies.attributes is 'Fields of the workspace''s own, by key (P-2.1.1).';
comment on column public.companies.import_id is 'Which import made it (P-2.3.4).';
comment on column public.companies.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.companies.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.companies.created_at is 'When (P-8.2).';
comment on column public.companies.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.companies.updated_at is 'When (P-8.2).';
comment on column public.companies.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';
comment on column public.companies.trashed_at is 'Since when it lies in the trash (P-9.1).';
comment on column public.companies.purge_at is 'When it is deleted for good, 30 days after that (P-9.1).';
comment on column public.companies.is_trashed is 'Whether it lies there; what a list asks for (P-9.1).';

create index companies_newest on public.companies (workspace_id, is_trashed, created_at desc);
create index companies_owner on public.companies (workspace_id, owner_id);
-- No foreign key: an import goes with its workspace only, and only the function that imports names one.
create index companies_import on public.companies (workspace_id, import_id) where import_id is not null;
-- An import looks up every company by its name, and takes the oldest. The id is not of the key: or the planner, which has no samples, would
-- look up a company by its id here and read the whole workspace.
create index companies_name on public.companies (workspace_id, lower(name), created_at) include (id);
create index companies_created_by on public.companies (created_by);
create index companies_updated_by on public.companies (updated_by);
create index companies_purge_at on public.companies (purge_at) where purge_at is not null;

alter table public.companies enable row level security;
revoke all on public.companies from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, name, domain, industry, phone, website, city, country, description, owner_id, tags, attributes, import_id, made_by,
    created_by, created_at, updated_by, updated_at, version, trashed_at, purge_at, is_trashed
) on public.companies to authenticated;
grant insert (
    workspace_id, id, name, domain, industry, phone, website, city, country, description, owner_id, tags, attributes
) on public.companies to authenticated;
grant update (
    name, domain, industry, phone, website, city, country, description, owner_id, tags, attributes, version, trashed_at
) on public.companies to authenticated;
grant delete on public.companies to authenticated;

create policy companies_select_member on public.companies for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy companies_select_member on public.companies is
'You see companies of your workspaces (P-6.3).';
create policy companies_insert_member on public.companies for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy companies_insert_member on public.companies is
'You add companies to your workspaces (P-6.3).';
create policy companies_update_member on public.companies for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy companies_update_member on public.companies is
'You change companies of your workspaces (P-6.3).';
create policy companies_delete_admin on public.companies for delete to authenticated
using (
    is_trashed and workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy companies_delete_admin on public.companies is
'Owners and admins delete companies for good that lie in the trash (P-6.3).';

create trigger stamp_record before insert or update on public.companies
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.companies
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.companies
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.companies
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.companies
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.companies
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.companies
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.companies
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger stamp_trash before insert or update of trashed_at, purge_at on public.companies
for each row execute function private.stamp_trash();

create trigger companies_refuse_truncate before truncate on public.companies
for each statement execute function private.refuse_truncate();
