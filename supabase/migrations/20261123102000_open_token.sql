-- Purpose: the only way to a stored access token: all conditions in one statement, the answer and the refusal both on record.
-- Keeps:   P-5.4.6, P-5.2.4, P-3.1, P-3.4, P-8.2
-- Touches: functions private.open_token, service_api.open_token
-- Undo:    drop the functions

create function private.open_token(p_user_id uuid, p_session_id uuid, p_purpose text, p_may_refresh boolean)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_asked record;
    v_wait integer;
    v_missing text;
begin
    -- Shared with other openings, but not with a disconnect: an opening is either counted in its receipt or refused after it.
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    -- One at a time per user and purpose: counted after the one before has been written down.
    perform private.lock_openings(p_user_id, p_purpose);
    v_wait := private.limit_wait_seconds(p_user_id, p_purpose);

    -- Showing asks for no agreement; what changes something does.
    if exists (select from private.purposes as purposes where purposes.name = p_purpose and purposes.is_new_processing) then
        v_missing := coalesce((private.missing_for(p_user_id))[1], 'nothing');
    end if;

    -- One statement, so that what is decided and what is handed out are of one moment: a refresh replaces both secrets.
    select asked.*, case
        when asked.outcome = 'opened' then (
            select secrets.decrypted_secret from vault.decrypted_secrets as secrets where secrets.id = asked.access_secret_id
        )
    end as document
    into v_asked
    from (
        select
            profiles.user_id as known_user_id, purposes.name as purpose, purposes.required_scope, connections.id as connection_id,
            connections.reconnect_reason, secrets.access_secret_id, secrets.token_version, secrets.client_id,
            case
                when caller.outcome <> 'live' then caller.outcome
                when purposes.name is null then 'purpose_unknown'
                when v_missing <> 'nothing' then v_missing
                when connections.id is null then 'not_connected'
                when connections.status <> 'active' then 'reconnect_required'
                when (purposes.required_scope = any (connections.granted_scopes)) is not true then 'scope_not_granted'
                when held.id is null then 'secret_missing'
                -- Not an opening: the caller refreshes first. The margin covers the call that follows.
                when secrets.access_expires_at <= pg_catalog.clock_timestamp() + interval '30 seconds' then 'expired'
                when v_wait is not null then 'limited'
                -- Still good, but not for long: one caller refreshes, the others use it meanwhile.
                when p_may_refresh and secrets.refresh_after <= pg_catalog.clock_timestamp()
                    and (secrets.refresh_lease_until > pg_catalog.clock_timestamp()) is not true
                    and not private.is_refresh_breaker_open()
                    then 'refresh_due'
                else 'opened'
            end as outcome
        from (select private.session_outcome(p_user_id, p_session_id) as outcome) as caller
        left join public.profiles as profiles on profiles.user_id = p_user_id
        left join private.purposes as purposes on purposes.name = p_purpose and purposes.document = 'access'
        left join public.google_connections as connections on connections.user_id = p_user_id
        left join private.google_secrets as secrets on secrets.connection_id = connections.id
        left join vault.secrets as held on held.id = secrets.access_secret_id
    ) as asked;

    if v_asked.outcome = 'opened' and v_missing = 'nothing' then
        -- The use that a notice of a change spoke of.
        perform private.record_use(p_user_id);
    end if;
    if v_asked.outcome not in ('expired', 'refresh_due') then
        perform private.record_opening(v_asked.known_user_id, v_asked.purpose, v_asked.outcome);
    end if;
    -- A refusal tells nothing about the connection beyond what the caller can act on.
    return pg_catalog.jsonb_strip_nulls(case v_asked.outcome
        when 'opened' then pg_catalog.jsonb_build_object(
            'outcome', v_asked.outcome, 'document', v_asked.document, 'connection_id', v_asked.connection_id,
            'token_version', v_asked.token_version, 'client_id', v_asked.client_id
        )
        when 'expired' then pg_catalog.jsonb_build_object('outcome', v_asked.outcome, 'token_version', v_asked.token_version)
        when 'refresh_due' then
            pg_catalog.jsonb_build_object('outcome', v_asked.outcome, 'token_version', v_asked.token_version)
        when 'limited' then pg_catalog.jsonb_build_object('outcome', v_asked.outcome, 'retry_after', greatest(v_wait, 1))
        when 'scope_not_granted' then
            pg_catalog.jsonb_build_object('outcome', v_asked.outcome, 'missing_scope', v_asked.required_scope)
        when 'reconnect_required' then
            pg_catalog.jsonb_build_object('outcome', v_asked.outcome, 'reason', v_asked.reconnect_reason)
        else pg_catalog.jsonb_build_object('outcome', v_asked.outcome)
    end);
end
$$;

comment on function private.open_token(uuid, uuid, text, boolean) is
'Opens the sealed access document of a live session''s user for one declared purpose, or says why not (P-5.4.6, P-3.1).';
revoke all on function private.open_token(uuid, uuid, text, boolean) from public, anon, authenticated, service_role;

create function service_api.open_token(p_user_id uuid, p_session_id uuid, p_purpose text, p_may_refresh boolean)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body reaches one document of the user whose session it has seen.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    return private.open_token(p_user_id, p_session_id, p_purpose, p_may_refresh);
end
$$;

comment on function service_api.open_token(uuid, uuid, text, boolean) is
'{outcome: opened, document, connection_id, token_version, client_id}, {outcome: expired | refresh_due, token_version} or a refusal; good for 5 seconds to start one Google call. refresh_due: refresh, or ask again with p_may_refresh false (P-5.4.6).';
revoke all on function service_api.open_token(uuid, uuid, text, boolean) from public, anon, authenticated, service_role;
grant execute on function service_api.open_token(uuid, uuid, text, boolean) to google_service, service_role;
