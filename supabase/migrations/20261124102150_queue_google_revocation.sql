-- Purpose: closing an account ends its Google connection at once and leaves one sealed document, with which Google is told.
-- Keeps:   P-5.5.2, P-5.5.3, P-5.5.4
-- Touches: function private.queue_google_revocation
-- Undo:    drop function

create function private.queue_google_revocation(p_user_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_account_key bigint;
    v_secrets private.google_secrets;
    v_outbox_id bigint;
begin
    delete from private.google_authorization_attempts as attempts where attempts.user_id = p_user_id;
    select private.google_account_key(connections.google_sub) into v_account_key
    from public.google_connections as connections
    where connections.user_id = p_user_id;
    if not found then
        return false;
    end if;
    perform private.lock_google_account(v_account_key);

    -- A document that Vault does not hold any more cannot tell Google anything.
    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    inner join vault.secrets as held on held.id = secrets.refresh_secret_id
    where connections.user_id = p_user_id
    for update of connections, secrets;
    if found then
        v_outbox_id := private.add_outbox_entry(
            'revoke_google_grant', pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp() + interval '24 hours'
        );
        insert into private.pending_revocations
        (outbox_id, refresh_secret_id, connection_id, user_id, token_version, client_id, kid, account_key)
        values (
            v_outbox_id, v_secrets.refresh_secret_id, v_secrets.connection_id, p_user_id, v_secrets.token_version,
            v_secrets.client_id, v_secrets.kid, v_account_key
        );
    end if;
    -- The row with the secrets follows, and its trigger deletes the access secret, and the other unless it was just moved.
    delete from public.google_connections as connections where connections.user_id = p_user_id;
    return v_outbox_id is not null;
end
$$;

comment on function private.queue_google_revocation(uuid) is
'Deletes a user''s connection, attempts and access secret at once and keeps the sealed refresh document to tell Google with, 24 hours at most; whether there was one. The caller has locked the profile (P-5.5.2, P-5.5.3).';
revoke all on function private.queue_google_revocation(uuid) from public, anon, authenticated, service_role;
