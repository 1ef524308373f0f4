-- Purpose: what the service shows of a connection: the account and the scopes, never a document.
-- Keeps:   P-5.2.1, P-2.3.2
-- Touches: function service_api.read_google_connection
-- Undo:    drop function

create function service_api.read_google_connection(p_user_id uuid, p_session_id uuid)
returns jsonb
language plpgsql
stable
-- Definer: the role of the service has no right on any table; the body reads the one row of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_connection jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    -- Seeing one's own connection never closes to a signed-in user: only an ended session is refused here.
    if private.session_outcome(p_user_id, p_session_id) = 'session_ended' then
        return pg_catalog.jsonb_build_object('outcome', 'session_ended');
    end if;
    v_connection := private.shown_connection(p_user_id);
    return pg_catalog.jsonb_build_object(
        'outcome', case when v_connection is null then 'not_connected' else 'connected' end, 'connection', v_connection
    );
end
$$;

comment on function service_api.read_google_connection(uuid, uuid) is
'The user''s own connection: {outcome: connected | not_connected | session_ended, connection} (P-5.2.1).';
revoke all on function service_api.read_google_connection(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.read_google_connection(uuid, uuid) to google_service, service_role;
