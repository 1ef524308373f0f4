-- Purpose: how often a user may open tokens, and what is written down of each opening.
-- Keeps:   P-3.4, P-5.4.6
-- Touches: functions private.limit_wait_seconds, private.lock_openings, private.record_opening
-- Undo:    drop the functions

create function private.limit_wait_seconds(p_user_id uuid, p_purpose text)
returns integer
-- Not "language sql", here and below: that is planned anew for every call, which took longer than the call.
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_limit record;
    v_since timestamptz;
    v_opened_at timestamptz;
begin
    select purposes.limit_count, purposes.limit_seconds into v_limit
    from private.purposes as purposes where purposes.name = p_purpose;
    -- A variable and no expression: only the partitions since then are read.
    v_since := pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => v_limit.limit_seconds);
    -- The n-th newest opening within the window says when the window has room again; none such, no wait.
    select recent.opened_at into v_opened_at
    from audit.token_openings as recent
    where recent.subject = p_user_id
        and recent.purpose = p_purpose
        and recent.outcome = 'opened'
        and recent.opened_at > v_since
    order by recent.opened_at desc
    offset v_limit.limit_count - 1
    limit 1;
    return pg_catalog.ceil(
        extract(epoch from v_opened_at - pg_catalog.clock_timestamp()) + v_limit.limit_seconds
    )::integer;
end
$$;

comment on function private.limit_wait_seconds(uuid, text) is
'Seconds until the user may open a token for this purpose again; null if now (P-3.4).';
revoke all on function private.limit_wait_seconds(uuid, text) from public, anon, authenticated, service_role;

create function private.lock_openings(p_user_id uuid, p_purpose text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(
        pg_catalog.hashtextextended('openings ' || p_user_id::text || ' ' || p_purpose, 0)
    );
end
$$;

comment on function private.lock_openings(uuid, text) is
'Lets one opening of a user for a purpose be counted after the other, so that a limit holds at the same instant too (P-3.4).';
revoke all on function private.lock_openings(uuid, text) from public, anon, authenticated, service_role;

create function private.record_opening(p_user_id uuid, p_purpose text, p_outcome text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- Whoever hammers a closed door fills no table: ten refusals per user and minute are enough to see it.
    if p_outcome <> 'opened' then
        if (
            select pg_catalog.count(*) from (
                select from audit.token_openings as openings
                -- Spelt out, as the index serves both halves and would not serve "is not distinct from".
                where (openings.subject = p_user_id or (p_user_id is null and openings.subject is null))
                    and openings.outcome <> 'opened'
                    and openings.opened_at > pg_catalog.clock_timestamp() - interval '1 minute'
                limit 10
            ) as recent
        ) >= 10 then
            return;
        end if;
    end if;
    insert into audit.token_openings (purpose, outcome, subject) values (p_purpose, p_outcome, p_user_id);
end
$$;

comment on function private.record_opening(uuid, text, text) is
'Writes one line of audit.token_openings; refusals at most ten per user and minute (P-3.4, P-5.4.6).';
revoke all on function private.record_opening(uuid, text, text) from public, anon, authenticated, service_role;
