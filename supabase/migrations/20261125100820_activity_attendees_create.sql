-- Purpose: contacts that take part in an activity.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.activity_attendees
-- Undo:    drop table public.activity_attendees

create table public.activity_attendees (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    activity_id uuid not null,
    contact_id uuid not null,
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint attendee_takes_part_in_an_activity foreign key (workspace_id, activity_id)
    references public.activities (workspace_id, id) on delete cascade,
    constraint attendee_is_a_contact foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint attendee_is_named_once unique (workspace_id, activity_id, contact_id),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.activity_attendees is 'Contacts that take part in an activity (P-2.1.1, P-6.3).';
comment on column public.activity_attendees.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.activity_attendees.id is 'The participation, within its workspace (P-6.3).';
comment on column public.activity_attendees.activity_id is 'In which activity (P-2.1.1).';
comment on column public.activity_attendees.contact_id is 'Who (P-2.1.1).';
comment on column public.activity_attendees.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.activity_attendees.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.activity_attendees.created_at is 'When (P-8.2).';
comment on column public.activity_attendees.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.activity_attendees.updated_at is 'When (P-8.2).';
comment on column public.activity_attendees.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

-- With the activity, so that a timeline reads the index alone; without it the planner may walk the whole workspace by attendee_is_named_once.
create index activity_attendees_contact on public.activity_attendees (workspace_id, contact_id, activity_id);
create index activity_attendees_created_by on public.activity_attendees (created_by);
create index activity_attendees_updated_by on public.activity_attendees (updated_by);

alter table public.activity_attendees enable row level security;
revoke all on public.activity_attendees from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, activity_id, contact_id, made_by, created_by, created_at, updated_by, updated_at, version
) on public.activity_attendees to authenticated;
grant insert (workspace_id, id, activity_id, contact_id) on public.activity_attendees to authenticated;
grant delete on public.activity_attendees to authenticated;

create policy activity_attendees_select_member on public.activity_attendees for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy activity_attendees_select_member on public.activity_attendees is
'You see attendees of activities of your workspaces (P-6.3).';
create policy activity_attendees_insert_member on public.activity_attendees for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy activity_attendees_insert_member on public.activity_attendees is
'You add attendees of activities to your workspaces (P-6.3).';
create policy activity_attendees_delete_member on public.activity_attendees for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces()))
    and (workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id))
);
comment on policy activity_attendees_delete_member on public.activity_attendees is
'You delete attendees of activities of your workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.activity_attendees
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.activity_attendees
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.activity_attendees
referencing new table as new_rows
for each statement execute function private.log_insert('activity_id');
create trigger limit_insert after insert on public.activity_attendees
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.activity_attendees
for each row when (old.version <> new.version) execute function private.log_update('activity_id');
create trigger log_delete after delete on public.activity_attendees
referencing old table as old_rows
for each statement execute function private.log_delete('activity_id');
create trigger limit_delete after delete on public.activity_attendees
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger activity_attendees_refuse_truncate before truncate on public.activity_attendees
for each statement execute function private.refuse_truncate();
