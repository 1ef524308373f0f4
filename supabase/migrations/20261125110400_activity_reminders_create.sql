-- Purpose: what a member was reminded of, and whether they have seen it.
-- Keeps:   P-2.1.1, P-6.3, P-8.2, P-9.1
-- Touches: table public.activity_reminders; functions private.stamp_shown, private.expire_activity_reminders; schedule
-- Undo:    unschedule, drop table and functions

create table public.activity_reminders (
    workspace_id uuid not null,
    id uuid not null default gen_random_uuid(),
    activity_id uuid not null,
    user_id uuid not null,
    due_at timestamptz not null,
    shown_at timestamptz,
    primary key (workspace_id, id),
    constraint reminder_is_of_an_activity foreign key (workspace_id, activity_id)
    references public.activities (workspace_id, id) on delete cascade,
    constraint reminder_is_for_a_member foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade,
    constraint reminder_is_given_once unique (workspace_id, activity_id, due_at)
);
comment on table public.activity_reminders is
'Reminders of activities that were due, each for one member, who alone sees it; 30 days (P-2.1.1, P-6.3, P-9.1).';
comment on column public.activity_reminders.workspace_id is 'In which workspace (P-6.3).';
comment on column public.activity_reminders.id is 'The reminder, within its workspace (P-6.3).';
comment on column public.activity_reminders.activity_id is 'Of which activity; the reminder goes with it (P-2.1.1).';
comment on column public.activity_reminders.user_id is 'Whom it is for: who was to do it when it was due (P-6.3).';
comment on column public.activity_reminders.due_at is 'When the reminder was due (P-2.1.1).';
comment on column public.activity_reminders.shown_at is 'When the person marked it as seen, by the clock of the database (P-2.1.1).';

create index activity_reminders_user on public.activity_reminders (workspace_id, user_id, due_at);
create index activity_reminders_due_at on public.activity_reminders (due_at);

alter table public.activity_reminders enable row level security;
revoke all on public.activity_reminders from public, anon, authenticated, service_role;
grant select (workspace_id, id, activity_id, user_id, due_at, shown_at) on public.activity_reminders to authenticated;
grant update (shown_at) on public.activity_reminders to authenticated;

create policy activity_reminders_select_own on public.activity_reminders for select to authenticated
using (
    user_id = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    and workspace_id = any(array(select private.readable_workspaces()))
);
comment on policy activity_reminders_select_own on public.activity_reminders is
'You see what you were reminded of (P-2.1.1, P-6.3).';
create policy activity_reminders_update_own on public.activity_reminders for update to authenticated
using (
    user_id = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    and workspace_id = any(array(select private.readable_workspaces()))
)
with check (
    user_id = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    and (workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id))
);
comment on policy activity_reminders_update_own on public.activity_reminders is
'You mark your reminders as seen (P-2.1.1, P-6.3).';

create function private.stamp_shown()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    new.shown_at := case when new.shown_at is not null then coalesce(old.shown_at, pg_catalog.clock_timestamp()) end;
    return new;
end
$$;
comment on function private.stamp_shown() is 'Trigger: when a reminder was seen is what the database''s clock says (P-2.1.1).';
revoke all on function private.stamp_shown() from public, anon, authenticated, service_role;

create trigger stamp_shown before update of shown_at on public.activity_reminders
for each row execute function private.stamp_shown();
create trigger gate_writes before update on public.activity_reminders
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger limit_update after update on public.activity_reminders
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger activity_reminders_refuse_truncate before truncate on public.activity_reminders
for each statement execute function private.refuse_truncate();

create function private.expire_activity_reminders()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted bigint;
begin
    delete from public.activity_reminders as reminders where reminders.due_at < pg_catalog.now() - interval '30 days';
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_activity_reminders() is 'Deletes reminders 30 days after they were due; returns how many (P-9.1).';
revoke all on function private.expire_activity_reminders() from public, anon, authenticated, service_role;

select cron.schedule('expire-activity-reminders', '47 4 * * *', 'select private.expire_activity_reminders()');
