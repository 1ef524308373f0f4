-- Purpose: what happened and is planned with a contact, a company or a deal, in one list.
-- Keeps:   P-2.1.1, P-6.3
-- Touches: views public.contact_timeline, company_timeline, deal_timeline
-- Undo:    drop the views

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
where activities.trashed_at is null and activities.contact_id is not null
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
inner join public.activities as activities
    on attendees.workspace_id = activities.workspace_id and attendees.activity_id = activities.id
where activities.trashed_at is null and activities.contact_id is distinct from attendees.contact_id
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
    stages.name as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deal_contacts as participants
inner join public.deals as deals on participants.workspace_id = deals.workspace_id and participants.deal_id = deals.id
inner join public.deal_stage_changes as changes
    on deals.workspace_id = changes.workspace_id and deals.id = changes.deal_id
left join public.pipeline_stages as stages
    on changes.workspace_id = stages.workspace_id and changes.to_stage_id = stages.id
where deals.trashed_at is null;
comment on view public.contact_timeline is 'What happened with a contact, and what is planned; each reader sees what they may read (P-2.1.1, P-6.3).';
revoke all on public.contact_timeline from public, anon, authenticated, service_role;
grant select on public.contact_timeline to authenticated;

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
where activities.trashed_at is null and activities.company_id is not null
union all
select
    deals.workspace_id,
    deals.company_id,
    changes.changed_at as happened_at,
    'deal_stage' as entry,
    stages.name as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deals as deals
inner join public.deal_stage_changes as changes
    on deals.workspace_id = changes.workspace_id and deals.id = changes.deal_id
left join public.pipeline_stages as stages
    on changes.workspace_id = stages.workspace_id and changes.to_stage_id = stages.id
where deals.trashed_at is null and deals.company_id is not null
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
where contacts.trashed_at is null and contacts.company_id is not null;
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
where activities.trashed_at is null and activities.deal_id is not null
union all
select
    deals.workspace_id,
    deals.id as deal_id,
    changes.changed_at as happened_at,
    'deal_stage' as entry,
    stages.name as kind,
    deals.id as record_id,
    deals.name as title,
    changes.changed_by as person_id
from public.deals as deals
inner join public.deal_stage_changes as changes
    on deals.workspace_id = changes.workspace_id and deals.id = changes.deal_id
left join public.pipeline_stages as stages
    on changes.workspace_id = stages.workspace_id and changes.to_stage_id = stages.id
where deals.trashed_at is null;
comment on view public.deal_timeline is 'What happened with a deal, and what is planned; each reader sees what they may read (P-2.1.1, P-6.3).';
revoke all on public.deal_timeline from public, anon, authenticated, service_role;
grant select on public.deal_timeline to authenticated;
