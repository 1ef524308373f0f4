-- Purpose: what must still be done outside of the database is written down in the transaction that makes it necessary.
-- Keeps:   P-5.5.3, P-5.5.4, P-3.4, P-9.1
-- Touches: tables private.outbox, ops.outbox_outcomes
-- Undo:    drop both tables

create table private.outbox (
    id bigint generated always as identity primary key,
    kind text not null,
    created_at timestamptz not null default clock_timestamp(),
    available_at timestamptz not null default clock_timestamp(),
    ends_at timestamptz not null,
    attempt_count bigint not null default 0,
    lease_id uuid,
    lease_until timestamptz,
    parked_at timestamptz,
    parked_because text,
    last_error text,
    constraint kind_is_known check (kind in ('revoke_google_grant', 'check_unused_connection', 'remind_of_activity')),
    constraint ends_at_is_after_created_at check (ends_at > created_at),
    constraint attempt_count_counts_up check (attempt_count >= 0),
    constraint lease_has_an_end check ((lease_id is null) = (lease_until is null)),
    constraint parked_has_a_reason check ((parked_at is null) = (parked_because is null)),
    constraint parked_because_is_known check (parked_because in ('poison', 'given_up')),
    constraint parked_is_not_leased check (parked_at is null or lease_id is null),
    constraint last_error_is_a_word check (last_error ~ '^[a-z][a-z0-9_]{0,63}$')
);

comment on table private.outbox is
'What the worker still has to do. Says what kind of work and how it went, nothing of a person; parked entries go after 30 days (P-5.5.3, P-3.4, P-9.1).';
comment on column private.outbox.id is 'The entry (P-3.4).';
comment on column private.outbox.kind is 'What is to be done; a table of its own says to what (P-5.5.3).';
comment on column private.outbox.created_at is 'When it became necessary (P-3.4).';
comment on column private.outbox.available_at is 'From when on it may be tried, next time after a failure (P-3.4).';
comment on column private.outbox.ends_at is 'When it is given up (P-5.5.3).';
comment on column private.outbox.attempt_count is 'How often a worker has taken it (P-3.4).';
comment on column private.outbox.lease_id is 'Which taking is under way, if any; whoever finishes must name it (P-3.4).';
comment on column private.outbox.lease_until is 'When that worker is taken for dead and another may take the entry (P-3.4).';
comment on column private.outbox.parked_at is 'Since when nobody tries it any more (P-3.4).';
comment on column private.outbox.parked_because is 'poison: it can never succeed; given_up: its time was over (P-3.4).';
comment on column private.outbox.last_error is 'Why it failed last, one word (P-3.4).';

create index outbox_due on private.outbox (kind, available_at, id) where parked_at is null;
alter table private.outbox enable row level security;
revoke all on private.outbox from public, anon, authenticated, service_role;
create trigger outbox_refuse_truncate before truncate on private.outbox
for each statement execute function private.refuse_truncate();

create table ops.outbox_outcomes (
    id bigint generated always as identity primary key,
    finished_at timestamptz not null default clock_timestamp(),
    kind text not null,
    outcome text not null,
    attempt_count bigint not null,
    constraint kind_is_snake_case check (kind ~ '^[a-z][a-z_]{1,62}$'),
    constraint outcome_is_known check (outcome in ('done', 'not_needed', 'poison', 'given_up'))
);

comment on table ops.outbox_outcomes is 'How each entry of the outbox ended, nobody''s name; kept 90 days (P-3.4, P-5.5.3).';
comment on column ops.outbox_outcomes.id is 'The ending (P-3.4).';
comment on column ops.outbox_outcomes.finished_at is 'When (P-3.4).';
comment on column ops.outbox_outcomes.kind is 'Of what kind of work (P-3.4).';
comment on column ops.outbox_outcomes.outcome is
'done; not_needed: nothing was left to do; poison: it could never succeed; given_up: its time was over (P-3.4).';
comment on column ops.outbox_outcomes.attempt_count is 'After how many tries (P-3.4).';

create index outbox_outcomes_finished_at on ops.outbox_outcomes (finished_at);
alter table ops.outbox_outcomes enable row level security;
revoke all on ops.outbox_outcomes from public, anon, authenticated, service_role;
create trigger outbox_outcomes_refuse_truncate before truncate on ops.outbox_outcomes
for each statement execute function private.refuse_truncate();
