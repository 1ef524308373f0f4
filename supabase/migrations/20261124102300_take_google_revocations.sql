-- Purpose: a worker gets what it needs to tell Google of a deleted account, unless somebody still needs that Google account.
-- Keeps:   P-5.5.3, P-5.5.4, P-5.4.6, P-3.4
-- Touches: functions private.open_pending_revocation, service_api.take_google_revocations
-- Undo:    drop the functions

create function private.open_pending_revocation(p_outbox_id bigint)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_taken record;
    v_document text;
    v_error text := 'secret_missing';
    v_began_at timestamptz;
begin
    select entries.lease_id, pending.* into v_taken
    from private.outbox as entries
    left join private.pending_revocations as pending on pending.outbox_id = entries.id
    where entries.id = p_outbox_id;
    -- Google's revocation would end the other connection too, and its owner's disconnect tells Google one day.
    if v_taken.outbox_id is null or private.is_google_account_in_use(v_taken.account_key) then
        perform private.end_outbox_entry(p_outbox_id, v_taken.lease_id, 'not_needed');
        return pg_catalog.jsonb_build_object('outcome', 'not_needed');
    end if;

    begin
        select secrets.decrypted_secret into v_document
        from vault.decrypted_secrets as secrets where secrets.id = v_taken.refresh_secret_id;
    exception
        when data_exception or internal_error then
            v_error := 'secret_unreadable';
    end;
    if v_document is null then
        perform private.record_opening(null, 'revoke', 'secret_missing');
        perform private.park_outbox_entry(p_outbox_id, v_taken.lease_id, v_error);
        delete from private.pending_revocations as pending where pending.outbox_id = p_outbox_id;
        return pg_catalog.jsonb_build_object('outcome', 'parked', 'outbox_id', p_outbox_id, 'reason', v_error);
    end if;

    v_began_at := private.begin_google_revocation(v_taken.account_key);
    update private.pending_revocations as pending
    set revocation_began_at = v_began_at where pending.outbox_id = p_outbox_id;
    -- The person is gone, so there is nobody to write it down for; that it was opened is written down all the same.
    perform private.record_opening(null, 'revoke', 'opened');
    return pg_catalog.jsonb_build_object(
        'outcome', 'opened', 'outbox_id', p_outbox_id, 'lease_id', v_taken.lease_id, 'document', v_document,
        'connection_id', v_taken.connection_id, 'user_id', v_taken.user_id, 'token_version', v_taken.token_version,
        'client_id', v_taken.client_id, 'revocation_began_at', v_began_at, 'account_key', v_taken.account_key
    );
end
$$;

comment on function private.open_pending_revocation(bigint) is
'Opens one leased revocation, or ends it if the account is in use, or parks it if Vault cannot open the document. The caller has locked the account (P-5.5.3, P-5.5.4).';
revoke all on function private.open_pending_revocation(bigint) from public, anon, authenticated, service_role;

create function service_api.take_google_revocations(p_limit integer)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the worker has no right on any table; the body hands out documents of deleted accounts only.
security definer
set search_path = ''
as $$
declare
    v_outbox_ids bigint[];
    v_outbox_id bigint;
    v_answer jsonb;
    v_entries jsonb := '[]';
    v_parked jsonb := '[]';
    v_not_needed integer := 0;
begin
    perform private.require_caller('google_operator', 'service_role');
    v_outbox_ids := array(
        select leased.id
        from private.lease_outbox_entries('revoke_google_grant', least(greatest(coalesce(p_limit, 1), 1), 10)) as leased (id)
        order by leased.id
    );
    -- In one order, as whoever else locks more than one account does.
    perform private.lock_google_account(accounts.account_key)
    from (
        select distinct pending.account_key
        from private.pending_revocations as pending
        where pending.outbox_id = any (v_outbox_ids)
        order by pending.account_key
    ) as accounts;

    foreach v_outbox_id in array v_outbox_ids loop
        v_answer := private.open_pending_revocation(v_outbox_id);
        case v_answer ->> 'outcome'
            when 'opened' then v_entries := v_entries || (v_answer - 'outcome');
            when 'parked' then v_parked := v_parked || (v_answer - 'outcome');
            else v_not_needed := v_not_needed + 1;
        end case;
    end loop;
    return pg_catalog.jsonb_build_object('entries', v_entries, 'not_needed_count', v_not_needed, 'parked', v_parked);
end
$$;

comment on function service_api.take_google_revocations(integer) is
'Leases revocations of deleted accounts that are due, ten at most: {entries: [{outbox_id, lease_id, document, connection_id, user_id, token_version, client_id, revocation_began_at, account_key}], not_needed_count, parked: [{outbox_id, reason}]} (P-5.5.3, P-5.5.4).';
revoke all on function service_api.take_google_revocations(integer) from public, anon, authenticated, service_role;
grant execute on function service_api.take_google_revocations(integer) to google_operator, service_role;
