-- Purpose: what has run out goes by itself.
-- Keeps:   P-5.5.1, P-5.5.2, P-9.1, P-3.4
-- Touches: functions private.expire_google_attempts, private.expire_google_revocations, private.expire_gmail_send_claims, private.expire_records
-- Undo:    drop the functions

create function private.expire_google_attempts()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted integer;
begin
    -- Rows that somebody is using are left for the next minute: the schedule waits for nobody and nobody for it.
    delete from private.google_authorization_attempts as attempts
    where attempts.id in (
        select expired.id from private.google_authorization_attempts as expired
        where expired.expires_at <= pg_catalog.clock_timestamp()
        for update skip locked
    );
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_google_attempts() is 'Deletes attempts whose time is over, verifier and nonce with them (P-5.5.2).';
revoke all on function private.expire_google_attempts() from public, anon, authenticated, service_role;

create function private.expire_google_revocations()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted integer;
begin
    -- An exchange takes two minutes at most: after ten, none is left that began before the revocation ended.
    delete from private.google_revocations as revocations
    where revocations.account_key in (
        select old.account_key from private.google_revocations as old
        where old.revoke_until < pg_catalog.clock_timestamp() - interval '10 minutes'
        for update skip locked
    );
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_google_revocations() is
'Forgets revocations that nobody has to wait for any more; returns how many (P-5.5.3).';
revoke all on function private.expire_google_revocations() from public, anon, authenticated, service_role;

create function private.expire_gmail_send_claims()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted integer;
begin
    -- A process that died while sending cannot say what Gmail did: unknown is the honest word, and nothing is sent again.
    update private.gmail_send_claims as claims
    set state = 'unknown', finished_at = pg_catalog.clock_timestamp()
    where (claims.user_id, claims.idempotency_key) in (
        select stale.user_id, stale.idempotency_key from private.gmail_send_claims as stale
        where stale.state = 'sending' and stale.created_at < pg_catalog.clock_timestamp() - interval '5 minutes'
        for update skip locked
    );
    delete from private.gmail_send_claims as claims
    where (claims.user_id, claims.idempotency_key) in (
        select old.user_id, old.idempotency_key from private.gmail_send_claims as old
        where old.created_at < pg_catalog.now() - interval '7 days'
        for update skip locked
    );
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_gmail_send_claims() is
'Calls sends without an answer unknown after 5 minutes and deletes claims after 7 days; returns how many it deleted (P-9.1, P-3.4).';
revoke all on function private.expire_gmail_send_claims() from public, anon, authenticated, service_role;

create function private.expire_records()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_runs integer;
    v_notices integer;
    v_outcomes integer;
begin
    delete from ops.check_runs as runs where runs.ran_at < pg_catalog.now() - interval '13 months';
    get diagnostics v_runs = row_count;
    delete from public.security_notices as notices where notices.created_at < pg_catalog.now() - interval '13 months';
    get diagnostics v_notices = row_count;
    delete from ops.refresh_outcomes as outcomes where outcomes.finished_at < pg_catalog.now() - interval '90 days';
    get diagnostics v_outcomes = row_count;
    return v_runs + v_notices + v_outcomes;
end
$$;
comment on function private.expire_records() is 'Deletes check runs and security notices after 13 months, refresh outcomes after 90 days; returns how many (P-9.1).';
revoke all on function private.expire_records() from public, anon, authenticated, service_role;
