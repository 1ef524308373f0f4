-- Purpose: whoever lost the answer to a send can ask what became of it, without anything being opened or sent.
-- Keeps:   P-5.2.2, P-3.4
-- Touches: function service_api.read_gmail_send
-- Undo:    drop the function

create function service_api.read_gmail_send(p_user_id uuid, p_session_id uuid, p_idempotency_key uuid)
returns jsonb
language plpgsql
stable
-- Definer: the role of the service has no right on any table; the body reads one claim of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_send jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    if private.session_outcome(p_user_id, p_session_id) = 'session_ended' then
        return pg_catalog.jsonb_build_object('outcome', 'session_ended');
    end if;
    select pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'state', claims.state, 'message_id', claims.message_id, 'thread_id', claims.thread_id,
        'error_code', claims.error_code, 'created_at', claims.created_at, 'finished_at', claims.finished_at
    ))
    into v_send
    from private.gmail_send_claims as claims
    where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key;
    if v_send is null then
        return pg_catalog.jsonb_build_object('outcome', 'not_found');
    end if;
    return pg_catalog.jsonb_build_object('outcome', 'found', 'send', v_send);
end
$$;

comment on function service_api.read_gmail_send(uuid, uuid, uuid) is
'{outcome: found, send: {state, message_id, ...}} or {outcome: not_found}; opens nothing, and never closes to a signed-in user (P-5.2.2, P-3.4).';
revoke all on function service_api.read_gmail_send(uuid, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.read_gmail_send(uuid, uuid, uuid) to google_service, service_role;
