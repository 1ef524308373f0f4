-- Purpose: giving and withdrawing in one call each, in force at once.
-- Keeps:   P-3.1, P-3.3, P-4.4
-- Touches: functions private.require_purpose, record_consent
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
    v_address text := case when not p_is_own then private.normal_address(p_arguments ->> 'address') end;
    v_purpose private.processing_purposes := private.require_purpose(p_arguments ->> 'purpose');
    v_source text := coalesce(p_arguments ->> 'source', case when p_is_own then 'settings' end);
    v_text_id bigint;
    v_answer jsonb;
begin
    if not v_purpose.needs_consent then
        -- To answer that it was withdrawn would be untrue: it goes on without a consent.
        perform private.refuse('purpose_needs_no_consent', 422, 'This purpose rests on another ground than consent.', v_purpose.lawful_basis);
    end if;
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
        case when p_is_given then 'given' else 'withdrawn' end, v_text_id,
        -- What an operator wrote down is not for others to claim.
        nullif(v_source, 'operator'),
        p_arguments ->> 'proof', case when not p_is_own then p_user_id end, pg_catalog.clock_timestamp()
    )
    returning pg_catalog.jsonb_build_object('consent_id', id, 'state', state, 'recorded_at', recorded_at) into v_answer;
    return v_answer;
end
$$;
comment on function private.record_consent(uuid, jsonb, boolean, boolean) is
'Writes one entry of the ledger, for oneself or for a contact of a workspace: {consent_id, state, recorded_at} (P-3.3, P-4.4).';
revoke all on function private.record_consent(uuid, jsonb, boolean, boolean) from public, anon, authenticated, service_role;
