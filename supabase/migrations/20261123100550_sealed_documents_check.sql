-- Purpose: Vault receives sealed documents only, and the database is who says so.
-- Keeps:   P-5.4.1, P-8.1
-- Touches: functions private.sealed_document_kid, private.write_vault_secret
-- Undo:    drop both functions

create function private.sealed_document_kid(p_document text, p_use text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_text text;
    v_header jsonb;
    v_encoded text;
begin
    -- Compact JWE with a shared key (RFC 7516): header, no encrypted key, 96-bit nonce, ciphertext, 128-bit tag.
    if p_document is null
        or pg_catalog.char_length(p_document) > 16384
        or pg_catalog.char_length(pg_catalog.split_part(p_document, '.', 1)) not between 20 and 512
        or p_document !~ '^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$'
    then
        raise invalid_parameter_value using message = 'not a sealed document';
    end if;
    v_encoded := pg_catalog.translate(pg_catalog.split_part(p_document, '.', 1), '-_', '+/');
    begin
        v_text := pg_catalog.convert_from(
            pg_catalog.decode(pg_catalog.rpad(v_encoded, (pg_catalog.length(v_encoded) + 3) / 4 * 4, '='), 'base64'), 'UTF8'
        );
        v_header := v_text::jsonb;
    exception
        when invalid_text_representation or invalid_parameter_value or character_not_in_repertoire or untranslatable_character then
            raise invalid_parameter_value using message = 'not a sealed document';
    end;
    if v_header - 'kid' is distinct from
        pg_catalog.jsonb_build_object('alg', 'dir', 'enc', 'A256GCM', 'typ', 'cxtrack-google-' || p_use || '+jwe')
        -- jsonb keeps the last of two equal names, another reader may keep the first: there are exactly four.
        or (select pg_catalog.count(*) from pg_catalog.json_object_keys(v_text::json)) <> 4
        or pg_catalog.jsonb_typeof(v_header -> 'kid') is distinct from 'string'
        or v_header ->> 'kid' !~ '^[A-Za-z0-9._-]{1,64}$'
    then
        raise invalid_parameter_value using message = 'not a document sealed for this use with AES-256-GCM';
    end if;
    return v_header ->> 'kid';
end
$$;

comment on function private.sealed_document_kid(text, text) is
'The key name of a sealed document; refuses anything that is not a compact JWE with AES-256-GCM for the named use (P-5.4.1).';
revoke all on function private.sealed_document_kid(text, text) from public, anon, authenticated, service_role;

create function private.write_vault_secret(p_document text, p_use text)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform private.sealed_document_kid(p_document, p_use);
    -- Always a new secret, never an update: an update opens the old one first and fails if that cannot be opened any more.
    -- The description marks the secret as ours; the hourly check for orphans goes by it.
    return vault.create_secret(p_document, null, 'cxtrack google ' || p_use || ' document');
end
$$;

comment on function private.write_vault_secret(text, text) is
'Writes one sealed document to Vault as a new secret; returns its id (P-5.4.1).';
revoke all on function private.write_vault_secret(text, text) from public, anon, authenticated, service_role;
