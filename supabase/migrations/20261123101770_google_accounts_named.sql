-- Purpose: an exchange under way names its Google account, and a grant is revoked only where nobody else needs the account.
-- Keeps:   P-5.5.2, P-5.1.4
-- Touches: functions service_api.name_google_account, service_api.begin_google_revocation, service_api.end_google_revocation
-- Undo:    drop the functions

create function service_api.name_google_account(
    p_attempt_id uuid, p_user_id uuid, p_session_id uuid, p_google_sub text
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body marks one attempt of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_account_key bigint := private.google_account_key(p_google_sub);
    v_exchange_began_at timestamptz;
    v_revoke_until timestamptz;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    if v_account_key is null or private.session_outcome(p_user_id, p_session_id) <> 'live' then
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;
    -- Whoever disconnects this account either sees the attempt from now on, and leaves the grant, or is seen below.
    perform private.lock_google_account(v_account_key);
    update private.google_authorization_attempts as attempts
    set google_account_key = v_account_key
    where attempts.id = p_attempt_id and attempts.user_id = p_user_id and attempts.session_id = p_session_id
        and attempts.status = 'exchanging' and attempts.expires_at > pg_catalog.clock_timestamp()
    returning attempts.exchange_began_at into v_exchange_began_at;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;

    select revocations.revoke_until into v_revoke_until
    from private.google_revocations as revocations
    where revocations.account_key = v_account_key and revocations.revoke_until >= v_exchange_began_at;
    if found then
        -- What this exchange brought is dead or about to be: storing it would look connected and fail later.
        delete from private.google_authorization_attempts as attempts where attempts.id = p_attempt_id;
        return pg_catalog.jsonb_build_object('outcome', 'revoking', 'retry_after', greatest(
            pg_catalog.ceil(extract(epoch from v_revoke_until - pg_catalog.clock_timestamp())), 1
        ));
    end if;
    return pg_catalog.jsonb_build_object('outcome', 'named');
end
$$;

comment on function service_api.name_google_account(uuid, uuid, uuid, text) is
'Notes which Google account an exchange brought, so that nobody revokes it meanwhile: {outcome: named | revoking | gone, retry_after} (P-5.1.4).';
revoke all on function service_api.name_google_account(uuid, uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function service_api.name_google_account(uuid, uuid, uuid, text) to google_service, service_role;

create function service_api.begin_google_revocation(p_google_sub text, p_account_key bigint)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body answers one bit about an account whose grant the caller holds.
security definer
set search_path = ''
as $$
declare
    v_account_key bigint := coalesce(p_account_key, private.google_account_key(p_google_sub));
begin
    perform private.require_caller('google_service', 'google_operator', 'service_role');
    perform private.lock_google_account(v_account_key);
    if v_account_key is null or private.is_google_account_in_use(v_account_key) then
        return pg_catalog.jsonb_build_object('outcome', 'in_use');
    end if;
    return pg_catalog.jsonb_build_object(
        'outcome', 'began', 'account_key', v_account_key, 'began_at', private.begin_google_revocation(v_account_key)
    );
end
$$;

comment on function service_api.begin_google_revocation(text, bigint) is
'Before a grant that was not stored is revoked: {outcome: in_use} if that would end somebody''s connection, else {outcome: began, account_key, began_at}. The account is named by Google''s sub or by its key (P-5.5.2).';
revoke all on function service_api.begin_google_revocation(text, bigint) from public, anon, authenticated, service_role;
grant execute on function service_api.begin_google_revocation(text, bigint) to google_service, google_operator, service_role;

create function service_api.end_google_revocation(p_account_key bigint, p_began_at timestamptz)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body ends the one revocation whose beginning the caller knows.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'google_operator', 'service_role');
    perform private.lock_google_account(p_account_key);
    perform private.end_google_revocation(p_account_key, p_began_at);
    return pg_catalog.jsonb_build_object('outcome', 'ended');
end
$$;

comment on function service_api.end_google_revocation(bigint, timestamptz) is
'After Google has answered a revocation: the account may be connected again (P-5.1.4).';
revoke all on function service_api.end_google_revocation(bigint, timestamptz) from public, anon, authenticated, service_role;
grant execute on function service_api.end_google_revocation(bigint, timestamptz) to google_service, google_operator, service_role;
