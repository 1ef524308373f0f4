-- Purpose: the third step of connecting begins: only who started may have the code exchanged, and only once.
-- Keeps:   P-2.3.2, P-3.2, P-3.4, P-8.2
-- Touches: functions service_api.claim_google_authorization, service_api.end_google_authorization
-- Undo:    drop both functions

create function service_api.claim_google_authorization(p_state_hash text, p_user_id uuid, p_session_id uuid)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body reaches the one attempt whose state the caller knows.
security definer
set search_path = ''
as $$
declare
    v_attempt private.google_authorization_attempts;
    v_outcome text;
    v_connection_id uuid;
    v_token_version bigint;
begin
    perform private.require_caller('google_service', 'service_role');
    -- Locked in the order of every path: the starter's profile, then the attempt.
    perform from public.profiles as profiles
    where profiles.user_id = (
        select attempts.user_id from private.google_authorization_attempts as attempts where attempts.state_hash = p_state_hash
    )
    for update;
    v_outcome := private.new_processing_outcome(p_user_id, p_session_id);
    if v_outcome <> 'live' then
        return pg_catalog.jsonb_build_object('outcome', v_outcome);
    end if;

    select attempts.* into v_attempt
    from private.google_authorization_attempts as attempts
    where attempts.state_hash = p_state_hash
    for update;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'attempt_unknown');
    end if;
    if v_attempt.status <> 'returned' then
        return pg_catalog.jsonb_build_object('outcome', 'attempt_used');
    end if;
    if v_attempt.expires_at <= pg_catalog.clock_timestamp() then
        return pg_catalog.jsonb_build_object('outcome', 'attempt_expired');
    end if;

    if v_attempt.user_id is distinct from p_user_id then
        -- A genuine completion in somebody else's hands: nobody may use it any more, and the starter is told.
        delete from private.google_authorization_attempts as attempts where attempts.id = v_attempt.id;
        insert into public.security_notices (user_id, kind)
        values (v_attempt.user_id, 'google_authorization_used_by_another_user');
        return pg_catalog.jsonb_build_object('outcome', 'attempt_of_another_user');
    end if;
    if v_attempt.session_id is distinct from p_session_id then
        delete from private.google_authorization_attempts as attempts where attempts.id = v_attempt.id;
        return pg_catalog.jsonb_build_object('outcome', 'attempt_of_another_session');
    end if;
    if not private.session_meets_mfa(p_user_id, p_session_id) then
        return pg_catalog.jsonb_build_object('outcome', 'mfa_required');
    end if;

    update private.google_authorization_attempts as attempts
    set status = 'exchanging', expires_at = pg_catalog.clock_timestamp() + interval '2 minutes',
        exchange_began_at = pg_catalog.clock_timestamp()
    where attempts.id = v_attempt.id;

    select connections.id, coalesce(secrets.token_version, 0) into v_connection_id, v_token_version
    from public.google_connections as connections
    left join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id;
    return pg_catalog.jsonb_build_object(
        'outcome', 'claimed', 'attempt_id', v_attempt.id, 'sealed_secrets', v_attempt.sealed_secrets,
        'connection_id', coalesce(v_connection_id, v_attempt.id), 'token_version', coalesce(v_token_version, 0),
        'next_token_version', pg_catalog.nextval('private.token_versions')
    );
end
$$;

comment on function service_api.claim_google_authorization(text, uuid, uuid) is
'Gives the attempt to its starter for one exchange; anybody else burns it. Answers {outcome, attempt_id, sealed_secrets, connection_id, token_version, next_token_version} (P-8.2).';
revoke all on function service_api.claim_google_authorization(text, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.claim_google_authorization(text, uuid, uuid) to google_service, service_role;

create function service_api.end_google_authorization(p_attempt_id uuid, p_user_id uuid)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body deletes one attempt of the named user.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    delete from private.google_authorization_attempts as attempts
    where attempts.id = p_attempt_id and attempts.user_id = p_user_id;
    return pg_catalog.jsonb_build_object('outcome', case when found then 'ended' else 'attempt_unknown' end);
end
$$;

comment on function service_api.end_google_authorization(uuid, uuid) is
'Ends an attempt whose exchange failed; nothing was stored (P-5.5.2).';
revoke all on function service_api.end_google_authorization(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.end_google_authorization(uuid, uuid) to google_service, service_role;
