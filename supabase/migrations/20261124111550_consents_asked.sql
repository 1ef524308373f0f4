-- Purpose: asking whether something may be done, with no as default; what stays of somebody who was erased.
-- Keeps:   P-3.1, P-3.3, P-4.4, P-9.2
-- Touches: functions service_api.may_process, erase_consent_subject
-- Undo:    drop the functions

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
    v_address text := private.normal_address(p_subject ->> 'address');
    v_hashes text[] := case pg_catalog.jsonb_typeof(p_subject -> 'address_hashes')
        when 'array' then array(select pg_catalog.jsonb_array_elements_text(p_subject -> 'address_hashes')) else array[]::text[]
    end;
    v_is_user boolean := p_subject ->> 'user_id' is not null;
    v_is_contact boolean := p_subject ->> 'workspace_id' is not null
        and (v_address is not null or pg_catalog.cardinality(v_hashes) > 0);
    v_state text;
begin
    perform private.require_caller('google_service', 'service_role');
    select purposes.* into v_purpose from private.processing_purposes as purposes where purposes.name = p_purpose;
    if v_purpose.name is null then
        return pg_catalog.jsonb_build_object('is_allowed', false, 'reason', 'purpose_unknown');
    end if;
    -- Nobody, or a user and a contact in one: the answer of the one is not the other's.
    if (v_is_user <> v_is_contact) is not true then
        return pg_catalog.jsonb_build_object('is_allowed', false, 'reason', 'subject_unclear');
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
                consents.address = v_address or consents.address_hash = any (v_hashes)
            )
        )
    )
    order by consents.recorded_at desc limit 1;
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
    where consents.workspace_id = p_workspace_id and consents.address = private.normal_address(p_address);
    get diagnostics v_erased = row_count;
    return pg_catalog.jsonb_build_object('outcome', 'erased', 'entries', v_erased);
end
$$;
comment on function service_api.erase_consent_subject(uuid, text, text) is
'Replaces an erased person''s address in the ledger by its keyed hash, so that a withdrawal outlives the person: {outcome, entries} (P-3.3, P-9.2).';
revoke all on function service_api.erase_consent_subject(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function service_api.erase_consent_subject(uuid, text, text) to google_operator, service_role;
