-- Purpose: what happened and is planned with a company or in a deal, in one list each.
-- Keeps:   P-2.1.1, P-6.3
-- Touches: views public.company_timeline, deal_timeline
-- Undo:    drop the views

-- Moves of a deal are looked up for each deal, as in contact_timeline.
create view public.company_timeline with (security_invoker = true) as
select
    activities.workspace_id,
    activities.company_id,
    coalesce(activities.starts_at, activities.due_at, activities.created_at) as happened_at,
    'activity' as entry,
    activities.kind,
    activities.id as record_id,
    activities.title,
    activities.assignee_id as person_id
from public.activities as activities
where not activities.is_trashed and activities.company_id is not null
union all
select
    deals.workspace_id,
    deals.company_id,
    changes.changed_at as happened_at,
    'deal_stage' as entry,
    (
        select stages.name from public.pipeline_stages as stages
        where stages.workspace_id = changes.workspace_id and stages.id = changes.to_stage_id
    ) as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deals as deals
cross join
    lateral (
        select
            moves.workspace_id,
            moves.to_stage_id,
            moves.changed_at,
            moves.changed_by
        from public.deal_stage_changes as moves
        where moves.workspace_id = deals.workspace_id and moves.deal_id = deals.id
        order by moves.changed_at desc
    ) as changes
where not deals.is_trashed and deals.company_id is not null
union all
select
    contacts.workspace_id,
    contacts.company_id,
    contacts.created_at as happened_at,
    'contact' as entry,
    contacts.lifecycle as kind,
    contacts.id as record_id,
    contacts.full_name as title,
    contacts.created_by as person_id
from public.contacts as contacts
where not contacts.is_trashed and contacts.company_id is not null;
comment on view public.company_timeline is 'What happened with a company, and what is planned; each reader sees what they may read (P-2.1.1, P-6.3).';
revoke all on public.company_timeline from public, anon, authenticated, service_role;
grant select on public.company_timeline to authenticated;

create view public.deal_timeline with (security_invoker = true) as
select
    activities.workspace_id,
    activities.deal_id,
    coalesce(activities.starts_at, activities.due_at, activities.created_at) as happened_at,
    'activity' as entry,
    activities.kind,
    activities.id as record_id,
    activities.title,
    activities.assignee_id as person_id
from public.activities as activities
where not activities.is_trashed and activities.deal_id is not null
union all
select
    deals.workspace_id,
    deals.id as deal_id,
    changes.changed_at as happened_at,
    'deal_stage' as entry,
    (
        select stages.name from public.pipeline_stages as stages
        where stages.workspace_id = changes.workspace_id and stages.id = changes.to_stage_id
    ) as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deals as deals
cross join
    lateral (
        select
            moves.workspace_id,
            moves.to_stage_id,
            moves.changed_at,
            moves.changed_by
        from public.deal_stage_changes as moves
        where moves.workspace_id = deals.workspace_id and moves.deal_id = deals.id
        order by moves.changed_at desc
    ) as changes
where not deals.is_trashed;
comment on view public.deal_timeline is 'What happened with a deal, and what is planned; each reader sees what they may read (P-2.1.1, P-6.3).';
revoke all on public.deal_timeline from public, anon, authenticated, service_role;
grant select on public.deal_timeline to authenticated;
