-- Purpose: an entry of the outbox belongs to one worker at a time, and only that worker says how it went.
-- Keeps:   P-5.5.3, P-3.4
-- Touches: functions private.add_outbox_entry, private.lease_outbox_entries, private.outbox_back_off, private.end_outbox_entry, private.postpone_outbox_entry, private.park_outbox_entry
-- Undo:    drop the functions

create function private.add_outbox_entry(p_kind text, p_available_at timestamptz, p_ends_at timestamptz)
returns bigint
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into private.outbox (kind, available_at, ends_at) values (p_kind, p_available_at, p_ends_at) returning id
$$;
comment on function private.add_outbox_entry(text, timestamptz, timestamptz) is
'Writes down what has to be done, from when on and until when; returns the entry (P-3.4).';
revoke all on function private.add_outbox_entry(text, timestamptz, timestamptz) from public, anon, authenticated, service_role;

create function private.lease_outbox_entries(p_kind text, p_limit integer)
returns setof bigint
language sql
volatile
security invoker
set search_path = ''
as $$
    -- Materialized: planned into the update, the limit could be asked for again with each row.
    with due as materialized (
        select entries.id from private.outbox as entries
        where entries.kind = p_kind and entries.parked_at is null
            and entries.available_at <= pg_catalog.clock_timestamp() and entries.ends_at > pg_catalog.clock_timestamp()
            and (entries.lease_until > pg_catalog.clock_timestamp()) is not true
        order by entries.available_at, entries.id
        limit p_limit
        for update skip locked
    )
    update private.outbox as entries
    set lease_id = pg_catalog.gen_random_uuid(), lease_until = pg_catalog.clock_timestamp() + interval '60 seconds',
        attempt_count = entries.attempt_count + 1
    from due
    where entries.id = due.id
    returning entries.id
$$;
comment on function private.lease_outbox_entries(text, integer) is
'Leases entries of one kind that are due for 60 seconds; those of a worker that died are taken over (P-3.4).';
revoke all on function private.lease_outbox_entries(text, integer) from public, anon, authenticated, service_role;

create function private.outbox_back_off(p_attempt_count bigint)
returns interval
language sql
volatile
security invoker
set search_path = ''
as $$
    -- At random, so that what failed together is not tried again together.
    select least(interval '30 seconds' * pg_catalog.power(2, least(p_attempt_count - 1, 16)), interval '1 hour')
        * (0.5 + pg_catalog.random())
$$;
comment on function private.outbox_back_off(bigint) is
'How long to wait after this many tries: 30 seconds, twice as long each time, an hour at most, give or take half (P-3.4).';
revoke all on function private.outbox_back_off(bigint) from public, anon, authenticated, service_role;

create function private.end_outbox_entry(p_outbox_id bigint, p_lease_id uuid, p_outcome text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
    with ended as (
        delete from private.outbox as entries
        where entries.id = p_outbox_id and entries.lease_id = p_lease_id
        returning entries.kind, entries.attempt_count
    ),
    counted as (
        insert into ops.outbox_outcomes (kind, outcome, attempt_count)
        select ended.kind, p_outcome, ended.attempt_count from ended
        returning 1
    )
    select exists (select from counted)
$$;
comment on function private.end_outbox_entry(bigint, uuid, text) is
'Deletes an entry that is done or not needed, and counts it; false if the lease is no longer the caller''s (P-3.4).';
revoke all on function private.end_outbox_entry(bigint, uuid, text) from public, anon, authenticated, service_role;

create function private.postpone_outbox_entry(p_outbox_id bigint, p_lease_id uuid, p_error text)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update private.outbox as entries
    set available_at = pg_catalog.clock_timestamp() + private.outbox_back_off(entries.attempt_count),
        lease_id = null, lease_until = null, last_error = p_error
    where entries.id = p_outbox_id and entries.lease_id = p_lease_id;
    return found;
end
$$;
comment on function private.postpone_outbox_entry(bigint, uuid, text) is
'Gives an entry back to be tried again later; false if the lease is no longer the caller''s (P-3.4).';
revoke all on function private.postpone_outbox_entry(bigint, uuid, text) from public, anon, authenticated, service_role;

create function private.park_outbox_entry(p_outbox_id bigint, p_lease_id uuid, p_error text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
    with parked as (
        update private.outbox as entries
        set parked_at = pg_catalog.clock_timestamp(), parked_because = 'poison', lease_id = null, lease_until = null,
            last_error = p_error
        where entries.id = p_outbox_id and entries.lease_id = p_lease_id
        returning entries.kind, entries.attempt_count
    ),
    counted as (
        insert into ops.outbox_outcomes (kind, outcome, attempt_count)
        select parked.kind, 'poison', parked.attempt_count from parked
        returning 1
    )
    select exists (select from counted)
$$;
comment on function private.park_outbox_entry(bigint, uuid, text) is
'Puts an entry aside that can never succeed, and counts it; false if the lease is no longer the caller''s (P-3.4).';
revoke all on function private.park_outbox_entry(bigint, uuid, text) from public, anon, authenticated, service_role;
