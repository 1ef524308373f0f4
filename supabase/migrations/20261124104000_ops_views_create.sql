-- Purpose: operators see in Studio how refreshes end, whether they are stopped, and who opens unusually much, with people masked.
-- Keeps:   P-3.4, P-5.1.4, P-5.6.2
-- Touches: function private.masked_email, views ops.refresh_outcomes_per_hour, ops.refresh_breaker, ops.openings_worth_a_look
-- Undo:    drop them

create function private.masked_email(p_email text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
    -- Enough to tell two rows apart, not enough to write to somebody.
    select pg_catalog.left(p_email, 1) || '***@' || pg_catalog.left(pg_catalog.split_part(p_email, '@', 2), 1) || '***'
$$;

comment on function private.masked_email(text) is 'An e-mail address as operators may see it: a***@e*** (P-5.6.2).';
revoke all on function private.masked_email(text) from public, anon, authenticated, service_role;

create view ops.refresh_outcomes_per_hour with (security_invoker = true) as
select
    outcomes.outcome,
    date_trunc('hour', outcomes.finished_at) as hour,
    count(*) as refresh_count
from ops.refresh_outcomes as outcomes
where outcomes.finished_at > now() - interval '7 days'
group by hour, outcomes.outcome;
comment on view ops.refresh_outcomes_per_hour is 'How refreshes of access tokens ended, by hour, for the last 7 days (P-3.4, P-5.1.4).';
revoke all on ops.refresh_outcomes_per_hour from public, anon, authenticated, service_role;

create view ops.refresh_breaker with (security_invoker = true) as
with last_closing as (
    select
        closings.closed_at,
        closings.closed_by
    from ops.refresh_breaker_openings as closings
    where closings.closed_at is not null
    order by closings.closed_at desc
    limit 1
),

recent as (
    select
        count(*) filter (where outcomes.outcome in ('invalid_grant', 'invalid_grant_kept')) as invalid_grants,
        count(outcomes.id) as refreshes
    from private.settings as settings
    left join ops.refresh_outcomes as outcomes
        on
            outcomes.finished_at > clock_timestamp() - settings.breaker_window
            and outcomes.outcome in ('refreshed', 'invalid_grant', 'invalid_grant_kept')
)

select
    current_opening.opened_at,
    current_opening.invalid_grant_count as invalid_grants_at_opening,
    current_opening.refresh_count as refreshes_at_opening,
    last_closing.closed_at as last_closed_at,
    last_closing.closed_by as last_closed_by,
    recent.invalid_grants as invalid_grants_in_window,
    recent.refreshes as refreshes_in_window,
    case when current_opening.opened_at is null then 'closed' else 'open' end as state
from recent
left join last_closing on true
left join ops.refresh_breaker_openings as current_opening on current_opening.closed_at is null;
comment on view ops.refresh_breaker is
'Whether refreshing is stopped, since when and why, and who let it go on last (P-5.1.4, P-3.4).';
revoke all on ops.refresh_breaker from public, anon, authenticated, service_role;

create view ops.openings_worth_a_look with (security_invoker = true) as
select
    openings.subject as user_id,
    date_trunc('day', openings.opened_at) as day,
    private.masked_email(max(connections.email)) as masked_email,
    count(*) as opening_count,
    count(*) filter (where openings.outcome <> 'opened') as refused_count,
    count(distinct openings.purpose) as purpose_count
from audit.token_openings as openings
cross join private.settings as settings
left join public.google_connections as connections on openings.subject = connections.user_id
where openings.opened_at > now() - interval '30 days' and openings.subject is not null
group by openings.subject, day, settings.openings_per_day_worth_a_look
having count(*) > settings.openings_per_day_worth_a_look;
comment on view ops.openings_worth_a_look is
'Users and days with more token openings than private.settings calls usual, the address masked (P-3.4, P-5.6.2).';
revoke all on ops.openings_worth_a_look from public, anon, authenticated, service_role;
