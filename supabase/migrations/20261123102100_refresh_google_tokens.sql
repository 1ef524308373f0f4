-- Purpose: one refresh at a time per connection, and no late answer writes over a newer one.
-- Keeps:   P-5.1.4, P-5.4.1, P-5.4.6
-- Touches: functions service_api.begin_google_refresh, service_api.store_google_refresh, service_api.release_google_refresh
-- Undo:    drop the functions

create function service_api.begin_google_refresh(p_user_id uuid, p_session_id uuid, p_token_version bigint)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body reaches one document of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_secrets private.google_secrets;
    v_outcome text;
    v_document text;
    v_wait integer;
    v_lease_id uuid := pg_catalog.gen_random_uuid();
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    v_outcome := private.session_outcome(p_user_id, p_session_id);
    if v_outcome <> 'live' then
        perform private.record_opening(
            (select profiles.user_id from public.profiles as profiles where profiles.user_id = p_user_id), 'refresh', v_outcome
        );
        return pg_catalog.jsonb_build_object('outcome', v_outcome);
    end if;

    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id and connections.status = 'active'
    for update of secrets;
    if not found then
        perform private.record_opening(
            (select profiles.user_id from public.profiles as profiles where profiles.user_id = p_user_id), 'refresh', 'not_connected'
        );
        return pg_catalog.jsonb_build_object('outcome', 'not_connected');
    end if;
    if v_secrets.token_version is distinct from p_token_version then
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;
    if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then
        return pg_catalog.jsonb_build_object('outcome', 'busy');
    end if;
    -- The lock on the row makes refreshes of one connection come one after the other: the count holds.
    v_wait := private.limit_wait_seconds(p_user_id, 'refresh');
    if v_wait is not null then
        perform private.record_opening(p_user_id, 'refresh', 'limited');
        return pg_catalog.jsonb_build_object('outcome', 'limited', 'retry_after', greatest(v_wait, 1));
    end if;

    select secrets.decrypted_secret into v_document
    from vault.decrypted_secrets as secrets
    where secrets.id = v_secrets.refresh_secret_id;
    if v_document is null then
        perform private.record_opening(p_user_id, 'refresh', 'secret_missing');
        return pg_catalog.jsonb_build_object('outcome', 'secret_missing');
    end if;
    update private.google_secrets as secrets
    set refresh_lease_id = v_lease_id, refresh_lease_until = pg_catalog.clock_timestamp() + interval '30 seconds'
    where secrets.connection_id = v_secrets.connection_id;
    perform private.record_opening(p_user_id, 'refresh', 'opened');
    return pg_catalog.jsonb_build_object(
        'outcome', 'leased', 'document', v_document, 'lease_id', v_lease_id, 'connection_id', v_secrets.connection_id,
        'token_version', v_secrets.token_version, 'client_id', v_secrets.client_id,
        'next_token_version', pg_catalog.nextval('private.token_versions')
    );
end
$$;

comment on function service_api.begin_google_refresh(uuid, uuid, bigint) is
'Leases the refresh of a connection for 30 seconds and hands out its sealed refresh document: {outcome: leased | busy | superseded | ...} (P-5.1.4).';
revoke all on function service_api.begin_google_refresh(uuid, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function service_api.begin_google_refresh(uuid, uuid, bigint) to google_service, service_role;

create function service_api.store_google_refresh(
    p_user_id uuid, p_connection_id uuid, p_token_version bigint, p_next_token_version bigint, p_access_document text,
    p_refresh_document text, p_access_expires_at timestamptz, p_granted_scopes text[]
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body updates one connection that is still at the version named.
security definer
set search_path = ''
as $$
declare
    v_secrets private.google_secrets;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id and connections.id = p_connection_id
    for update of connections, secrets;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;
    if v_secrets.token_version is distinct from p_token_version then
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;
    if (p_next_token_version > p_token_version and p_next_token_version <= (select last_value from private.token_versions))
        is not true
    then
        raise invalid_parameter_value using message = 'a stored write raises the token version to one that was given out';
    end if;

    perform private.write_google_secrets(
        p_connection_id, p_next_token_version, v_secrets.client_id, p_access_document, p_refresh_document, p_access_expires_at
    );
    update public.google_connections as connections
    set granted_scopes = coalesce(p_granted_scopes, connections.granted_scopes), updated_at = pg_catalog.now()
    where connections.id = p_connection_id;
    return pg_catalog.jsonb_build_object('outcome', 'stored');
end
$$;

comment on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[]) is
'Writes refreshed documents if the connection is still at the version they came from: {outcome: stored | superseded | gone} (P-5.1.4).';
revoke all on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[])
from public, anon, authenticated, service_role;
grant execute on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[])
to google_service, service_role;

create function service_api.release_google_refresh(p_connection_id uuid, p_lease_id uuid)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body ends the one lease whose id the caller holds.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    update private.google_secrets as secrets
    -- Not at once: while Google is down, callers that wait for a refresh must not each try one of their own.
    set refresh_lease_until = pg_catalog.clock_timestamp() + interval '2 seconds'
    where secrets.connection_id = p_connection_id and secrets.refresh_lease_id = p_lease_id;
    return pg_catalog.jsonb_build_object('outcome', case when found then 'released' else 'superseded' end);
end
$$;

comment on function service_api.release_google_refresh(uuid, uuid) is
'Shortens a refresh lease to two seconds after a failure that kept the tokens (P-5.1.4).';
revoke all on function service_api.release_google_refresh(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.release_google_refresh(uuid, uuid) to google_service, service_role;
