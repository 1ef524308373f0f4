-- Purpose: what happened and is planned with a contact, in one list.
-- Keeps:   P-2.1.1, P-6.3
-- Touches: view public.contact_timeline
-- Undo:    drop the view

-- What hangs on something else is looked up for each ("order by" in a lateral): behind row policies the planner does not know how little a
-- contact has, and might begin with all deals of the workspace.
create view public.contact_timeline with (security_invoker = true) as
select
    activities.workspace_id,
    activities.contact_id,
    coalesce(activities.starts_at, activities.due_at, activities.created_at) as happened_at,
    'activity' as entry,
    activities.kind,
    activities.id as record_id,
    activities.title,
    activities.assignee_id as person_id
from public.activities as activities
where not activities.is_trashed and activities.contact_id is not null
union all
select
    attendees.workspace_id,
    attendees.contact_id,
    coalesce(activities.starts_at, activities.due_at, activities.created_at) as happened_at,
    'activity' as entry,
    activities.kind,
    activities.id as record_id,
    activities.title,
    activities.assignee_id as person_id
from public.activity_attendees as attendees
cross join
    lateral (
        select
            attended.id,
            attended.kind,
            attended.title,
            attended.contact_id,
            attended.assignee_id,
            attended.starts_at,
            attended.due_at,
            attended.created_at
        from public.activities as attended
        where attended.workspace_id = attendees.workspace_id and attended.id = attendees.activity_id and not attended.is_trashed
        order by attended.id asc limit 1
    ) as activities
where activities.contact_id is distinct from attendees.contact_id
union all
select
    messages.workspace_id,
    messages.contact_id,
    messages.created_at as happened_at,
    'message' as entry,
    messages.state as kind,
    messages.id as record_id,
    null as title,
    messages.sender_id as person_id
from public.sent_messages as messages
union all
select
    participants.workspace_id,
    participants.contact_id,
    changes.changed_at as happened_at,
    'deal_stage' as entry,
    (
        select stages.name from public.pipeline_stages as stages
        where stages.workspace_id = changes.workspace_id and stages.id = changes.to_stage_id
    ) as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deal_contacts as participants
cross join
    lateral (
        select
            taken.workspace_id,
            taken.id,
            taken.name
        from public.deals as taken
        where taken.workspace_id = participants.workspace_id and taken.id = participants.deal_id and not taken.is_trashed
        order by taken.id asc limit 1
    ) as deals
cross join lateral (
    select
        moves.workspace_id,
        moves.to_stage_id,
        moves.changed_at,
        moves.changed_by
    from public.deal_stage_changes as moves
    where moves.workspace_id = deals.workspace_id and moves.deal_id = deals.id
    order by moves.changed_at desc
) as changes;
comment on view public.contact_timeline is 'What happened with a contact, and what is planned; each reader sees what they may read (P-2.1.1, P-6.3).';
revoke all on public.contact_timeline from public, anon, authenticated, service_role;
grant select on public.contact_timeline to authenticated;
