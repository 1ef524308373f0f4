-- Purpose: operators see what waits for the worker and what was put aside, and may have it tried again.
-- Keeps:   P-3.4, P-5.5.3, P-5.6.2
-- Touches: views ops.outbox_entries, ops.parked_outbox_entries; function ops.retry_outbox_entry
-- Undo:    drop them

create view ops.outbox_entries with (security_invoker = true) as
select
    entries.kind,
    entries.state,
    count(*) as entry_count,
    min(entries.created_at) as oldest_created_at,
    min(entries.available_at) as next_available_at,
    max(entries.attempt_count) as max_attempt_count
from (
    select
        held.kind,
        held.created_at,
        held.available_at,
        held.attempt_count,
        case
            when held.parked_at is not null then 'parked'
            when held.lease_until > clock_timestamp() then 'leased'
            else 'waiting'
        end as state
    from private.outbox as held
) as entries
group by entries.kind, entries.state;
comment on view ops.outbox_entries is 'What the worker still has to do, counted by kind and state: waiting, leased, parked (P-3.4, P-5.6.2).';
revoke all on ops.outbox_entries from public, anon, authenticated, service_role;

create view ops.parked_outbox_entries with (security_invoker = true) as
select
    entries.id,
    entries.kind,
    entries.attempt_count,
    entries.parked_because,
    entries.last_error,
    entries.created_at,
    entries.parked_at,
    entries.ends_at
from private.outbox as entries
where entries.parked_at is not null;
comment on view ops.parked_outbox_entries is
'What could not be done and why: poison can never succeed, given_up ran out of time. Deleted after 30 days (P-3.4, P-5.6.2).';
revoke all on ops.parked_outbox_entries from public, anon, authenticated, service_role;

create function ops.retry_outbox_entry(p_outbox_id bigint)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update private.outbox as entries
    set parked_at = null, parked_because = null, attempt_count = 0, available_at = pg_catalog.clock_timestamp(),
        -- As long again as it had at first.
        ends_at = pg_catalog.clock_timestamp() + (entries.ends_at - entries.created_at)
    where entries.id = p_outbox_id and entries.parked_at is not null
        -- Once the document is gone, nothing is left to tell Google with.
        and (
            entries.kind <> 'revoke_google_grant'
            or exists (select from private.pending_revocations as pending where pending.outbox_id = entries.id)
        );
    return found;
end
$$;
comment on function ops.retry_outbox_entry(bigint) is
'Has a parked entry tried again from now on; false if it is not parked or nothing is left to try with (P-3.4).';
revoke all on function ops.retry_outbox_entry(bigint) from public, anon, authenticated, service_role;
