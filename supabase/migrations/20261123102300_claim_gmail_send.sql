-- Purpose: a mail goes out at most once per Idempotency-Key: claimed and opened in one step, finished in another.
-- Keeps:   P-5.2.2, P-3.4, P-5.4.6
-- Touches: functions service_api.claim_gmail_send, service_api.finish_gmail_send, service_api.release_gmail_send
-- Undo:    drop the functions

create function service_api.claim_gmail_send(
    p_user_id uuid, p_session_id uuid, p_idempotency_key uuid, p_request_hmac text, p_may_refresh boolean
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body writes one claim of the user whose session it has seen.
security definer
set search_path = ''
as $$
declare
    v_claim private.gmail_send_claims;
    v_outcome text;
    v_opening jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    v_outcome := private.session_outcome(p_user_id, p_session_id);
    if v_outcome <> 'live' then
        -- Refused by the same function as every opening, so that it is on record there.
        return private.open_token(p_user_id, p_session_id, 'send_message', p_may_refresh);
    end if;

    insert into private.gmail_send_claims (user_id, idempotency_key, request_hmac)
    values (p_user_id, p_idempotency_key, p_request_hmac)
    on conflict (user_id, idempotency_key) do nothing;
    if not found then
        select claims.* into v_claim
        from private.gmail_send_claims as claims
        where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key;
        return pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
            'outcome', 'already_claimed', 'state', v_claim.state, 'request_hmac', v_claim.request_hmac,
            'message_id', v_claim.message_id, 'thread_id', v_claim.thread_id, 'error_code', v_claim.error_code,
            'google_status', v_claim.google_status
        ));
    end if;

    v_opening := private.open_token(p_user_id, p_session_id, 'send_message', p_may_refresh);
    if v_opening ->> 'outcome' <> 'opened' then
        -- Nothing was begun, so the key stays free for the caller's next try.
        delete from private.gmail_send_claims as claims
        where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key;
    end if;
    return v_opening;
end
$$;

comment on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean) is
'Claims an Idempotency-Key and opens the token for one send: {outcome: opened, ...}, {outcome: already_claimed, state, request_hmac, ...} or a refusal that claims nothing (P-5.2.2).';
revoke all on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean) from public, anon, authenticated, service_role;
grant execute on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean) to google_service, service_role;

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
