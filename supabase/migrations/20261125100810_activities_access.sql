-- Purpose: activities are found by the members of their workspace alone.
-- Keeps:   P-6.3, P-8.2, P-9.1
-- Touches: policies and triggers of public.activities
-- Undo:    drop them

grant select (
    workspace_id, id, kind, title, description, contact_id, company_id, deal_id, assignee_id, starts_at, ends_at, due_at, done_at,
    is_done, time_zone, location, remind_at, call_direction, call_from, call_to, call_seconds, call_outcome, call_provider_id, google_event_id,
    is_on_primary_calendar, made_by, created_by, created_at, updated_by, updated_at, version, trashed_at, purge_at,
    is_trashed
) on public.activities to authenticated;
grant insert (
    workspace_id, id, kind, title, description, contact_id, company_id, deal_id, assignee_id, starts_at, ends_at, due_at, done_at,
    time_zone, location, remind_at, call_direction, call_from, call_to, call_seconds, call_outcome
) on public.activities to authenticated;
grant update (
    kind, title, description, contact_id, company_id, deal_id, assignee_id, starts_at, ends_at, due_at, done_at, time_zone, location,
    remind_at, call_direction, call_from, call_to, call_seconds, call_outcome, version, trashed_at
) on public.activities to authenticated;
grant delete on public.activities to authenticated;

create policy activities_select_member on public.activities for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy activities_select_member on public.activities is
'You see activities of your workspaces (P-6.3).';
create policy activities_insert_member on public.activities for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy activities_insert_member on public.activities is
'You add activities to your workspaces (P-6.3).';
create policy activities_update_member on public.activities for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy activities_update_member on public.activities is
'You change activities of your workspaces (P-6.3).';
create policy activities_delete_admin on public.activities for delete to authenticated
using (
    is_trashed and workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy activities_delete_admin on public.activities is
'Owners and admins delete activities for good that lie in the trash (P-6.3).';

create trigger stamp_trash before insert or update of trashed_at, purge_at on public.activities
for each row execute function private.stamp_trash();

create trigger stamp_record before insert or update on public.activities
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.activities
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.activities
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.activities
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.activities
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.activities
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.activities
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.activities
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
