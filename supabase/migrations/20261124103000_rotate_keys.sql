-- Purpose: documents are sealed anew under another key while everything goes on, and never over a newer write.
-- Keeps:   P-5.4.1, P-5.1.4, P-5.4.6, P-3.4
-- Touches: table private.purposes (a row); functions service_api.list_documents_to_reseal, service_api.store_resealed_documents
-- Undo:    drop the functions, delete the row

insert into private.purposes (
    name, description, document, required_scope, limit_count, limit_seconds, processing_purpose
) values
(
    'rotate_keys', 'Seal both documents anew under another key of ours; Google is not called.', 'refresh', null, 10000, 86400,
    'provide_service'
);

create function service_api.list_documents_to_reseal(p_kid text, p_after uuid, p_limit integer)
returns jsonb
language plpgsql
volatile
-- Definer: the role has no right on any table; the body hands out sealed documents, which open nothing without the service's keys.
security definer
set search_path = ''
as $$
declare
    v_entries jsonb;
begin
    perform private.require_caller('google_operator', 'service_role');
    if (p_limit between 1 and 500 and p_kid is not null) is not true then
        raise invalid_parameter_value using message = 'a key, and from 1 to 500 documents at a time';
    end if;
    with batch as materialized (
        select secrets.*, connections.user_id
        from private.google_secrets as secrets
        inner join public.google_connections as connections on connections.id = secrets.connection_id
        where secrets.kid <> p_kid and (p_after is null or secrets.connection_id > p_after)
        order by secrets.connection_id
        limit p_limit
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'connection_id', batch.connection_id, 'user_id', batch.user_id, 'token_version', batch.token_version,
        'next_token_version', pg_catalog.nextval('private.token_versions'), 'client_id', batch.client_id, 'kid', batch.kid,
        'access_document', access_secrets.decrypted_secret, 'refresh_document', refresh_secrets.decrypted_secret
    ) order by batch.connection_id), '[]')
    into v_entries
    from batch
    left join vault.decrypted_secrets as access_secrets on access_secrets.id = batch.access_secret_id
    left join vault.decrypted_secrets as refresh_secrets on refresh_secrets.id = batch.refresh_secret_id;
    -- Opening a document to seal it anew is an opening like any other.
    perform private.record_opening((entries.value ->> 'user_id')::uuid, 'rotate_keys', 'opened')
    from pg_catalog.jsonb_array_elements(v_entries) as entries;
    return pg_catalog.jsonb_build_object('entries', v_entries);
end
$$;

comment on function service_api.list_documents_to_reseal(text, uuid, integer) is
'The next connections whose documents are not sealed under this key, by id: {entries: [{connection_id, user_id, token_version, next_token_version, client_id, kid, access_document, refresh_document}]} (P-5.4.1).';
revoke all on function service_api.list_documents_to_reseal(text, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function service_api.list_documents_to_reseal(text, uuid, integer) to google_operator, service_role;

create function service_api.store_resealed_documents(
    p_user_id uuid, p_connection_id uuid, p_token_version bigint, p_next_token_version bigint, p_access_document text,
    p_refresh_document text
)
returns jsonb
language plpgsql
volatile
-- Definer: the role has no right on any table; the body replaces the two documents of a connection that is still at the version named.
security definer
set search_path = ''
as $$
declare
    v_secrets private.google_secrets;
    v_kid text;
begin
    perform private.require_caller('google_operator', 'service_role');
    v_kid := private.sealed_document_kid(p_access_document, 'access');
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
    -- A refresh is under way: it must not be made late, as Google may have given it a new refresh token.
    if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then
        return pg_catalog.jsonb_build_object('outcome', 'busy');
    end if;
    if (p_next_token_version > p_token_version and p_next_token_version <= (select last_value from private.token_versions))
        is not true
    then
        raise invalid_parameter_value using message = 'a stored write raises the token version to one that was given out';
    end if;
    if private.sealed_document_kid(p_refresh_document, 'refresh') is distinct from v_kid then
        raise invalid_parameter_value using message = 'both documents of a connection are sealed under one key';
    end if;

    -- The trigger deletes the secrets that the row named before. When Google last gave tokens does not change.
    update private.google_secrets as secrets
    set access_secret_id = private.write_vault_secret(p_access_document, 'access'),
        refresh_secret_id = private.write_vault_secret(p_refresh_document, 'refresh'),
        kid = v_kid, token_version = p_next_token_version, updated_at = pg_catalog.clock_timestamp()
    where secrets.connection_id = p_connection_id;
    return pg_catalog.jsonb_build_object('outcome', 'stored');
end
$$;

comment on function service_api.store_resealed_documents(uuid, uuid, bigint, bigint, text, text) is
'Replaces both documents of a connection by the same tokens under another key: {outcome: stored | superseded | busy | gone} (P-5.4.1, P-5.1.4).';
revoke all on function service_api.store_resealed_documents(uuid, uuid, bigint, bigint, text, text)
from public, anon, authenticated, service_role;
grant execute on function service_api.store_resealed_documents(uuid, uuid, bigint, bigint, text, text)
to google_operator, service_role;
