-- Purpose: what a member still has to do, over all their workspaces; events at Google are joined to it in the browser.
-- Keeps:   P-2.1.1, P-5.4.3, P-6.3
-- Touches: view public.own_open_activities; index of public.activities
-- Undo:    drop the view and the index

create view public.own_open_activities with (security_invoker = true) as
select
    activities.workspace_id,
    activities.id,
    activities.kind,
    activities.title,
    activities.contact_id,
    activities.company_id,
    activities.deal_id,
    activities.assignee_id,
    activities.created_by,
    activities.starts_at,
    activities.ends_at,
    activities.due_at,
    activities.time_zone,
    activities.location,
    activities.remind_at,
    activities.google_event_id,
    activities.is_on_primary_calendar,
    activities.created_at,
    activities.version
from public.activities as activities
where
    not activities.is_trashed
    and not activities.is_done
    -- Not coalesce: behind row policies no index of such an expression is searched, as PostgreSQL does not know that it tells nothing.
    and case when activities.assignee_id is null then activities.created_by else activities.assignee_id end = (select auth.uid()); -- noqa: ST02
comment on view public.own_open_activities is
'What you have yet to do: assigned to you, or made by you and assigned to nobody; neither done nor in the trash. Of an event at Google its id alone (P-2.1.1, P-5.4.3, P-6.3).';
revoke all on public.own_open_activities from public, anon, authenticated, service_role;
grant select on public.own_open_activities to authenticated;

-- Not concurrently: the table is as new as this.
-- squawk-ignore require-concurrent-index-creation
create index activities_own on public.activities (
    workspace_id, (case when assignee_id is null then created_by else assignee_id end), is_trashed, is_done -- noqa: ST02
);
