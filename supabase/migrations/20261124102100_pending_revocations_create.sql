-- Purpose: after an account is deleted its sealed refresh document stays for a day at most, so that Google can be told.
-- Keeps:   P-5.5.2, P-5.5.3, P-5.5.4, P-5.4.1
-- Touches: table private.pending_revocations; functions private.delete_pending_secret, private.delete_vault_secrets; view private.named_vault_secrets
-- Undo:    delete the rows first (their secrets go with them), drop table and trigger function, put back view and function as they were

create table private.pending_revocations (
    outbox_id bigint primary key references private.outbox (id) on delete cascade,
    refresh_secret_id uuid not null unique,
    connection_id uuid not null,
    user_id uuid not null,
    token_version bigint not null,
    client_id text not null,
    kid text not null,
    account_key bigint not null,
    revocation_began_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    constraint token_version_counts_up check (token_version >= 1),
    constraint client_id_is_short check (char_length(client_id) between 1 and 255),
    constraint kid_is_a_key_name check (kid ~ '^[A-Za-z0-9._-]{1,64}$')
);

comment on table private.pending_revocations is
'Sealed refresh documents of deleted accounts, each until Google has been told, 24 hours at most. Deleting a row deletes its secret (P-5.5.2, P-5.5.3).';
comment on column private.pending_revocations.outbox_id is 'The entry of the outbox that says when to try (P-5.5.3).';
comment on column private.pending_revocations.refresh_secret_id is 'Vault secret that holds the sealed refresh document (P-5.4.1).';
comment on column private.pending_revocations.connection_id is 'The connection that there was; the document opens for it only (P-5.4.1).';
comment on column private.pending_revocations.user_id is
'The user that there was; the document opens for them only. References nobody, as the person is gone (P-5.4.1, P-5.5.3).';
comment on column private.pending_revocations.token_version is 'The version that the document is sealed under (P-5.4.1).';
comment on column private.pending_revocations.client_id is 'The Google client that the token was issued to (P-5.1.4).';
comment on column private.pending_revocations.kid is 'Which of the service''s keys sealed the document (P-5.4.1).';
comment on column private.pending_revocations.account_key is 'Which Google account, as a number that names nobody (P-5.5.3).';
comment on column private.pending_revocations.revocation_began_at is 'When the last try at Google began; ends the wait of whoever connects the account (P-5.1.4).';
comment on column private.pending_revocations.created_at is 'When the account was deleted; 24 hours later the row goes whatever happened (P-5.5.3).';

alter table private.pending_revocations enable row level security;
revoke all on private.pending_revocations from public, anon, authenticated, service_role;
create trigger pending_revocations_refuse_truncate before truncate on private.pending_revocations
for each statement execute function private.refuse_truncate();

create function private.delete_pending_secret()
returns trigger
language plpgsql
volatile
-- Definer: the row may go through a cascade that another role began (Studio); the body reaches only this row's secret.
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' or new.refresh_secret_id is distinct from old.refresh_secret_id then
        delete from vault.secrets as secrets where secrets.id = old.refresh_secret_id;
    end if;
    return null;
end
$$;

comment on function private.delete_pending_secret() is
'Trigger: takes the Vault secret away with the pending revocation that names it, whoever deleted it (P-5.5.2, P-5.5.3).';
revoke all on function private.delete_pending_secret() from public, anon, authenticated, service_role;

create trigger delete_pending_secret after delete or update of refresh_secret_id on private.pending_revocations
for each row execute function private.delete_pending_secret();

create or replace view private.named_vault_secrets with (security_invoker = true) as
select named.access_secret_id as secret_id from private.google_secrets as named
union all
select named.refresh_secret_id from private.google_secrets as named
union all
select named.refresh_secret_id from private.pending_revocations as named;

create or replace function private.delete_vault_secrets()
returns trigger
language plpgsql
volatile
-- Definer: the row may go through a cascade that another role began (Supabase Auth, Studio); the body reaches only this row's secrets.
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        delete from vault.secrets as secrets
        where secrets.id in (old.access_secret_id, old.refresh_secret_id)
            -- The one that Google is still to be told with lives on under its own row, whose trigger deletes it.
            and not exists (
                select from private.pending_revocations as pending where pending.refresh_secret_id = secrets.id
            );
    else
        delete from vault.secrets as secrets
        where secrets.id in (old.access_secret_id, old.refresh_secret_id)
            and secrets.id not in (new.access_secret_id, new.refresh_secret_id);
    end if;
    return null;
end
$$;

comment on function private.delete_vault_secrets() is
'Trigger: takes the Vault secrets away with the row that names them, whoever deleted it; only a pending revocation keeps its own (P-5.5.2, P-5.5.3).';
