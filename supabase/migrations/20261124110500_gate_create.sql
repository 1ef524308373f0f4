-- Purpose: one place that says what a person may see and write, and what is missing before new processing opens.
-- Keeps:   P-1.1, P-12.1, P-14.1, P-6.3, P-8.2
-- Touches: functions private.agreement_needed, has_agreed, missing_for, record_use, readable_workspaces, writable_workspaces
-- Undo:    drop the functions

-- None of these is "language sql": with its search_path pinned, that is never inlined but planned anew for every call of a client.
create function private.agreement_needed()
returns bigint
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return (
        select versions.id from public.policy_versions as versions
        where versions.document = 'privacy_policy' and versions.is_material and versions.effective_at <= pg_catalog.now()
        order by versions.effective_at desc limit 1
    );
end
$$;
comment on function private.agreement_needed() is 'The newest material version of the privacy policy in effect; none opens nothing (P-1.1).';
revoke all on function private.agreement_needed() from public, anon, authenticated, service_role;

create function private.has_agreed(p_user_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_needed_id bigint := private.agreement_needed();
begin
    return exists (
        select from public.policy_versions as needed
        where needed.id = v_needed_id and (
            exists (
                select from public.agreements as agreements
                inner join public.policy_versions as agreed on agreed.id = agreements.policy_version_id
                where agreements.user_id = p_user_id and agreed.document = needed.document
                    and agreed.effective_at >= needed.effective_at
            )
            -- By use: somebody who agreed before, and whom the notice of the change has reached.
            or (
                exists (select from public.agreements as agreements where agreements.user_id = p_user_id)
                and exists (
                    select from public.policy_notices as notices
                    where notices.user_id = p_user_id and notices.policy_version_id = needed.id
                        and notices.delivered_at <= pg_catalog.clock_timestamp()
                )
            )
        )
    );
end
$$;
comment on function private.has_agreed(uuid) is 'Whether the person agreed to the version in effect, or does so by using the product now (P-1.1, P-14.1).';
revoke all on function private.has_agreed(uuid) from public, anon, authenticated, service_role;

create function private.missing_for(p_user_id uuid)
returns text[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_profile public.profiles;
begin
    select profiles.* into v_profile from public.profiles as profiles where profiles.user_id = p_user_id;
    return pg_catalog.array_remove(array[
        case when v_profile.account_state is distinct from 'active' then 'account_closing' end,
        case when v_profile.adult_attested_at is null then 'adult_attestation_missing' end,
        case when not private.has_agreed(p_user_id) then 'agreement_missing' end
    ], null);
end
$$;
comment on function private.missing_for(uuid) is
'What closes new processing for this person, the first reason first; empty if it is open. Reading and rights never ask (P-1.1, P-12.1).';
revoke all on function private.missing_for(uuid) from public, anon, authenticated, service_role;

create function private.record_use(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- Nearly always there is none, and looking for one is all that a write costs.
    if not exists (select from public.policy_notices as notices where notices.user_id = p_user_id and notices.delivered_at is not null) then
        return;
    end if;
    insert into public.agreements (user_id, policy_version_id, kind, notice_id, text_sha256, agreed_at)
    select
        notices.user_id, versions.id, 'use',
        (pg_catalog.array_agg(notices.id order by notices.delivered_at, notices.channel))[1],
        versions.text_sha256, pg_catalog.clock_timestamp()
    from public.policy_notices as notices
    inner join public.policy_versions as versions on versions.id = notices.policy_version_id
    where notices.user_id = p_user_id and notices.delivered_at <= pg_catalog.clock_timestamp()
        and versions.effective_at <= pg_catalog.now()
        and exists (select from public.agreements as earlier where earlier.user_id = p_user_id)
        and not exists (
            select from public.agreements as agreements
            where agreements.user_id = p_user_id and agreements.policy_version_id = versions.id
        )
    group by notices.user_id, versions.id, versions.text_sha256
    on conflict (user_id, policy_version_id) do nothing;
end
$$;
comment on function private.record_use(uuid) is
'Records the first use after a delivered notice and the effective date as acceptance, with the notice. Writes no consent (P-14.1).';
revoke all on function private.record_use(uuid) from public, anon, authenticated, service_role;

create function private.workspace_role_rank(p_role text)
returns integer
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    return pg_catalog.array_position(array['member', 'admin', 'owner'], p_role);
end
$$;
comment on function private.workspace_role_rank(text) is 'Which role may do more: member, admin, owner (P-8.2).';
revoke all on function private.workspace_role_rank(text) from public, anon, authenticated, service_role;
