-- Purpose: one door through which a signed-in user's calls reach the functions that do them.
-- Keeps:   P-8.2, P-1.1, P-6.3
-- Touches: view private.own_requests, functions private.require_user, private.own_state, private.answer_own_request
-- Undo:    drop them

-- No client executes a function with its owner's rights. A trigger needs no such grant: clients cannot use the schema private, and
-- reach this view only through the functions of the next migration, whose bodies were bound when they were written.
create view private.own_requests with (security_invoker = true) as
select
    null::text as action,
    null::jsonb as arguments,
    null::jsonb as answer;
comment on view private.own_requests is
'Inserting asks for an action on behalf of whoever inserts; the row that comes back holds the answer. Holds nothing (P-8.2).';
revoke all on private.own_requests from public, anon, authenticated, service_role;
grant select (answer), insert (action, arguments) on private.own_requests to authenticated;

create function private.require_user()
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_claims jsonb := auth.jwt();
    v_user_id uuid := auth.uid();
    v_outcome text;
begin
    perform private.require_caller('authenticated');
    -- Not a client of Supabase's OAuth server, which acts for itself, and nobody who has no address to answer to.
    if v_claims ? 'client_id' or (v_claims ->> 'is_anonymous')::boolean then
        perform private.refuse('not_for_this_caller', 403, 'This is for a signed-in user alone.');
    end if;
    -- What the user's own records hold of the profile, as an import does for as long as it runs, is in nobody's way.
    perform from public.profiles as profiles where profiles.user_id = v_user_id for no key update;
    v_outcome := private.session_outcome(v_user_id, (v_claims ->> 'session_id')::uuid);
    if v_outcome in ('session_ended', 'user_banned') then
        perform private.refuse(v_outcome, case v_outcome when 'session_ended' then 401 else 403 end, 'Sign in again.');
    end if;
    return v_user_id;
end
$$;
comment on function private.require_user() is
'The user of a live session, profile locked; a closing account is let through, as its rights stay open (P-8.2).';
revoke all on function private.require_user() from public, anon, authenticated, service_role;

create function private.own_state(p_user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'missing', pg_catalog.to_jsonb(private.missing_for(p_user_id)),
        'policy_version_needed', private.agreement_needed(),
        'workspaces_without_terms', (
            select coalesce(pg_catalog.jsonb_agg(members.workspace_id), '[]')
            from public.workspace_members as members
            where members.user_id = p_user_id and private.workspace_terms_missing(members.workspace_id)
        )
    )
$$;
comment on function private.own_state(uuid) is
'What closes new processing for the user: {missing, policy_version_needed, workspaces_without_terms} (P-1.1).';
revoke all on function private.own_state(uuid) from public, anon, authenticated, service_role;

create function private.answer_own_request()
returns trigger
language plpgsql
volatile
-- Definer: the user has no right to write any of these tables; each action writes what the user of the verified JWT may.
security definer
set search_path = ''
as $$
declare
    v_user_id uuid;
    v_state text;
    v_message text;
    v_constraint text;
    v_column text;
begin
    if new.action = 'attest_adult' and new.arguments ->> 'is_adult' = 'false' then
        -- Whoever deletes an account locks its user before its profile; here the profile is locked next.
        perform from auth.users as users where users.id = auth.uid() for update;
    end if;
    v_user_id := private.require_user();
    new.answer := case new.action
        when 'own_state' then private.own_state(v_user_id)
        when 'attest_adult' then private.attest_adult(v_user_id, new.arguments)
        when 'accept_policy' then private.accept_policy(v_user_id, new.arguments)
        when 'mark_policy_notice_delivered' then private.mark_policy_notice_delivered(v_user_id, new.arguments)
        when 'give_consent' then private.record_consent(v_user_id, new.arguments, true, true)
        when 'withdraw_consent' then private.record_consent(v_user_id, new.arguments, true, false)
        when 'record_contact_consent' then private.record_consent(v_user_id, new.arguments, false, true)
        when 'withdraw_contact_consent' then private.record_consent(v_user_id, new.arguments, false, false)
        when 'create_workspace' then private.create_workspace(v_user_id, new.arguments)
        when 'accept_workspace_terms' then private.accept_workspace_terms(v_user_id, new.arguments)
        when 'invite_member' then private.invite_member(v_user_id, new.arguments)
        when 'accept_invitation' then private.accept_invitation(v_user_id, new.arguments)
        when 'change_member_role' then private.change_member_role(v_user_id, new.arguments)
        when 'transfer_ownership' then private.transfer_ownership(v_user_id, new.arguments)
        when 'remove_member' then private.remove_member(v_user_id, new.arguments)
        when 'leave_workspace' then private.remove_member(
            v_user_id, new.arguments || pg_catalog.jsonb_build_object('user_id', v_user_id)
        )
    end;
    return new;
exception
    when integrity_constraint_violation or data_exception then
        get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name, v_column = column_name;
        perform private.raise_without_row(v_state, v_message, v_constraint, v_column);
        return null;
    when deadlock_detected then
        perform private.refuse('busy_try_again', 409, 'This met other work on the same records. Nothing was changed; try again.');
        return null;
end
$$;
comment on function private.answer_own_request() is
'Trigger: checks the session, then does the one action that was asked for, as far as that action allows (P-8.2).';
revoke all on function private.answer_own_request() from public, anon, authenticated, service_role;

create trigger answer_own_request instead of insert on private.own_requests
for each row execute function private.answer_own_request();
