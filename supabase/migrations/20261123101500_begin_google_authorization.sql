-- Purpose: the first step of connecting: an attempt bound to user and session.
-- Keeps:   P-2.3.2, P-8.2, P-1.1
-- Touches: function service_api.begin_google_authorization
-- Undo:    drop function

create function service_api.begin_google_authorization(
    p_user_id uuid, p_session_id uuid, p_attempt_id uuid, p_state_hash text, p_sealed_secrets text, p_return_to text,
    p_requested_scopes text[]
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body writes one attempt of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_outcome text;
    v_expires_at timestamptz := pg_catalog.clock_timestamp() + interval '30 minutes';
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for no key update;

    v_outcome := private.new_processing_outcome(p_user_id, p_session_id);
    if v_outcome <> 'live' then
        return pg_catalog.jsonb_build_object('outcome', v_outcome);
    end if;
    if not private.session_meets_mfa(p_user_id, p_session_id) then
        return pg_catalog.jsonb_build_object('outcome', 'mfa_required');
    end if;
    -- The use that a notice of a change spoke of.
    perform private.record_use(p_user_id);

    -- Somebody who clicks again and again keeps the five newest attempts; the table stays small whatever a client does.
    delete from private.google_authorization_attempts as attempts
    where attempts.id in (
        select older.id from private.google_authorization_attempts as older
        where older.user_id = p_user_id and older.status <> 'exchanging'
        order by older.created_at desc
        offset 4
    );
    insert into private.google_authorization_attempts
    (id, user_id, session_id, state_hash, sealed_secrets, return_to, requested_scopes, created_at, expires_at)
    values (
        p_attempt_id, p_user_id, p_session_id, p_state_hash, p_sealed_secrets, p_return_to, p_requested_scopes,
        pg_catalog.clock_timestamp(), v_expires_at
    );
    return pg_catalog.jsonb_build_object('outcome', 'started', 'expires_at', v_expires_at);
end
$$;

comment on function service_api.begin_google_authorization(uuid, uuid, uuid, text, text, text, text[]) is
'Records an authorization attempt for 30 minutes. Answers {outcome: started, expires_at} or why not (P-2.3.2, P-8.2).';
revoke all on function service_api.begin_google_authorization(uuid, uuid, uuid, text, text, text, text[])
from public, anon, authenticated, service_role;
grant execute on function service_api.begin_google_authorization(uuid, uuid, uuid, text, text, text, text[])
to google_service, service_role;
