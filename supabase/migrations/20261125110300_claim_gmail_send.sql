-- Purpose: a send is claimed only if nobody whom it goes to has said no, and the contacts among them are noted with it.
-- Keeps:   P-5.2.2, P-3.3, P-3.4, P-5.4.6
-- Touches: functions service_api.claim_gmail_send, private.send_refusal, private.follow_send_claim; triggers on private.gmail_send_claims
-- Undo:    drop the triggers and functions

create function service_api.claim_gmail_send(
    p_user_id uuid, p_session_id uuid, p_idempotency_key uuid, p_request_hmac text, p_may_refresh boolean,
    p_recipients jsonb, p_workspace_id uuid
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
    v_contacts jsonb;
    v_answer jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    if private.session_outcome(p_user_id, p_session_id) <> 'live' then
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

    -- Taken now, so that nothing is waited for between the look at the permissions and the opening.
    perform private.lock_openings(p_user_id, 'send_message');
    v_contacts := private.contacts_written_to(p_user_id, p_workspace_id, p_recipients);
    v_answer := private.send_refusal(p_user_id, p_workspace_id, v_contacts);
    if v_answer is null then
        v_answer := private.open_token(p_user_id, p_session_id, 'send_message', p_may_refresh);
    end if;
    if v_answer ->> 'outcome' = 'opened' then
        perform private.note_sent_messages(p_user_id, p_idempotency_key, v_contacts);
    else
        -- Nothing was begun, so the key stays free for the caller's next try.
        delete from private.gmail_send_claims as claims
        where claims.user_id = p_user_id and claims.idempotency_key = p_idempotency_key;
    end if;
    return v_answer;
end
$$;
comment on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean, jsonb, uuid) is
'Claims an Idempotency-Key and opens the token for one send: {outcome: opened, ...}, {outcome: already_claimed, state, request_hmac, ...} or a refusal that claims nothing, {outcome: recipient_refused, address_hashes} and workspace_not_found among them (P-5.2.2, P-3.3).';
revoke all on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean, jsonb, uuid)
from public, anon, authenticated, service_role;
grant execute on function service_api.claim_gmail_send(uuid, uuid, uuid, text, boolean, jsonb, uuid) to google_service, service_role;

create function private.send_refusal(p_user_id uuid, p_workspace_id uuid, p_contacts jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_refused text[];
begin
    -- What is missing of agreement and attestation is told by the opening.
    if pg_catalog.cardinality(private.missing_for(p_user_id)) > 0 then
        return null;
    end if;
    if p_workspace_id is not null and p_workspace_id not in (select private.editable_workspaces(p_user_id)) then
        perform private.record_opening(p_user_id, 'send_message', 'workspace_not_found');
        return pg_catalog.jsonb_build_object('outcome', 'workspace_not_found');
    end if;
    v_refused := private.refused_recipients(p_contacts);
    if pg_catalog.cardinality(v_refused) > 0 then
        perform private.record_opening(p_user_id, 'send_message', 'recipient_refused');
        return pg_catalog.jsonb_build_object('outcome', 'recipient_refused', 'address_hashes', v_refused);
    end if;
    return null;
end
$$;
comment on function private.send_refusal(uuid, uuid, jsonb) is
'Why these contacts may not be written to from there: recipient_refused with the addresses, or workspace_not_found; null if they may (P-3.3, P-5.2.2).';
revoke all on function private.send_refusal(uuid, uuid, jsonb) from public, anon, authenticated, service_role;

create function private.follow_send_claim()
returns trigger
language plpgsql
volatile
-- Definer: a claim may go through a cascade begun by Supabase Auth; the body touches the rows of this one send.
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        delete from public.sent_messages as messages
        where messages.sender_id = old.user_id and messages.idempotency_key = old.idempotency_key and messages.state = 'sending';
    else
        update public.sent_messages as messages
        set state = new.state, message_id = new.message_id, thread_id = new.thread_id, finished_at = new.finished_at
        where messages.sender_id = new.user_id and messages.idempotency_key = new.idempotency_key;
    end if;
    return null;
end
$$;
comment on function private.follow_send_claim() is
'Trigger: what is noted of a send with its contacts ends as its claim does, whoever ends it, and goes with a claim that is given back (P-5.2.2).';
revoke all on function private.follow_send_claim() from public, anon, authenticated, service_role;

create trigger follow_send_claim after update of state on private.gmail_send_claims
for each row when (old.state is distinct from new.state) execute function private.follow_send_claim();
create trigger follow_released_claim after delete on private.gmail_send_claims
for each row when (old.state = 'sending') execute function private.follow_send_claim();
