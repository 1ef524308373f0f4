-- Purpose: one place that says whether a user's session is live, so that an ended one opens nothing before its JWT expires.
-- Keeps:   P-8.2, P-5.4.6
-- Touches: view private.session_ends; functions private.session_outcome, private.new_processing_outcome, private.session_meets_mfa
-- Undo:    drop the functions and the view

-- A view, so that a query of more than the session asks for it without a call of its own.
create view private.session_ends with (security_invoker = true) as
select
    sessions.id as session_id,
    sessions.user_id,
    case
        when users.deleted_at is not null or sessions.not_after <= pg_catalog.clock_timestamp() then 'session_ended'
        when users.banned_until > pg_catalog.clock_timestamp() then 'user_banned'
    end as ended_by
from auth.sessions as sessions
inner join auth.users as users on sessions.user_id = users.id;
comment on view private.session_ends is
'Which session of which user is over, and why: session_ended or user_banned; null while it goes on (P-8.2).';
revoke all on private.session_ends from public, anon, authenticated, service_role;

create function private.session_outcome(p_user_id uuid, p_session_id uuid)
returns text
-- Not "language sql": that would be planned anew for every opening.
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return coalesce((
        select coalesce(sessions.ended_by, case when profiles.account_state <> 'active' then 'account_closing' else 'live' end)
        from private.session_ends as sessions
        inner join public.profiles as profiles on profiles.user_id = sessions.user_id
        where sessions.session_id = p_session_id and sessions.user_id = p_user_id
    ), 'session_ended');
end
$$;

comment on function private.session_outcome(uuid, uuid) is
'live, or why the session may start nothing new: session_ended, user_banned, account_closing (P-8.2).';
revoke all on function private.session_outcome(uuid, uuid) from public, anon, authenticated, service_role;

create function private.new_processing_outcome(p_user_id uuid, p_session_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_outcome text := private.session_outcome(p_user_id, p_session_id);
begin
    return case when v_outcome = 'live' then coalesce((private.missing_for(p_user_id))[1], 'live') else v_outcome end;
end
$$;

comment on function private.new_processing_outcome(uuid, uuid) is
'live, or why nothing new may begin: the session''s end, or what is missing of agreement and attestation (P-1.1, P-8.2).';
revoke all on function private.new_processing_outcome(uuid, uuid) from public, anon, authenticated, service_role;

create function private.session_meets_mfa(p_user_id uuid, p_session_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
    select not exists (
        select from auth.mfa_factors as factors where factors.user_id = p_user_id and factors.status = 'verified'
    ) or exists (
        select from auth.sessions as sessions
        where sessions.id = p_session_id and sessions.user_id = p_user_id and sessions.aal = 'aal2'
    )
$$;

comment on function private.session_meets_mfa(uuid, uuid) is
'Whether the session used the second factor, if the user has a verified one (P-8.2).';
revoke all on function private.session_meets_mfa(uuid, uuid) from public, anon, authenticated, service_role;
