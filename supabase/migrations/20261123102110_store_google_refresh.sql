-- Purpose: no late answer of a refresh writes over a newer one, and a failure keeps the tokens.
-- Keeps:   P-5.1.4, P-5.4.1
-- Touches: functions service_api.store_google_refresh, service_api.release_google_refresh
-- Undo:    drop the functions

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
    perform private.require_caller('google_service', 'google_operator', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id and connections.id = p_connection_id
    for update of connections, secrets;
    if not found then
        perform private.record_refresh('gone');
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;
    -- The version alone decides, not the lease: an answer that came after its lease is still the newest there is.
    if v_secrets.token_version is distinct from p_token_version then
        perform private.record_refresh('superseded');
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
    perform private.record_refresh('refreshed');
    return pg_catalog.jsonb_build_object('outcome', 'stored');
end
$$;

comment on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[]) is
'Writes refreshed documents if the connection is still at the version they came from: {outcome: stored | superseded | gone} (P-5.1.4).';
revoke all on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[])
from public, anon, authenticated, service_role;
grant execute on function service_api.store_google_refresh(uuid, uuid, bigint, bigint, text, text, timestamptz, text[])
to google_service, google_operator, service_role;

create function service_api.release_google_refresh(p_connection_id uuid, p_lease_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body shortens the one lease whose id the caller holds.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'google_operator', 'service_role');
    update private.google_secrets as secrets
    -- Not at once: while Google is down, callers that wait for a refresh must not each try one of their own.
    set refresh_lease_until = pg_catalog.clock_timestamp() + interval '2 seconds'
    where secrets.connection_id = p_connection_id and secrets.refresh_lease_id = p_lease_id;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;
    perform private.record_refresh(
        case when p_reason in ('client_mismatch', 'google_unavailable', 'google_refused') then p_reason else 'failed' end
    );
    return pg_catalog.jsonb_build_object('outcome', 'released');
end
$$;

comment on function service_api.release_google_refresh(uuid, uuid, text) is
'Shortens a refresh lease to two seconds after a failure that kept the tokens, and counts the failure (P-5.1.4, P-3.4).';
revoke all on function service_api.release_google_refresh(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function service_api.release_google_refresh(uuid, uuid, text) to google_service, google_operator, service_role;
