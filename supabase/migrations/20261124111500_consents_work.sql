-- Purpose: giving and withdrawing in one call each, in force at once; asking whether something may be done, with no as default.
-- Keeps:   P-3.1, P-3.3, P-4.4
-- Touches: functions private.record_consent, give_consent, withdraw_consent, record_contact_consent, may_process, service_api.may_process, erase_consent_subject
-- Undo:    drop the functions

create function private.require_purpose(p_purpose text)
returns private.processing_purposes
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_purpose private.processing_purposes;
begin
    select purposes.* into v_purpose from private.processing_purposes as purposes where purposes.name = p_purpose;
    if v_purpose.name is null then
        perform private.refuse('purpose_unknown', 422, 'This purpose is not in the register.');
    end if;
    return v_purpose;
end
$$;
comment on function private.require_purpose(text) is 'The registered purpose that a processing names, or a refusal (P-3.1).';
revoke all on function private.require_purpose(text) from public, anon, authenticated, service_role;

create function private.record_consent(p_user_id uuid, p_arguments jsonb, p_is_own boolean, p_is_given boolean)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := case when not p_is_own then (p_arguments ->> 'workspace_id')::uuid end;
    v_address text := case when not p_is_own then pg_catalog.lower(pg_catalog.btrim(p_arguments ->> 'address')) end;
    v_purpose private.processing_purposes := private.require_purpose(p_arguments ->> 'purpose');
    v_text_id bigint;
    v_answer jsonb;
begin
    -- Withdrawing is a right and never closes.
    if p_is_given then
        perform private.require_open(p_user_id);
        select texts.id into v_text_id from public.consent_texts as texts
        where texts.id = (p_arguments ->> 'consent_text_id')::bigint and texts.purpose = v_purpose.name
            and texts.text_sha256 = p_arguments ->> 'text_sha256';
        if v_text_id is null then
            perform private.refuse('text_was_another', 409, 'What was shown is not a published text for this purpose. Show it again.');
        end if;
    end if;
    if not p_is_own then
        perform private.require_member(p_user_id, v_workspace_id, 'member');
        if p_is_given then
            perform private.require_terms(v_workspace_id);
        end if;
        if v_address is null then
            perform private.refuse('address_missing', 422, 'Name the e-mail address or the phone number.');
        end if;
    end if;
    insert into public.consents (
        user_id, workspace_id, address, purpose, state, consent_text_id, source, proof, recorded_by, recorded_at
    )
    values (
        case when p_is_own then p_user_id end, v_workspace_id, v_address, v_purpose.name,
        case when p_is_given then 'given' else 'withdrawn' end, v_text_id, coalesce(p_arguments ->> 'source', 'settings'),
        p_arguments ->> 'proof', case when not p_is_own then p_user_id end, pg_catalog.clock_timestamp()
    )
    returning pg_catalog.jsonb_build_object('consent_id', id, 'state', state, 'recorded_at', recorded_at) into v_answer;
    return v_answer;
end
$$;
comment on function private.record_consent(uuid, jsonb, boolean, boolean) is
'Writes one entry of the ledger, for oneself or for a contact of a workspace: {consent_id, state, recorded_at} (P-3.3, P-4.4).';
revoke all on function private.record_consent(uuid, jsonb, boolean, boolean) from public, anon, authenticated, service_role;

create function service_api.may_process(p_subject jsonb, p_purpose text)
returns jsonb
language plpgsql
stable
-- Definer: the role of the service has no right on any table; the body answers yes or no about one subject and purpose.
security definer
set search_path = ''
as $$
declare
    v_purpose private.processing_purposes;
    v_state text;
begin
    perform private.require_caller('google_service', 'service_role');
    select purposes.* into v_purpose from private.processing_purposes as purposes where purposes.name = p_purpose;
    if v_purpose.name is null then
        return pg_catalog.jsonb_build_object('is_allowed', false, 'reason', 'purpose_unknown');
    end if;
    if not v_purpose.needs_consent then
        return pg_catalog.jsonb_build_object('is_allowed', true, 'reason', v_purpose.lawful_basis);
    end if;
    -- The newest entry under any of the names that the subject has: an address and its hashes are one person.
    select consents.state into v_state
    from public.consents as consents
    where consents.purpose = v_purpose.name and (
        consents.user_id = (p_subject ->> 'user_id')::uuid
        or (
            consents.workspace_id = (p_subject ->> 'workspace_id')::uuid and (
                consents.address = pg_catalog.lower(p_subject ->> 'address')
                or consents.address_hash in (
                    select pg_catalog.jsonb_array_elements_text(coalesce(p_subject -> 'address_hashes', '[]'))
                )
            )
        )
    )
    order by consents.id desc limit 1;
    return pg_catalog.jsonb_build_object(
        'is_allowed', v_state is not distinct from 'given',
        'reason', case v_state when 'given' then 'consent_in_force' when 'withdrawn' then 'consent_withdrawn' else 'no_consent' end
    );
end
$$;
comment on function service_api.may_process(jsonb, text) is
'Whether a subject, {user_id} or {workspace_id, address, address_hashes}, may be processed for a purpose: {is_allowed, reason}; no unless something says yes (P-3.1, P-3.3, P-4.4).';
revoke all on function service_api.may_process(jsonb, text) from public, anon, authenticated, service_role;
grant execute on function service_api.may_process(jsonb, text) to google_service, service_role;

create function service_api.erase_consent_subject(p_workspace_id uuid, p_address text, p_address_hash text)
returns jsonb
language plpgsql
volatile
-- Definer: the operator's role has no right on any table; the body turns one address into its hash.
security definer
set search_path = ''
as $$
declare
    v_erased integer;
begin
    perform private.require_caller('google_operator', 'service_role');
    update public.consents as consents
    set address = null, address_hash = p_address_hash, proof = null
    where consents.workspace_id = p_workspace_id and consents.address = pg_catalog.lower(p_address);
    get diagnostics v_erased = row_count;
    return pg_catalog.jsonb_build_object('outcome', 'erased', 'entries', v_erased);
end
$$;
comment on function service_api.erase_consent_subject(uuid, text, text) is
'Replaces an erased person''s address in the ledger by its keyed hash, so that a withdrawal outlives the person: {outcome, entries} (P-3.3, P-9.2).';
revoke all on function service_api.erase_consent_subject(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function service_api.erase_consent_subject(uuid, text, text) to google_operator, service_role;
