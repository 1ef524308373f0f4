-- Purpose: attesting, agreeing, accepting terms for a workspace, and being told that a notice arrived.
-- Keeps:   P-1.1, P-12.1, P-14.1
-- Touches: functions private.attest_adult, accept_policy, accept_workspace_terms, mark_policy_notice_delivered, announce_policy_versions, record_use_of_session
-- Undo:    drop the functions and the triggers on auth.sessions

create function private.attest_adult(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_email text;
begin
    if (p_arguments ->> 'is_adult')::boolean is null then
        perform private.refuse('attestation_is_unclear', 422, 'Say whether you are 18 or older: true or false.');
    end if;
    if not (p_arguments ->> 'is_adult')::boolean then
        -- It deletes an account, so it asks for what every deletion asks for.
        if not private.session_meets_mfa(p_user_id, (auth.jwt() ->> 'session_id')::uuid) then
            perform private.refuse('mfa_required', 403, 'Sign in with your second factor, and try again.');
        end if;
        -- Nothing of a child is kept, Auth's own leftovers included, which no cascade reaches: what it did and what others did to it.
        select users.email into v_email from auth.users as users where users.id = p_user_id;
        delete from auth.flow_state as flows where flows.user_id = p_user_id;
        delete from auth.audit_log_entries as entries
        where p_user_id::text in (entries.payload ->> 'actor_id', entries.payload #>> '{traits,user_id}')
            or v_email in (entries.payload ->> 'actor_username', entries.payload #>> '{traits,user_email}');
        delete from auth.users as users where users.id = p_user_id;
        return pg_catalog.jsonb_build_object('outcome', 'account_deleted');
    end if;
    update public.profiles as profiles
    set adult_attested_at = coalesce(profiles.adult_attested_at, pg_catalog.clock_timestamp())
    where profiles.user_id = p_user_id;
    return pg_catalog.jsonb_build_object('outcome', 'attested');
end
$$;
comment on function private.attest_adult(uuid, jsonb) is
'{outcome: attested}; somebody under 18 is refused, the account deleted and nothing kept: {outcome: account_deleted} (P-12.1).';
revoke all on function private.attest_adult(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.require_policy_version(p_arguments jsonb, p_documents text[])
returns public.policy_versions
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_version public.policy_versions;
begin
    select versions.* into v_version from public.policy_versions as versions
    where versions.id = (p_arguments ->> 'policy_version_id')::bigint and versions.document = any (p_documents);
    if v_version.id is null then
        perform private.refuse('policy_version_not_found', 404, 'There is no such version of this document.');
    end if;
    if v_version.text_sha256 is distinct from p_arguments ->> 'text_sha256' then
        perform private.refuse('text_was_another', 409, 'What was shown is not the text of this version. Show it again.');
    end if;
    return v_version;
end
$$;
comment on function private.require_policy_version(jsonb, text[]) is
'The version that somebody agrees to, if the text they were shown is its text (P-1.1).';
revoke all on function private.require_policy_version(jsonb, text[]) from public, anon, authenticated, service_role;

create function private.accept_policy(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_version public.policy_versions := private.require_policy_version(p_arguments, array['privacy_policy']);
begin
    insert into public.agreements (user_id, policy_version_id, kind, text_sha256, agreed_at)
    values (p_user_id, v_version.id, 'explicit', v_version.text_sha256, pg_catalog.clock_timestamp())
    on conflict (user_id, policy_version_id) do nothing;
    return pg_catalog.jsonb_build_object('outcome', case when found then 'agreed' else 'agreed_before' end);
end
$$;
comment on function private.accept_policy(uuid, jsonb) is
'Records an explicit agreement to a version whose text was shown: {outcome: agreed | agreed_before} (P-1.1).';
revoke all on function private.accept_policy(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.accept_workspace_terms(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_version public.policy_versions;
begin
    perform private.require_open(p_user_id);
    perform private.require_member(p_user_id, v_workspace_id, 'owner');
    v_version := private.require_policy_version(p_arguments, array['service_agreement', 'data_processing_terms']);
    insert into public.workspace_agreements (workspace_id, policy_version_id, accepted_by, text_sha256, accepted_at)
    values (v_workspace_id, v_version.id, p_user_id, v_version.text_sha256, pg_catalog.clock_timestamp())
    on conflict (workspace_id, policy_version_id) do nothing;
    return pg_catalog.jsonb_build_object(
        'outcome', case when found then 'accepted' else 'accepted_before' end,
        'are_terms_missing', private.workspace_terms_missing(v_workspace_id)
    );
end
$$;
comment on function private.accept_workspace_terms(uuid, jsonb) is
'An owner accepts a version for the workspace: {outcome: accepted | accepted_before, are_terms_missing} (P-1.1).';
revoke all on function private.accept_workspace_terms(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.mark_policy_notice_delivered(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_delivered_at timestamptz;
begin
    update public.policy_notices as notices
    set delivered_at = coalesce(notices.delivered_at, pg_catalog.clock_timestamp())
    where notices.id = (p_arguments ->> 'notice_id')::uuid and notices.user_id = p_user_id and notices.channel = 'in_app'
    returning notices.delivered_at into v_delivered_at;
    if not found then
        perform private.refuse('notice_not_found', 404, 'There is no such notice to you.');
    end if;
    return pg_catalog.jsonb_build_object('delivered_at', v_delivered_at);
end
$$;
comment on function private.mark_policy_notice_delivered(uuid, jsonb) is
'The frontend has shown a notice to its person; the first time counts: {delivered_at} (P-14.1).';
revoke all on function private.mark_policy_notice_delivered(uuid, jsonb) from public, anon, authenticated, service_role;
