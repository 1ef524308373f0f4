-- Purpose: one refresh at a time per connection, for whoever asks: the user's call or the nightly check.
-- Keeps:   P-5.1.4, P-5.4.1, P-5.4.6
-- Touches: functions private.lease_google_refresh, service_api.begin_google_refresh
-- Undo:    drop the functions

create function private.lease_google_refresh(p_user_id uuid, p_token_version bigint)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_secrets private.google_secrets;
    v_document text;
    v_wait integer;
    v_lease_id uuid := pg_catalog.gen_random_uuid();
begin
    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id and connections.status = 'active'
    for update of secrets;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'not_connected');
    end if;
    if v_secrets.token_version is distinct from p_token_version then
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;
    if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then
        return pg_catalog.jsonb_build_object('outcome', 'busy');
    end if;
    if private.is_refresh_breaker_open() then
        return pg_catalog.jsonb_build_object('outcome', 'refresh_stopped', 'retry_after', 60);
    end if;
    -- The lock on the row makes refreshes of one connection come one after the other: the count holds.
    v_wait := private.limit_wait_seconds(p_user_id, 'refresh');
    if v_wait is not null then
        return pg_catalog.jsonb_build_object('outcome', 'limited', 'retry_after', greatest(v_wait, 1));
    end if;

    select secrets.decrypted_secret into v_document
    from vault.decrypted_secrets as secrets
    where secrets.id = v_secrets.refresh_secret_id;
    if v_document is null then
        return pg_catalog.jsonb_build_object('outcome', 'secret_missing');
    end if;
    update private.google_secrets as secrets
    set refresh_lease_id = v_lease_id, refresh_lease_until = pg_catalog.clock_timestamp() + interval '30 seconds'
    where secrets.connection_id = v_secrets.connection_id;
    return pg_catalog.jsonb_build_object(
        'outcome', 'leased', 'document', v_document, 'lease_id', v_lease_id, 'connection_id', v_secrets.connection_id,
        'user_id', p_user_id, 'token_version', v_secrets.token_version, 'client_id', v_secrets.client_id,
        'next_token_version', pg_catalog.nextval('private.token_versions'), 'account_key', (
            select private.google_account_key(connections.google_sub)
            from public.google_connections as connections where connections.id = v_secrets.connection_id
        )
    );
end
$$;

comment on function private.lease_google_refresh(uuid, bigint) is
'Leases the refresh of a user''s connection for 30 seconds, if it is still at this version and nobody else has it (P-5.1.4).';
revoke all on function private.lease_google_refresh(uuid, bigint) from public, anon, authenticated, service_role;

create function service_api.begin_google_refresh(p_user_id uuid, p_session_id uuid, p_token_version bigint)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body reaches one document of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_known_user_id uuid;
    v_outcome text;
    v_answer jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    select profiles.user_id into v_known_user_id
    from public.profiles as profiles where profiles.user_id = p_user_id for share;
    v_outcome := private.session_outcome(p_user_id, p_session_id);
    v_answer := case
        when v_outcome = 'live' then private.lease_google_refresh(p_user_id, p_token_version)
        else pg_catalog.jsonb_build_object('outcome', v_outcome)
    end;
    v_outcome := v_answer ->> 'outcome';
    -- Waiting for somebody else's refresh opens nothing and refuses nothing.
    if v_outcome not in ('busy', 'superseded') then
        perform private.record_opening(
            v_known_user_id, 'refresh', case v_outcome when 'leased' then 'opened' else v_outcome end
        );
    end if;
    return v_answer;
end
$$;

comment on function service_api.begin_google_refresh(uuid, uuid, bigint) is
'Leases the refresh of a connection for 30 seconds and hands out its sealed refresh document: {outcome: leased | busy | superseded | refresh_stopped | ...} (P-5.1.4).';
revoke all on function service_api.begin_google_refresh(uuid, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function service_api.begin_google_refresh(uuid, uuid, bigint) to google_service, service_role;
