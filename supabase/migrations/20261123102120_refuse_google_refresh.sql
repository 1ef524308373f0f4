-- Purpose: the one way in which a connection's tokens die by Google's word, with everything that must be true before.
-- Keeps:   P-5.1.4, P-5.5.1, P-5.5.4, P-3.2
-- Touches: function service_api.refuse_google_refresh
-- Undo:    drop function

create function service_api.refuse_google_refresh(
    p_user_id uuid, p_connection_id uuid, p_lease_id uuid, p_token_version bigint, p_client_id text, p_reason text
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body ends the one connection whose lease the caller holds.
security definer
set search_path = ''
as $$
declare
    v_secrets private.google_secrets;
    v_breaker text;
begin
    perform private.require_caller('google_service', 'google_operator', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    select secrets.* into v_secrets
    from public.google_connections as connections
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    where connections.user_id = p_user_id and connections.id = p_connection_id
    for update of connections, secrets;
    if not found then
        perform private.record_refresh('gone');
        return pg_catalog.jsonb_build_object('outcome', 'gone');
    end if;
    -- Another refresh, reconnect or rotation has run since: the token that Google refused is not the one that is kept.
    if v_secrets.token_version is distinct from p_token_version or v_secrets.refresh_lease_id is distinct from p_lease_id then
        perform private.record_refresh('superseded');
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;

    -- Google answers invalid_grant too if the token was issued to another client: a wrong deploy, not the user's doing.
    if v_secrets.client_id is distinct from p_client_id then
        v_breaker := 'client_mismatch';
    else
        v_breaker := private.trip_refresh_breaker();
    end if;
    if v_breaker <> 'closed' then
        perform private.record_refresh(
            case v_breaker when 'client_mismatch' then 'client_mismatch' else 'invalid_grant_kept' end
        );
        update private.google_secrets as secrets
        set refresh_lease_until = pg_catalog.clock_timestamp() + interval '2 seconds'
        where secrets.connection_id = p_connection_id;
        return pg_catalog.jsonb_build_object('outcome', 'kept', 'reason', case v_breaker
            when 'client_mismatch' then v_breaker when 'opened' then 'breaker_opened' else 'breaker_open'
        end);
    end if;

    perform private.record_refresh('invalid_grant');
    -- Both secrets go with the row; the connection stays, to show which account has to be connected again.
    delete from private.google_secrets as secrets where secrets.connection_id = p_connection_id;
    update public.google_connections as connections
    set status = 'reconnect_required', reconnect_reason = p_reason, updated_at = pg_catalog.now()
    where connections.id = p_connection_id;
    insert into public.security_notices (user_id, kind) values (p_user_id, 'google_reconnect_required');
    return pg_catalog.jsonb_build_object('outcome', 'reconnect_required', 'reason', p_reason);
end
$$;

comment on function service_api.refuse_google_refresh(uuid, uuid, uuid, bigint, text, text) is
'After invalid_grant from Google''s token endpoint: {outcome: reconnect_required, reason} with both secrets deleted, or kept (client_mismatch, breaker_opened, breaker_open), superseded, gone (P-5.1.4, P-5.5.1).';
revoke all on function service_api.refuse_google_refresh(uuid, uuid, uuid, bigint, text, text)
from public, anon, authenticated, service_role;
grant execute on function service_api.refuse_google_refresh(uuid, uuid, uuid, bigint, text, text)
to google_service, google_operator, service_role;
