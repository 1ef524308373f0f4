-- Purpose: what became of telling Google: the document dies as soon as it is done with, and a failure is tried again.
-- Keeps:   P-5.5.2, P-5.5.3, P-5.5.4, P-5.1.4
-- Touches: function service_api.finish_google_revocation
-- Undo:    drop function

create function service_api.finish_google_revocation(p_outbox_id bigint, p_lease_id uuid, p_outcome text, p_reason text)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the worker has no right on any table; the body finishes the one entry whose lease the caller holds.
security definer
set search_path = ''
as $$
declare
    v_pending private.pending_revocations;
begin
    perform private.require_caller('google_operator', 'service_role');
    if (p_outcome = 'revoked' or (p_outcome in ('failed', 'poison') and p_reason is not null)) is not true then
        raise invalid_parameter_value using message = 'revoked, or failed or poison with a reason';
    end if;
    perform from private.outbox as entries
    where entries.id = p_outbox_id and entries.lease_id = p_lease_id and entries.kind = 'revoke_google_grant'
    for update;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'superseded');
    end if;

    select pending.* into v_pending
    from private.pending_revocations as pending where pending.outbox_id = p_outbox_id;
    -- Where Google's answer is not known, the revocation may still arrive: the account waits out its time.
    if p_reason is distinct from 'google_unreachable' then
        perform private.lock_google_account(v_pending.account_key);
        perform private.end_google_revocation(v_pending.account_key, v_pending.revocation_began_at);
    end if;
    case p_outcome
        when 'revoked' then
            -- The row and the secret follow.
            perform private.end_outbox_entry(p_outbox_id, p_lease_id, 'done');
        when 'failed' then
            perform private.postpone_outbox_entry(p_outbox_id, p_lease_id, p_reason);
        when 'poison' then
            perform private.park_outbox_entry(p_outbox_id, p_lease_id, p_reason);
            delete from private.pending_revocations as pending where pending.outbox_id = p_outbox_id;
    end case;
    return pg_catalog.jsonb_build_object('outcome', 'stored');
end
$$;

comment on function service_api.finish_google_revocation(bigint, uuid, text, text) is
'revoked: entry and document are deleted; failed, with a reason: tried again later; poison: put aside, and the document is deleted. {outcome: stored | superseded} (P-5.5.3, P-5.5.4).';
revoke all on function service_api.finish_google_revocation(bigint, uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function service_api.finish_google_revocation(bigint, uuid, text, text) to google_operator, service_role;
