-- Purpose: who takes part in a deal, and as what.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.deal_contacts
-- Undo:    drop table public.deal_contacts

create table public.deal_contacts (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    deal_id uuid not null,
    contact_id uuid not null,
    role text not null default 'participant',
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint participant_takes_part_in_a_deal foreign key (workspace_id, deal_id)
    references public.deals (workspace_id, id) on delete cascade,
    constraint participant_is_a_contact foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint contact_takes_part_once unique (workspace_id, deal_id, contact_id),
    constraint participant_role_is_known check (
        role in ('decision_maker', 'buyer', 'user', 'influencer', 'participant')
    ),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.deal_contacts is 'Who takes part in a deal and as what (P-2.1.1, P-6.3).';
comment on column public.deal_contacts.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.deal_contacts.id is 'The participation, within its workspace (P-6.3).';
comment on column public.deal_contacts.deal_id is 'In which deal (P-2.1.1).';
comment on column public.deal_contacts.contact_id is 'Who (P-2.1.1).';
comment on column public.deal_contacts.role is 'As what (P-2.1.1).';
comment on column public.deal_contacts.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.deal_contacts.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.deal_contacts.created_at is 'When (P-8.2).';
comment on column public.deal_contacts.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.deal_contacts.updated_at is 'When (P-8.2).';
comment on column public.deal_contacts.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

-- With the deal, so that a timeline reads the index alone; without it the planner may walk the whole workspace by contact_takes_part_once.
create index deal_contacts_contact on public.deal_contacts (workspace_id, contact_id, deal_id);
create index deal_contacts_created_by on public.deal_contacts (created_by);
create index deal_contacts_updated_by on public.deal_contacts (updated_by);

alter table public.deal_contacts enable row level security;
revoke all on public.deal_contacts from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, deal_id, contact_id, role, made_by, created_by, created_at, updated_by, updated_at, version
) on public.deal_contacts to authenticated;
grant insert (workspace_id, id, deal_id, contact_id, role) on public.deal_contacts to authenticated;
grant update (role, version) on public.deal_contacts to authenticated;
grant delete on public.deal_contacts to authenticated;

create policy deal_contacts_select_member on public.deal_contacts for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy deal_contacts_select_member on public.deal_contacts is
'You see participants of deals of your workspaces (P-6.3).';
create policy deal_contacts_insert_member on public.deal_contacts for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy deal_contacts_insert_member on public.deal_contacts is
'You add participants of deals to your workspaces (P-6.3).';
create policy deal_contacts_update_member on public.deal_contacts for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy deal_contacts_update_member on public.deal_contacts is
'You change participants of deals of your workspaces (P-6.3).';
create policy deal_contacts_delete_member on public.deal_contacts for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces()))
    and (workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id))
);
comment on policy deal_contacts_delete_member on public.deal_contacts is
'You delete participants of deals of your workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.deal_contacts
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.deal_contacts
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.deal_contacts
referencing new table as new_rows
for each statement execute function private.log_insert('deal_id');
create trigger limit_insert after insert on public.deal_contacts
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.deal_contacts
for each row when (old.version <> new.version) execute function private.log_update('deal_id');
create trigger limit_update after update on public.deal_contacts
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.deal_contacts
referencing old table as old_rows
for each statement execute function private.log_delete('deal_id');
create trigger limit_delete after delete on public.deal_contacts
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger deal_contacts_refuse_truncate before truncate on public.deal_contacts
for each statement execute function private.refuse_truncate();
