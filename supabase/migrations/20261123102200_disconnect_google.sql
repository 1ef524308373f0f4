-- Purpose: disconnecting deletes connection, attempts and both secrets in one transaction, and hands back what revoking at Google needs.
-- Keeps:   P-5.5.1, P-5.5.2, P-5.5.4
-- Touches: functions private.disconnect_google, service_api.disconnect_google
-- Undo:    drop the functions

create function private.disconnect_google(p_user_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_connection record;
    v_document text;
    v_attempts integer;
    v_before integer;
    v_after integer;
    v_in_flight integer;
begin
    delete from private.google_authorization_attempts as attempts where attempts.user_id = p_user_id;
    get diagnostics v_attempts = row_count;

    select connections.id, private.google_account_key(connections.google_sub) as account_key, secrets.access_secret_id,
        secrets.refresh_secret_id, secrets.token_version, secrets.client_id
    into v_connection
    from public.google_connections as connections
    left join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id;
    if v_connection.id is null then
        return pg_catalog.jsonb_build_object('outcome', 'not_connected', 'attempts_deleted', v_attempts);
    end if;
    perform private.lock_google_account(v_connection.account_key);

    begin
        select secrets.decrypted_secret into v_document
        from vault.decrypted_secrets as secrets
        where secrets.id = v_connection.refresh_secret_id;
    exception
        -- A secret that Vault cannot open any more must not keep its owner from deleting it; Google is then not told.
        when data_exception or internal_error then
            v_document := null;
    end;
    -- The receipt counts what was there and is not there any more; it does not trust the trigger it relies on.
    select pg_catalog.count(*) into v_before
    from vault.secrets as secrets where secrets.id in (v_connection.access_secret_id, v_connection.refresh_secret_id);
    delete from public.google_connections as connections where connections.id = v_connection.id;
    select pg_catalog.count(*) into v_after
    from vault.secrets as secrets where secrets.id in (v_connection.access_secret_id, v_connection.refresh_secret_id);
    if v_after <> 0 then
        raise data_exception using message = 'disconnecting left a secret in Vault; nothing was deleted';
    end if;

    select pg_catalog.count(*) into v_in_flight
    from audit.token_openings as openings
    where openings.subject = p_user_id and openings.outcome = 'opened'
        and openings.opened_at > pg_catalog.clock_timestamp() - interval '5 seconds';
    return pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'outcome', 'disconnected', 'deleted_at', pg_catalog.clock_timestamp(), 'secrets_deleted', v_before - v_after,
        'attempts_deleted', v_attempts, 'calls_in_flight', v_in_flight, 'account_key', v_connection.account_key,
        'is_account_shared', private.is_google_account_in_use(v_connection.account_key),
        'connection_id', v_connection.id, 'token_version', v_connection.token_version, 'client_id', v_connection.client_id,
        'document', v_document
    ));
end
$$;

comment on function private.disconnect_google(uuid) is
'Deletes a user''s connection, attempts and Vault secrets at once; answers what was deleted and the sealed refresh document. The caller has locked the profile (P-5.5.2).';
revoke all on function private.disconnect_google(uuid) from public, anon, authenticated, service_role;

create function service_api.disconnect_google(p_user_id uuid, p_session_id uuid)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body deletes what belongs to the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_answer jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for no key update;
    -- Disconnecting never closes to a signed-in user, whatever the state of the account: only an ended session is refused.
    if private.session_outcome(p_user_id, p_session_id) = 'session_ended' then
        return pg_catalog.jsonb_build_object('outcome', 'session_ended');
    end if;

    v_answer := private.disconnect_google(p_user_id);
    if not v_answer ? 'document' or (v_answer ->> 'is_account_shared')::boolean then
        return v_answer - 'document' - 'account_key';
    end if;
    perform private.record_opening(p_user_id, 'revoke', 'opened');
    return v_answer || pg_catalog.jsonb_build_object(
        'revocation_began_at', private.begin_google_revocation((v_answer ->> 'account_key')::bigint)
    );
end
$$;

comment on function service_api.disconnect_google(uuid, uuid) is
'Deletes the user''s connection, attempts and Vault secrets at once; answers a receipt and, for the revocation at Google, the sealed refresh document (P-5.5.2).';
revoke all on function service_api.disconnect_google(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.disconnect_google(uuid, uuid) to google_service, service_role;
