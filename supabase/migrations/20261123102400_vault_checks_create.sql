-- Purpose: what should not be in Vault, or should be and is not, is found, counted and removed.
-- Keeps:   P-5.5.2, P-5.4.1, P-3.4, P-5.1.4
-- Touches: table ops.check_runs; views private.named_vault_secrets, ops.vault_health, ops.google_connections_by_status; function ops.delete_vault_orphans
-- Undo:    drop them

create table ops.check_runs (
    id bigint generated always as identity primary key,
    check_name text not null,
    ran_at timestamptz not null default clock_timestamp(),
    found_count bigint not null,
    deleted_count bigint not null,
    constraint check_name_is_snake_case check (check_name ~ '^[a-z][a-z_]{1,62}$'),
    constraint deleted_is_at_most_found check (deleted_count between 0 and found_count)
);

comment on table ops.check_runs is 'What each scheduled check found and deleted, kept 13 months (P-3.4, P-5.5.2).';
comment on column ops.check_runs.id is 'The run (P-3.4).';
comment on column ops.check_runs.check_name is 'Which check (P-3.4).';
comment on column ops.check_runs.ran_at is 'When (P-3.4).';
comment on column ops.check_runs.found_count is 'How many rows were where none should be (P-3.4).';
comment on column ops.check_runs.deleted_count is 'How many of them were deleted (P-5.5.2).';
create index check_runs_name_ran_at on ops.check_runs (check_name, ran_at desc);
alter table ops.check_runs enable row level security;
revoke all on ops.check_runs from public, anon, authenticated, service_role;
create trigger check_runs_refuse_truncate before truncate on ops.check_runs
for each statement execute function private.refuse_truncate();

create view private.named_vault_secrets with (security_invoker = true) as
select named.access_secret_id as secret_id from private.google_secrets as named
union all
select named.refresh_secret_id from private.google_secrets as named;
comment on view private.named_vault_secrets is
'Every secret in Vault that a row of ours names; the others of ours are orphans (P-5.5.2).';
revoke all on private.named_vault_secrets from public, anon, authenticated, service_role;

create view ops.vault_health with (security_invoker = true) as
select
    (
        select count(*) from vault.secrets as secrets
        where secrets.description like 'cxtrack google %' and not exists (
            select from private.named_vault_secrets as named
            where named.secret_id = secrets.id
        )
    ) as orphan_count,
    (
        select count(*) from private.google_secrets as named
        where
            not exists (
                select from vault.secrets as secrets
                where secrets.id = named.access_secret_id
            )
            or not exists (
                select from vault.secrets as secrets
                where secrets.id = named.refresh_secret_id
            )
    ) as connections_missing_a_secret_count,
    (
        select count(*) from public.google_connections as connections
        where
            connections.status = 'active'
            and not exists (
                select from private.google_secrets as named
                where named.connection_id = connections.id
            )
    ) as active_without_secrets_count,
    (
        select count(*) from auth.flow_state as flows
        where flows.provider_access_token is not null or flows.provider_refresh_token is not null
    ) as provider_tokens_in_auth_count,
    (
        select max(runs.ran_at) from ops.check_runs as runs
        where runs.check_name = 'vault_orphans'
    ) as orphans_checked_at;
comment on view ops.vault_health is
'Secrets that nothing names, connections without a secret, and provider tokens that Supabase Auth kept: each should be 0 (P-5.4.1, P-5.5.2).';
revoke all on ops.vault_health from public, anon, authenticated, service_role;

create view ops.google_connections_by_status with (security_invoker = true) as
select
    connections.status,
    connections.reconnect_reason,
    count(*) as connection_count,
    min(connections.updated_at) as oldest_updated_at
from public.google_connections as connections
group by connections.status, connections.reconnect_reason;
comment on view ops.google_connections_by_status is 'How many connections are in which state, nobody''s name (P-5.1.4, P-5.6.2).';
revoke all on ops.google_connections_by_status from public, anon, authenticated, service_role;

create function ops.delete_vault_orphans()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted integer;
begin
    -- One hour leaves room for every transaction that has written a secret and not yet the row that names it.
    delete from vault.secrets as secrets
    where secrets.description like 'cxtrack google %'
        and secrets.created_at < pg_catalog.now() - interval '1 hour'
        and not exists (select from private.named_vault_secrets as named where named.secret_id = secrets.id);
    get diagnostics v_deleted = row_count;
    insert into ops.check_runs (check_name, found_count, deleted_count) values ('vault_orphans', v_deleted, v_deleted);
    return v_deleted;
end
$$;
comment on function ops.delete_vault_orphans() is
'Deletes sealed documents of ours in Vault, older than an hour, that no row of ours names; records and returns how many (P-5.5.2).';
revoke all on function ops.delete_vault_orphans() from public, anon, authenticated, service_role;
