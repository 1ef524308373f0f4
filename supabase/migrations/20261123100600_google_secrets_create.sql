-- Purpose: where a connection's two sealed documents lie in Vault, and that they die with it on every path.
-- Keeps:   P-5.4.1, P-5.5.1, P-5.5.2, P-5.5.3
-- Touches: table private.google_secrets, sequence private.token_versions, function private.delete_vault_secrets
-- Undo:    delete the rows first (their secrets go with them), then drop table and function

-- A version is part of a sealing key: numbers from one sequence are never used twice, not even after a reconnect.
create sequence private.token_versions as bigint;
comment on sequence private.token_versions is 'The next token_version to seal documents under (P-5.1.4).';
revoke all on sequence private.token_versions from public, anon, authenticated, service_role;

create table private.google_secrets (
    connection_id uuid primary key references public.google_connections (id) on delete cascade,
    access_secret_id uuid not null unique,
    refresh_secret_id uuid not null unique,
    kid text not null,
    token_version bigint not null,
    client_id text not null,
    access_expires_at timestamptz not null,
    refresh_after timestamptz not null,
    refreshed_at timestamptz not null default now(),
    refresh_lease_id uuid,
    refresh_lease_until timestamptz,
    updated_at timestamptz not null default now(),
    constraint kid_is_a_key_name check (kid ~ '^[A-Za-z0-9._-]{1,64}$'),
    constraint token_version_counts_up check (token_version >= 1),
    constraint client_id_is_short check (char_length(client_id) between 1 and 255),
    constraint secrets_are_two check (access_secret_id <> refresh_secret_id),
    constraint refresh_comes_before_the_end check (refresh_after <= access_expires_at),
    constraint lease_has_an_end check ((refresh_lease_id is null) = (refresh_lease_until is null))
);

comment on table private.google_secrets is
'References to the two sealed documents of a connection in Vault. Deleting a row deletes both secrets (P-5.4.1, P-5.5.2).';
comment on column private.google_secrets.connection_id is 'The connection that the documents belong to (P-5.5.1).';
comment on column private.google_secrets.access_secret_id is 'Vault secret that holds the sealed access document (P-5.4.1).';
comment on column private.google_secrets.refresh_secret_id is 'Vault secret that holds the sealed refresh document (P-5.4.1).';
comment on column private.google_secrets.kid is 'Which of the service''s keys sealed both documents (P-5.4.1).';
comment on column private.google_secrets.token_version is 'Raised by each stored write; part of the sealing key, and what fences late answers (P-5.1.4).';
comment on column private.google_secrets.client_id is 'The Google client that the tokens were issued to (P-5.1.4).';
comment on column private.google_secrets.access_expires_at is 'When the access token ends at Google (P-5.1.4).';
comment on column private.google_secrets.refresh_after is
'From when on a call refreshes first, while the token still works: some minutes before its end, at random (P-5.1.4).';
comment on column private.google_secrets.refreshed_at is 'When Google last gave tokens; long ago means unused (P-5.5.4).';
comment on column private.google_secrets.refresh_lease_id is 'The refresh that is under way, if any (P-5.1.4).';
comment on column private.google_secrets.refresh_lease_until is 'When that refresh is taken for dead (P-5.1.4).';
comment on column private.google_secrets.updated_at is 'When the documents were last written (P-5.1.4).';

-- The nightly check walks the connections that have not been refreshed for long.
create index google_secrets_refreshed_at on private.google_secrets (refreshed_at);

alter table private.google_secrets enable row level security;
revoke all on private.google_secrets from public, anon, authenticated, service_role;

create trigger google_secrets_refuse_truncate before truncate on private.google_secrets
for each statement execute function private.refuse_truncate();

create function private.delete_vault_secrets()
returns trigger
language plpgsql
volatile
-- Definer: the row may go through a cascade that another role began (Supabase Auth, Studio); the body reaches only this row's secrets.
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        delete from vault.secrets where id in (old.access_secret_id, old.refresh_secret_id);
    else
        delete from vault.secrets
        where id in (old.access_secret_id, old.refresh_secret_id)
            and id not in (new.access_secret_id, new.refresh_secret_id);
    end if;
    return null;
end
$$;

comment on function private.delete_vault_secrets() is
'Trigger: takes the Vault secrets away with the row that names them, whoever deleted it (P-5.5.2, P-5.5.3).';
revoke all on function private.delete_vault_secrets() from public, anon, authenticated, service_role;

create trigger delete_vault_secrets after delete or update of access_secret_id, refresh_secret_id on private.google_secrets
for each row execute function private.delete_vault_secrets();
