-- Purpose: too many invalid_grant at once are taken for a mistake of ours: refreshing stops until an operator lets it go on.
-- Keeps:   P-5.1.4, P-3.4
-- Touches: functions private.trip_refresh_breaker, ops.close_refresh_breaker, service_api.close_refresh_breaker
-- Undo:    drop the functions

create function private.trip_refresh_breaker()
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_settings private.settings;
    v_since timestamptz;
    v_counts record;
begin
    -- One at a time, so that none of many at the same moment is judged without the others.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('refresh breaker', 0));
    if private.is_refresh_breaker_open() then
        return 'open';
    end if;
    select settings.* into v_settings from private.settings as settings;
    -- What an operator has looked at does not open it again.
    v_since := greatest(
        pg_catalog.clock_timestamp() - v_settings.breaker_window,
        (select max(openings.closed_at) from ops.refresh_breaker_openings as openings)
    );
    -- The one that asks is not written down yet.
    select pg_catalog.count(*) + 1 as all_of_them,
        pg_catalog.count(*) filter (where outcomes.outcome in ('invalid_grant', 'invalid_grant_kept')) + 1 as invalid
    into v_counts
    from ops.refresh_outcomes as outcomes
    where outcomes.finished_at > v_since and outcomes.outcome in ('refreshed', 'invalid_grant', 'invalid_grant_kept');
    if v_counts.invalid <= greatest(v_settings.breaker_minimum, v_settings.breaker_percent * v_counts.all_of_them / 100.0) then
        return 'closed';
    end if;
    insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count)
    values (v_counts.invalid, v_counts.all_of_them);
    return 'opened';
end
$$;

comment on function private.trip_refresh_breaker() is
'Judges one more invalid_grant: closed (go on), opened (this one was too many) or open; holds its lock until the transaction ends (P-5.1.4).';
revoke all on function private.trip_refresh_breaker() from public, anon, authenticated, service_role;

create function ops.close_refresh_breaker(p_closed_by text)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update ops.refresh_breaker_openings as openings
    set closed_at = pg_catalog.clock_timestamp(), closed_by = p_closed_by
    where openings.closed_at is null;
    return found;
end
$$;

comment on function ops.close_refresh_breaker(text) is
'Lets refreshing go on, after an operator has found out why so many grants seemed to have ended; true if it was stopped (P-5.1.4, P-3.4).';
revoke all on function ops.close_refresh_breaker(text) from public, anon, authenticated, service_role;

create function service_api.close_refresh_breaker(p_closed_by text)
returns jsonb
language plpgsql
volatile
-- Definer: the role has no right on any table; the body closes the one opening that there can be.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_operator', 'service_role');
    return pg_catalog.jsonb_build_object(
        'outcome', case when ops.close_refresh_breaker(p_closed_by) then 'closed' else 'was_closed' end
    );
end
$$;

comment on function service_api.close_refresh_breaker(text) is
'The operator command''s way to ops.close_refresh_breaker: {outcome: closed | was_closed} (P-5.1.4, P-3.4).';
revoke all on function service_api.close_refresh_breaker(text) from public, anon, authenticated, service_role;
grant execute on function service_api.close_refresh_breaker(text) to google_operator, service_role;
