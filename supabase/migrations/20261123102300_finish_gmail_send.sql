-- Purpose: a mail goes out at most once per Idempotency-Key: what was claimed for it is finished, or given back.
-- Keeps:   P-5.2.2, P-3.4
-- Touches: functions service_api.finish_gmail_send, service_api.release_gmail_send
-- Undo:    drop the functions

create function service_api.finish_gmail_send(
    p_user_id uuid, p_idempotency_key uuid, p_state text, p_message_id text, p_thread_id text, p_error_code text,
    p_google_status integer
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body finishes one claim that is still sending.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    update private.gmail_send_claims as claims
    set state = p_state, message_id = p_message_id, thread_id = p_thread_id, error_code = p_error_code,
        google_status = p_google_status, finished_at = pg_catalog.clock_timestamp()
    where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key
        -- A claim taken for unknown may still turn out sent or failed; one that is sent or failed stays so.
        and claims.state in ('sending', 'unknown');
    return pg_catalog.jsonb_build_object('outcome', case when found then 'stored' else 'gone' end);
end
$$;

comment on function service_api.finish_gmail_send(uuid, uuid, text, text, text, text, integer) is
'Records what became of a claimed send: sent with Google''s ids, failed with a code, or unknown (P-5.2.2, P-3.4).';
revoke all on function service_api.finish_gmail_send(uuid, uuid, text, text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function service_api.finish_gmail_send(uuid, uuid, text, text, text, text, integer) to google_service, service_role;

create function service_api.release_gmail_send(p_user_id uuid, p_idempotency_key uuid)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body deletes one claim that is still sending.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    delete from private.gmail_send_claims as claims
    where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key and claims.state = 'sending';
    return pg_catalog.jsonb_build_object('outcome', case when found then 'released' else 'gone' end);
end
$$;

comment on function service_api.release_gmail_send(uuid, uuid) is
'Gives a claim back whose send never began, so that its key stays free; only the request that claimed it may (P-5.2.2).';
revoke all on function service_api.release_gmail_send(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function service_api.release_gmail_send(uuid, uuid) to google_service, service_role;
