-- Purpose: what one user does with a Google account must see what another does with the same account at the same time.
-- Keeps:   P-5.5.2, P-5.1.4, P-5.5.3
-- Touches: table private.google_revocations; functions private.lock_google_account, private.is_google_account_in_use, private.begin_google_revocation, private.end_google_revocation
-- Undo:    drop them

create function private.lock_google_account(p_account_key bigint)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    select pg_catalog.pg_advisory_xact_lock(p_account_key)
$$;

comment on function private.lock_google_account(bigint) is
'Serialises connects and disconnects of one Google account until the transaction ends (P-5.5.2).';
revoke all on function private.lock_google_account(bigint) from public, anon, authenticated, service_role;

create function private.is_google_account_in_use(p_account_key bigint)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
    -- Google's revocation ends every grant of the account to our project, so it would end these too.
    select exists (
        select from public.google_connections as connections
        where private.google_account_key(connections.google_sub) = p_account_key and connections.status = 'active'
    ) or exists (
        select from private.google_authorization_attempts as attempts
        where attempts.google_account_key = p_account_key and attempts.status = 'exchanging'
            and attempts.expires_at > pg_catalog.clock_timestamp()
    )
$$;

comment on function private.is_google_account_in_use(bigint) is
'Whether a live connection or an exchange under way has this Google account: then it must not be revoked (P-5.5.2, P-5.1.4).';
revoke all on function private.is_google_account_in_use(bigint) from public, anon, authenticated, service_role;

create table private.google_revocations (
    account_key bigint primary key,
    began_at timestamptz not null,
    revoke_until timestamptz not null,
    constraint revocation_is_short check (revoke_until between began_at and began_at + interval '5 minutes')
);

comment on table private.google_revocations is
'Google accounts whose grant is being revoked, or just was: what was exchanged before revoke_until may be dead (P-5.1.4, P-5.5.2). Rows go after ten minutes.';
comment on column private.google_revocations.account_key is 'Which account, as a number that names nobody (P-5.5.3).';
comment on column private.google_revocations.began_at is 'When the revocation began (P-5.5.2).';
comment on column private.google_revocations.revoke_until is 'When it ended; while it runs, when it is taken for ended (P-5.1.4).';

create index google_revocations_revoke_until on private.google_revocations (revoke_until);
alter table private.google_revocations enable row level security;
revoke all on private.google_revocations from public, anon, authenticated, service_role;
create trigger google_revocations_refuse_truncate before truncate on private.google_revocations
for each statement execute function private.refuse_truncate();

create function private.begin_google_revocation(p_account_key bigint)
returns timestamptz
language sql
volatile
security invoker
set search_path = ''
as $$
    -- Longer than the call at Google may take. The caller holds the account's lock.
    insert into private.google_revocations as revocations (account_key, began_at, revoke_until)
    values (p_account_key, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp() + interval '15 seconds')
    on conflict (account_key) do update set began_at = excluded.began_at, revoke_until = excluded.revoke_until
    returning revocations.began_at
$$;

comment on function private.begin_google_revocation(bigint) is
'Says that this account is about to be revoked at Google, so that a connect of it waits; returns when, to end it by (P-5.1.4).';
revoke all on function private.begin_google_revocation(bigint) from public, anon, authenticated, service_role;

create function private.end_google_revocation(p_account_key bigint, p_began_at timestamptz)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    update private.google_revocations as revocations
    set revoke_until = pg_catalog.clock_timestamp()
    -- Another one may have begun meanwhile: only one's own is ended.
    where revocations.account_key = p_account_key and revocations.began_at = p_began_at
        and revocations.revoke_until > pg_catalog.clock_timestamp()
$$;

comment on function private.end_google_revocation(bigint, timestamptz) is
'Says that Google has answered the revocation: whoever exchanges a code from now on keeps what it gets (P-5.1.4).';
revoke all on function private.end_google_revocation(bigint, timestamptz) from public, anon, authenticated, service_role;
