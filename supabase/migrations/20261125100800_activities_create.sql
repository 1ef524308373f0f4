-- Purpose: what was and is to be done with whom: meetings, follow-ups, appointments, calls, notes, tasks.
-- Keeps:   P-2.1.1, P-5.2.3, P-5.4.3, P-6.3, P-8.2
-- Touches: table public.activities
-- Undo:    drop table public.activities

create table public.activities (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    title text not null,
    description text,
    contact_id uuid,
    company_id uuid,
    deal_id uuid,
    assignee_id uuid,
    starts_at timestamptz,
    ends_at timestamptz,
    due_at timestamptz,
    done_at timestamptz,
    is_done boolean not null generated always as (done_at is not null) stored,
    time_zone text,
    location text,
    remind_at timestamptz,
    call_direction text,
    call_from text,
    call_to text,
    call_seconds bigint,
    call_outcome text,
    call_provider_id text,
    google_event_id text,
    is_on_primary_calendar boolean,
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
    constraint activity_contact_is_of_the_workspace foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete set null (contact_id),
    constraint activity_company_is_of_the_workspace foreign key (workspace_id, company_id)
    references public.companies (workspace_id, id) on delete set null (company_id),
    constraint activity_deal_is_of_the_workspace foreign key (workspace_id, deal_id)
    references public.deals (workspace_id, id) on delete set null (deal_id),
    constraint assignee_is_a_member foreign key (workspace_id, assignee_id)
    references public.workspace_members (workspace_id, user_id) on delete set null (assignee_id),
    constraint activity_kind_is_known check (kind in ('meeting', 'follow_up', 'appointment', 'call', 'note', 'task')),
    constraint activity_title_is_short check (char_length(btrim(title)) >= 1 and char_length(title) <= 200),
    constraint activity_title_is_visible check (private.is_visible_text(title)),
    constraint activity_description_is_short check (char_length(description) between 1 and 10000),
    constraint times_are_moments check (
        isfinite(starts_at) and isfinite(ends_at) and isfinite(due_at) and isfinite(done_at) and isfinite(remind_at)
    ),
    constraint ends_at_is_not_before_starts_at check (ends_at >= starts_at),
    constraint end_has_a_start check (ends_at is null or starts_at is not null),
    constraint activity_time_zone_is_known check (private.is_time_zone(time_zone)),
    constraint location_is_short check (char_length(location) between 1 and 500),
    constraint call_facts_are_of_calls check (
        kind = 'call' or num_nonnulls(call_direction, call_from, call_to, call_seconds, call_outcome, call_provider_id) = 0
    ),
    constraint call_direction_is_known check (call_direction in ('inbound', 'outbound')),
    constraint call_from_is_e164 check (call_from ~ '^\+[1-9][0-9]{6,14}$'),
    constraint call_to_is_e164 check (call_to ~ '^\+[1-9][0-9]{6,14}$'),
    constraint call_seconds_are_less_than_a_day check (call_seconds between 0 and 86400),
    constraint call_outcome_is_known check (
        call_outcome in ('answered', 'no_answer', 'busy', 'voicemail', 'failed', 'cancelled')
    ),
    constraint call_provider_id_is_short check (char_length(call_provider_id) between 1 and 200),
    constraint google_event_id_is_one_of_ours check (google_event_id ~ '^[a-v0-9]{16,64}$'),
    constraint event_says_where_it_lies check ((google_event_id is null) = (is_on_primary_calendar is null)),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1),
    constraint trash_has_a_purge_date check ((trashed_at is null) = (purge_at is null))
);
comment on table public.activities is
'What was and is to be done. Of an event at Google only its id, which we chose, and whether it lies on the primary calendar (P-2.1.1, P-5.2.3, P-5.4.3).';
comment on column public.activities.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.activities.id is 'The activity, within its workspace (P-6.3).';
comment on column public.activities.kind is 'meeting, follow_up, appointment, call, note or task (P-2.1.1).';
comment on column public.activities.title is 'What it is about, as written here (P-2.1.1).';
comment on column public.activities.description is 'What is worth knowing, as written here (P-2.1.1).';
comment on column public.activities.contact_id is 'With which contact (P-2.1.1).';
comment on column public.activities.company_id is 'With which company (P-2.1.1).';
comment on column public.activities.deal_id is 'In which deal (P-2.1.1).';
comment on column public.activities.assignee_id is 'Which member does it (P-8.2).';
comment on column public.activities.starts_at is 'When it starts, as planned here (P-2.1.1).';
comment on column public.activities.ends_at is 'When it ends (P-2.1.1).';
comment on column public.activities.due_at is 'By when it is to be done (P-2.1.1).';
comment on column public.activities.done_at is 'When it was done (P-2.1.1).';
comment on column public.activities.is_done is 'Whether it was done; what a list asks for (P-2.1.1).';
comment on column public.activities.time_zone is 'IANA name in which it was planned (P-2.1.1).';
comment on column public.activities.location is 'Where (P-2.1.1).';
comment on column public.activities.remind_at is 'When its assignee is reminded (P-2.1.1).';
comment on column public.activities.call_direction is 'inbound or outbound (P-2.1.1).';
comment on column public.activities.call_from is 'Which number called, E.164 (P-2.1.1).';
comment on column public.activities.call_to is 'Which number was called, E.164 (P-2.1.1).';
comment on column public.activities.call_seconds is 'How long it took, in seconds (P-2.1.1).';
comment on column public.activities.call_outcome is 'How it ended (P-2.1.1).';
comment on column public.activities.call_provider_id is 'The call''s name at the telephone provider (P-2.1.1).';
comment on column public.activities.google_event_id is 'Id that we chose for the event at Google; nothing else of the event is kept (P-5.4.3).';
comment on column public.activities.is_on_primary_calendar is 'Whether that event lies on the primary calendar (P-5.4.3).';
comment on column public.activities.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.activities.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.activities.created_at is 'When (P-8.2).';
comment on column public.activities.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.activities.updated_at is 'When (P-8.2).';
comment on column public.activities.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';
comment on column public.activities.trashed_at is 'Since when it lies in the trash (P-9.1).';
comment on column public.activities.purge_at is 'When it is deleted for good, 30 days after that (P-9.1).';
comment on column public.activities.is_trashed is 'Whether it lies there; what a list asks for (P-9.1).';

create index activities_upcoming on public.activities (workspace_id, is_trashed, is_done, starts_at);
create index activities_due on public.activities (workspace_id, is_trashed, is_done, due_at);
create index activities_contact on public.activities (workspace_id, contact_id, created_at desc);
create index activities_company on public.activities (workspace_id, company_id, created_at desc);
create index activities_deal on public.activities (workspace_id, deal_id, created_at desc);
create index activities_assignee on public.activities (workspace_id, assignee_id);
create unique index an_event_belongs_to_one_activity on public.activities (workspace_id, google_event_id) where google_event_id is not null;
create index activities_created_by on public.activities (created_by);
create index activities_updated_by on public.activities (updated_by);
create index activities_purge_at on public.activities (purge_at) where purge_at is not null;

alter table public.activities enable row level security;
revoke all on public.activities from public, anon, authenticated, service_role;

create trigger activities_refuse_truncate before truncate on public.activities
for each statement execute function private.refuse_truncate();
