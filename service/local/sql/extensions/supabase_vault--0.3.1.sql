-- Stand-in for supabase_vault 0.3.1: same table, view, functions, rights and order of statements.
-- Does not imitate: the cipher. The real one is XChaCha20 with a keyed BLAKE2b tag in C; here it is AES-256-CBC with an
-- HMAC-SHA-256 tag out of pgcrypto. As there: the root key lies outside of SQL, the row's id is authenticated, create_secret
-- writes the clear text before it encrypts, and one row that does not open breaks every scan of decrypted_secret.

create function vault._root_key(purpose text) returns bytea
-- Not "language sql", here and below: the real functions are C, and this one would be planned anew for every call.
language plpgsql stable security definer set search_path = '' as $$
begin
    return extensions.hmac(
        convert_to(purpose, 'UTF8'), convert_to(rtrim(pg_read_file('vault_root_key'), E'\n'), 'UTF8'), 'sha256'
    );
end
$$;

create function vault._crypto_aead_det_noncegen() returns bytea
language sql volatile set search_path = '' as $$ select extensions.gen_random_bytes(16) $$;

create function vault._crypto_aead_det_encrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
language sql volatile security definer set search_path = '' as $$
    select extensions.hmac(additional || nonce || sealed.body, vault._root_key('tag'), 'sha256') || sealed.body
    from (select extensions.encrypt_iv(message, vault._root_key('encrypt'), nonce, 'aes-cbc/pad:pkcs') as body) as sealed
$$;

create function vault._crypto_aead_det_decrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
language plpgsql stable security definer set search_path = '' as $$
begin
    if substring(message from 1 for 32)
        is distinct from extensions.hmac(additional || nonce || substring(message from 33), vault._root_key('tag'), 'sha256')
    then
        raise exception 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext' using errcode = 'invalid_parameter_value';
    end if;
    return extensions.decrypt_iv(substring(message from 33), vault._root_key('encrypt'), nonce, 'aes-cbc/pad:pkcs');
end
$$;

create table vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea default vault._crypto_aead_det_noncegen(),
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index secrets_name_idx on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select
    s.id, s.name, s.description, s.secret,
    case
        when s.secret is null then null
        else convert_from(
            vault._crypto_aead_det_decrypt(
                decode(s.secret, 'base64'), convert_to(s.id::text, 'UTF8'), 0::bigint, 'pgsodium'::bytea, s.nonce
            ), 'UTF8'
        )
    end as decrypted_secret,
    s.key_id, s.nonce, s.created_at, s.updated_at
from vault.secrets as s;

create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
    v_row vault.secrets;
begin
    insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description) returning * into v_row;
    update vault.secrets as s
    set secret = encode(
        vault._crypto_aead_det_encrypt(
            convert_to(v_row.secret, 'UTF8'), convert_to(s.id::text, 'UTF8'), 0, 'pgsodium'::bytea, v_row.nonce
        ), 'base64'
    )
    where s.id = v_row.id;
    return v_row.id;
end
$$;

create function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
    new_key_id uuid default null
) returns void
language plpgsql security definer set search_path = '' as $$
begin
    -- As there: the old value is opened first, so that a row that does not open cannot be updated either.
    perform d.decrypted_secret from vault.decrypted_secrets as d where d.id = secret_id;
    update vault.secrets as s
    set
        secret = case
            when new_secret is null then s.secret
            else encode(
                vault._crypto_aead_det_encrypt(
                    convert_to(new_secret, 'UTF8'), convert_to(s.id::text, 'UTF8'), 0, 'pgsodium'::bytea, s.nonce
                ), 'base64'
            )
        end,
        name = coalesce(new_name, s.name), description = coalesce(new_description, s.description), updated_at = now()
    where s.id = secret_id;
end
$$;

revoke all on function vault._root_key(text) from public;
revoke all on function vault._crypto_aead_det_noncegen() from public;
revoke all on function vault._crypto_aead_det_encrypt(bytea, bytea, bigint, bytea, bytea) from public;
revoke all on function vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea) from public;
revoke all on function vault.create_secret(text, text, text, uuid) from public;
revoke all on function vault.update_secret(uuid, text, text, text, uuid) from public;

grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete, truncate, references on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function
vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid),
vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
to postgres with grant option;
grant execute on function
vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid),
vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
to service_role;
