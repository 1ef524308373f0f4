-- Purpose: the third step of connecting ends: connection and both sealed documents are stored together, or not at all.
-- Keeps:   P-5.1.1, P-5.1.4, P-5.4.1, P-5.4.2, P-5.5.1
-- Touches: functions private.shown_connection, private.write_google_secrets, service_api.store_google_connection
-- Undo:    drop the functions

create function private.shown_connection(p_user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'id', connections.id, 'email', connections.email, 'name', connections.name, 'picture', connections.picture,
        'granted_scopes', connections.granted_scopes, 'status', connections.status,
        'reconnect_reason', connections.reconnect_reason, 'connected_at', connections.connected_at
    )
    from public.google_connections as connections
    where connections.user_id = p_user_id
$$;

comment on function private.shown_connection(uuid) is
'What a user may see of the own connection: account and scopes, never a document (P-5.2.1).';
revoke all on function private.shown_connection(uuid) from public, anon, authenticated, service_role;

create function private.write_google_secrets(
    p_connection_id uuid, p_token_version bigint, p_client_id text, p_access_document text, p_refresh_document text,
    p_access_expires_at timestamptz
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_kid text := private.sealed_document_kid(p_access_document, 'access');
    v_lifetime interval := greatest(p_access_expires_at - pg_catalog.clock_timestamp(), interval '0');
begin
    if private.sealed_document_kid(p_refresh_document, 'refresh') is distinct from v_kid then
        raise invalid_parameter_value using message = 'both documents of a connection are sealed under one key';
    end if;
    -- Where a row is replaced, its trigger deletes the secrets that it named before.
    insert into private.google_secrets
    (
        connection_id, access_secret_id, refresh_secret_id, kid, token_version, client_id, access_expires_at, refresh_after,
        refreshed_at
    )
    values (
        p_connection_id,
        private.write_vault_secret(p_access_document, 'access'),
        private.write_vault_secret(p_refresh_document, 'refresh'),
        v_kid, p_token_version, p_client_id, p_access_expires_at,
        -- Two to five minutes before the end, so that those who connected together do not refresh together; a token that
        -- lives shorter is used for half its life.
        p_access_expires_at - least(v_lifetime / 2, interval '2 minutes' + pg_catalog.random() * interval '3 minutes'),
        pg_catalog.clock_timestamp()
    )
    on conflict (connection_id) do update set
        access_secret_id = excluded.access_secret_id, refresh_secret_id = excluded.refresh_secret_id,
        kid = excluded.kid, token_version = excluded.token_version, client_id = excluded.client_id,
        access_expires_at = excluded.access_expires_at, refresh_after = excluded.refresh_after,
        refreshed_at = excluded.refreshed_at,
        refresh_lease_id = null, refresh_lease_until = null, updated_at = pg_catalog.now();
end
$$;

comment on function private.write_google_secrets(uuid, bigint, text, text, text, timestamptz) is
'Writes both sealed documents of a connection under a new version and ends any refresh lease (P-5.1.4, P-5.4.1).';
revoke all on function private.write_google_secrets(uuid, bigint, text, text, text, timestamptz)
from public, anon, authenticated, service_role;

create function service_api.store_google_connection(
    p_attempt_id uuid, p_user_id uuid, p_session_id uuid, p_connection_id uuid, p_token_version bigint,
    p_next_token_version bigint, p_google_sub text, p_email text, p_name text, p_picture text, p_granted_scopes text[],
    p_client_id text, p_access_document text, p_refresh_document text, p_access_expires_at timestamptz
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body needs the user's own claimed attempt and live session.
security definer
set search_path = ''
as $$
declare
    v_connection_id uuid;
    v_token_version bigint;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for no key update;
    if private.session_outcome(p_user_id, p_session_id) <> 'live'
        or not exists (
            select from private.google_authorization_attempts as attempts
            where attempts.id = p_attempt_id and attempts.user_id = p_user_id and attempts.session_id = p_session_id
                and attempts.status = 'exchanging' and attempts.expires_at > pg_catalog.clock_timestamp()
                -- Named before, so that nobody has revoked the account since (name_google_account).
                and attempts.google_account_key = private.google_account_key(p_google_sub)
        )
    then
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;
    -- The account that is replaced too: a disconnect of it by another user must see that it is no longer shared.
    perform private.lock_google_account(accounts.account_key)
    from (
        select private.google_account_key(p_google_sub) as account_key
        union
        select private.google_account_key(connections.google_sub) from public.google_connections as connections
        where connections.user_id = p_user_id
        order by account_key
    ) as accounts;

    select connections.id, coalesce(secrets.token_version, 0) into v_connection_id, v_token_version
    from public.google_connections as connections
    left join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id;
    if coalesce(v_token_version, 0) is distinct from p_token_version
        or coalesce(v_connection_id, p_attempt_id) is distinct from p_connection_id
    then
        -- Another finish came first. The documents name a connection and version that are no longer right: seal again.
        return pg_catalog.jsonb_build_object(
            'outcome', 'superseded', 'connection_id', coalesce(v_connection_id, p_attempt_id),
            'token_version', coalesce(v_token_version, 0),
            'next_token_version', pg_catalog.nextval('private.token_versions')
        );
    end if;
    if (p_next_token_version > p_token_version and p_next_token_version <= (select last_value from private.token_versions))
        is not true
    then
        raise invalid_parameter_value using message = 'a stored write raises the token version to one that was given out';
    end if;

    insert into public.google_connections as connections (id, user_id, google_sub, email, name, picture, granted_scopes)
    values (p_connection_id, p_user_id, p_google_sub, p_email, p_name, p_picture, p_granted_scopes)
    on conflict (user_id) do update set
        google_sub = excluded.google_sub, email = excluded.email, name = excluded.name, picture = excluded.picture,
        granted_scopes = excluded.granted_scopes, status = 'active', reconnect_reason = null,
        connected_at = pg_catalog.now(), updated_at = pg_catalog.now();
    perform private.write_google_secrets(
        p_connection_id, p_next_token_version, p_client_id, p_access_document, p_refresh_document, p_access_expires_at
    );
    delete from private.google_authorization_attempts as attempts where attempts.id = p_attempt_id;
    return pg_catalog.jsonb_build_object('outcome', 'stored', 'connection', private.shown_connection(p_user_id));
end
$$;

comment on function service_api.store_google_connection(
    uuid, uuid, uuid, uuid, bigint, bigint, text, text, text, text, text[], text, text, text, timestamptz
) is
'Stores connection and sealed documents for a claimed attempt. Answers {outcome: stored | superseded | gone} (P-5.4.1, P-5.5.1).';
revoke all on function service_api.store_google_connection(
    uuid, uuid, uuid, uuid, bigint, bigint, text, text, text, text, text[], text, text, text, timestamptz
) from public, anon, authenticated, service_role;
grant execute on function service_api.store_google_connection(
    uuid, uuid, uuid, uuid, bigint, bigint, text, text, text, text, text[], text, text, text, timestamptz
) to google_service, service_role;
