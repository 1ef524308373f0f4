-- Purpose: no sealed document outlives its account by more than a day, and what the worker cannot do is given up in time.
-- Keeps:   P-5.5.2, P-5.5.3, P-9.1, P-3.4
-- Touches: functions private.give_up_outbox_entries, private.expire_outbox, private.expire_pending_revocations; cron jobs
-- Undo:    select cron.unschedule(name) for each, drop the functions

create function private.give_up_outbox_entries(p_outbox_ids bigint[])
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_parked integer;
begin
    with parked as (
        update private.outbox as entries
        set parked_at = pg_catalog.clock_timestamp(), parked_because = 'given_up', lease_id = null, lease_until = null
        where entries.id = any (p_outbox_ids) and entries.parked_at is null
        returning entries.kind, entries.attempt_count
    )
    insert into ops.outbox_outcomes (kind, outcome, attempt_count)
    select parked.kind, 'given_up', parked.attempt_count from parked;
    get diagnostics v_parked = row_count;
    return v_parked;
end
$$;
comment on function private.give_up_outbox_entries(bigint[]) is
'Puts entries aside whose time is over, with the reason of their last failure, and counts them (P-3.4).';
revoke all on function private.give_up_outbox_entries(bigint[]) from public, anon, authenticated, service_role;

create function private.expire_outbox()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_outbox_ids bigint[];
begin
    -- Rows that somebody is using are left for the next minute: the schedule waits for nobody and nobody for it.
    v_outbox_ids := array(
        select entries.id from private.outbox as entries
        where entries.parked_at is null and entries.ends_at <= pg_catalog.clock_timestamp()
        for update skip locked
    );
    delete from private.outbox as entries where entries.parked_at < pg_catalog.now() - interval '30 days';
    delete from ops.outbox_outcomes as outcomes where outcomes.finished_at < pg_catalog.now() - interval '90 days';
    return private.give_up_outbox_entries(v_outbox_ids);
end
$$;
comment on function private.expire_outbox() is
'Gives up entries whose time is over, and returns how many; deletes parked ones after 30 days and outcomes after 90 (P-3.4, P-9.1).';
revoke all on function private.expire_outbox() from public, anon, authenticated, service_role;

create function private.expire_pending_revocations()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_outbox_ids bigint[];
begin
    -- Two runs before the day is over, so that a run which found the row in use still leaves another in time.
    -- The entry is locked, as the worker locks it, before the row that hangs on it.
    v_outbox_ids := array(
        select entries.id from private.outbox as entries
        inner join private.pending_revocations as pending on pending.outbox_id = entries.id
        where pending.created_at <= pg_catalog.clock_timestamp() - interval '23 hours 58 minutes'
        for update of entries skip locked
    );
    perform private.give_up_outbox_entries(v_outbox_ids);
    delete from private.pending_revocations as pending where pending.outbox_id = any (v_outbox_ids);
    return pg_catalog.cardinality(v_outbox_ids);
end
$$;
comment on function private.expire_pending_revocations() is
'Deletes the sealed documents of accounts that were deleted a day ago, whether Google was told or not; returns how many (P-5.5.2, P-5.5.3).';
revoke all on function private.expire_pending_revocations() from public, anon, authenticated, service_role;

select cron.schedule('expire-pending-revocations', '* * * * *', 'select private.expire_pending_revocations()');
select cron.schedule('expire-outbox', '* * * * *', 'select private.expire_outbox()');
