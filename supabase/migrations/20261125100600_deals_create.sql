-- Purpose: deals: what may be sold to whom, and the stage that each has reached.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.deals; function private.note_deal_stage
-- Undo:    drop table public.deals

create table public.deals (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    name text not null,
    pipeline_id uuid not null,
    stage_id uuid not null,
    company_id uuid,
    owner_id uuid,
    amount numeric(14, 2),
    currency text,
    expected_close_on date,
    closed_at timestamptz,
    description text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
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
    constraint deal_stage_is_of_its_pipeline foreign key (workspace_id, pipeline_id, stage_id)
    references public.pipeline_stages (workspace_id, pipeline_id, id),
    constraint deal_company_is_of_the_workspace foreign key (workspace_id, company_id)
    references public.companies (workspace_id, id) on delete set null (company_id),
    constraint deal_owner_is_a_member foreign key (workspace_id, owner_id)
    references public.workspace_members (workspace_id, user_id) on delete set null (owner_id),
    constraint currency_is_known foreign key (currency) references private.currencies (code),
    constraint deal_name_is_short check (char_length(btrim(name)) >= 1 and char_length(name) <= 200),
    constraint deal_name_is_visible check (private.is_visible_text(name)),
    -- Before the key looks it up in an index, which refuses a long text in words of its own.
    constraint currency_is_three_letters check (char_length(currency) = 3),
    -- numeric takes NaN, which is more than every number.
    constraint amount_is_not_negative check (amount >= 0 and amount < 'Infinity'),
    constraint expected_close_on_is_a_day check (isfinite(expected_close_on)),
    constraint amount_has_a_currency check ((amount is null) = (currency is null)),
    constraint deal_description_is_short check (char_length(description) between 1 and 10000),
    constraint tags_are_few_and_short check (
        cardinality(tags) <= 50 and array_position(tags, null) is null and char_length(array_to_string(tags, '')) <= 2500
    ),
    constraint tags_show check (cardinality(tags) = 0 or array_to_string(tags, e'\x1f') !~ '(^|\x1f)\s*($|\x1f)'),
    constraint attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1),
    constraint trash_has_a_purge_date check ((trashed_at is null) = (purge_at is null))
);
comment on table public.deals is 'What may be sold to whom, for how much, and how far it has come (P-2.1.1, P-6.3).';
comment on column public.deals.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.deals.id is 'The deal, within its workspace (P-6.3).';
comment on column public.deals.name is 'What it is called (P-2.1.1).';
comment on column public.deals.pipeline_id is 'Which pipeline it goes through (P-2.1.1).';
comment on column public.deals.stage_id is 'How far it has come (P-2.1.1).';
comment on column public.deals.company_id is 'With which company (P-2.1.1).';
comment on column public.deals.owner_id is 'Which member looks after it (P-8.2).';
comment on column public.deals.amount is 'What it is worth (P-2.1.1).';
comment on column public.deals.currency is 'In which currency, ISO 4217 (P-2.1.1).';
comment on column public.deals.expected_close_on is 'When it may be closed (P-2.1.1).';
comment on column public.deals.closed_at is 'When it was won or lost (P-2.1.1).';
comment on column public.deals.description is 'What is worth knowing (P-2.1.1).';
comment on column public.deals.tags is 'Words of the workspace''s own (P-2.1.1).';
comment on column public.deals.attributes is 'Fields of the workspace''s own, by key (P-2.1.1).';
comment on column public.deals.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.deals.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.deals.created_at is 'When (P-8.2).';
comment on column public.deals.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.deals.updated_at is 'When (P-8.2).';
comment on column public.deals.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';
comment on column public.deals.trashed_at is 'Since when it lies in the trash (P-9.1).';
comment on column public.deals.purge_at is 'When it is deleted for good, 30 days after that (P-9.1).';
comment on column public.deals.is_trashed is 'Whether it lies there; what a list asks for (P-9.1).';

create index deals_newest on public.deals (workspace_id, is_trashed, created_at desc);
create index deals_stage on public.deals (workspace_id, pipeline_id, stage_id);
create index deals_company on public.deals (workspace_id, company_id);
create index deals_owner on public.deals (workspace_id, owner_id);
create index deals_currency on public.deals (currency);
create index deals_created_by on public.deals (created_by);
create index deals_updated_by on public.deals (updated_by);
create index deals_purge_at on public.deals (purge_at) where purge_at is not null;

alter table public.deals enable row level security;
revoke all on public.deals from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, name, pipeline_id, stage_id, company_id, owner_id, amount, currency, expected_close_on, closed_at, description, tags,
    attributes, made_by, created_by, created_at, updated_by, updated_at, version, trashed_at, purge_at, is_trashed
) on public.deals to authenticated;
grant insert (
    workspace_id, id, name, pipeline_id, stage_id, company_id, owner_id, amount, currency, expected_close_on, description, tags, attributes
) on public.deals to authenticated;
grant update (
    name, pipeline_id, stage_id, company_id, owner_id, amount, currency, expected_close_on, description, tags, attributes, version,
    trashed_at
) on public.deals to authenticated;
grant delete on public.deals to authenticated;

create policy deals_select_member on public.deals for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy deals_select_member on public.deals is
'You see deals of your workspaces (P-6.3).';
create policy deals_insert_member on public.deals for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy deals_insert_member on public.deals is
'You add deals to your workspaces (P-6.3).';
create policy deals_update_member on public.deals for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy deals_update_member on public.deals is
'You change deals of your workspaces (P-6.3).';
create policy deals_delete_admin on public.deals for delete to authenticated
using (
    is_trashed and workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy deals_delete_admin on public.deals is
'Owners and admins delete deals for good that lie in the trash (P-6.3).';

create trigger stamp_trash before insert or update of trashed_at, purge_at on public.deals
for each row execute function private.stamp_trash();

create trigger stamp_record before insert or update on public.deals
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.deals
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.deals
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.deals
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.deals
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.deals
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.deals
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.deals
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger deals_refuse_truncate before truncate on public.deals
for each statement execute function private.refuse_truncate();
