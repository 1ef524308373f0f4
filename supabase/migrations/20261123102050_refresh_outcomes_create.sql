-- Purpose: how refreshes end is counted, and when too many grants seem to have ended at once, refreshing stops and nothing is deleted.
-- Keeps:   P-5.1.4, P-3.4
-- Touches: tables ops.refresh_outcomes, ops.refresh_breaker_openings; functions private.record_refresh, private.is_refresh_breaker_open
-- Undo:    drop them

create table ops.refresh_outcomes (
    id bigint generated always as identity primary key,
    finished_at timestamptz not null default clock_timestamp(),
    outcome text not null,
    constraint outcome_is_known check (
        outcome in (
            'refreshed', 'superseded', 'gone', 'invalid_grant', 'invalid_grant_kept', 'client_mismatch', 'google_unavailable',
            'google_refused', 'failed'
        )
    )
);

comment on table ops.refresh_outcomes is
'How each refresh of an access token ended, nobody''s name; kept 90 days. invalid_grant ended a connection, invalid_grant_kept did not (P-5.1.4, P-3.4).';
comment on column ops.refresh_outcomes.id is 'The refresh (P-3.4).';
comment on column ops.refresh_outcomes.finished_at is 'When it ended (P-3.4).';
comment on column ops.refresh_outcomes.outcome is 'How, one of a fixed list (P-3.4).';
create index refresh_outcomes_finished_at on ops.refresh_outcomes (finished_at);
alter table ops.refresh_outcomes enable row level security;
revoke all on ops.refresh_outcomes from public, anon, authenticated, service_role;
create trigger refresh_outcomes_refuse_truncate before truncate on ops.refresh_outcomes
for each statement execute function private.refuse_truncate();

create table ops.refresh_breaker_openings (
    id bigint generated always as identity primary key,
    opened_at timestamptz not null default clock_timestamp(),
    invalid_grant_count bigint not null,
    refresh_count bigint not null,
    closed_at timestamptz,
    closed_by text,
    constraint closed_by_somebody check ((closed_at is null) = (closed_by is null)),
    constraint closed_by_is_a_name check (closed_by ~ '^[[:alnum:]@._ -]{2,64}$')
);

comment on table ops.refresh_breaker_openings is
'Each time that refreshing was stopped because too many grants seemed to have ended at once, and who let it go on (P-5.1.4, P-3.4).';
comment on column ops.refresh_breaker_openings.id is 'The opening (P-3.4).';
comment on column ops.refresh_breaker_openings.opened_at is 'When refreshing stopped (P-3.4).';
comment on column ops.refresh_breaker_openings.invalid_grant_count is 'How many refreshes had met invalid_grant (P-5.1.4).';
comment on column ops.refresh_breaker_openings.refresh_count is 'Out of how many (P-5.1.4).';
comment on column ops.refresh_breaker_openings.closed_at is 'When an operator let refreshing go on (P-3.4).';
comment on column ops.refresh_breaker_openings.closed_by is 'Which operator (P-3.4).';
create unique index refresh_breaker_opens_once on ops.refresh_breaker_openings ((true)) where closed_at is null;
alter table ops.refresh_breaker_openings enable row level security;
revoke all on ops.refresh_breaker_openings from public, anon, authenticated, service_role;
create trigger refresh_breaker_openings_refuse_truncate before truncate on ops.refresh_breaker_openings
for each statement execute function private.refuse_truncate();

create function private.record_refresh(p_outcome text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into ops.refresh_outcomes (outcome) values (p_outcome)
$$;

comment on function private.record_refresh(text) is 'Counts how a refresh ended (P-3.4).';
revoke all on function private.record_refresh(text) from public, anon, authenticated, service_role;

create function private.is_refresh_breaker_open()
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
    select exists (select from ops.refresh_breaker_openings as openings where openings.closed_at is null)
$$;

comment on function private.is_refresh_breaker_open() is 'Whether refreshing is stopped until an operator looks (P-5.1.4).';
revoke all on function private.is_refresh_breaker_open() from public, anon, authenticated, service_role;
