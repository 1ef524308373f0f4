-- Purpose: a door of their own for calls that work on whole lists and take long: nobody waits for their user meanwhile.
-- Keeps:   P-8.2, P-1.1, P-6.3
-- Touches: view private.list_requests; functions private.require_signed_in, private.require_list_member, private.require_import, private.answer_list_request
-- Undo:    drop them

-- As private.own_requests, which locks its user's profile until the call ends: behind an import of a minute, the user's rights would wait.
create view private.list_requests with (security_invoker = true) as
select
    null::text as action,
    null::jsonb as arguments,
    null::jsonb as answer;
comment on view private.list_requests is
'Inserting asks for an action on lists on behalf of whoever inserts; the row that comes back holds the answer. Holds nothing (P-8.2).';
revoke all on private.list_requests from public, anon, authenticated, service_role;
grant select (answer), insert (action, arguments) on private.list_requests to authenticated;

create function private.require_signed_in()
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_outcome text := private.session_outcome(auth.uid(), (auth.jwt() ->> 'session_id')::uuid);
begin
    perform private.require_caller('authenticated');
    if auth.jwt() ? 'client_id' or (auth.jwt() ->> 'is_anonymous')::boolean then
        perform private.refuse('not_for_this_caller', 403, 'This is for a signed-in user alone.');
    elsif v_outcome = 'session_ended' then
        perform private.refuse('session_ended', 401, 'Sign in again.');
    elsif v_outcome = 'user_banned' then
        perform private.refuse('user_banned', 403, 'This user is suspended.');
    end if;
    return auth.uid();
end
$$;
comment on function private.require_signed_in() is
'The user of a live session, as private.require_user finds it, without a lock; a closing account is let through (P-8.2).';
revoke all on function private.require_signed_in() from public, anon, authenticated, service_role;

create function private.require_list_member(p_user_id uuid, p_workspace_id uuid, p_least_role text, p_is_new_processing boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_role text;
begin
    if p_is_new_processing then
        perform private.require_open(p_user_id);
    end if;
    -- Not locked, unlike require_member: who belongs to a workspace can be changed while a list is worked on.
    select members.role into v_role from public.workspace_members as members
    where members.workspace_id = p_workspace_id and members.user_id = p_user_id;
    if v_role is null then
        perform private.refuse('workspace_not_found', 404, 'There is no such workspace among yours.');
    end if;
    if private.workspace_role_rank(v_role) < private.workspace_role_rank(p_least_role) then
        perform private.refuse('role_too_low', 403, 'Your role in the workspace does not allow this.', p_least_role);
    end if;
    if p_is_new_processing then
        perform private.require_terms(p_workspace_id);
    end if;
end
$$;
comment on function private.require_list_member(uuid, uuid, text, boolean) is
'Refuses whoever is no member, has too low a role, or may start no new processing if this is some (P-1.1, P-6.3, P-8.2).';
revoke all on function private.require_list_member(uuid, uuid, text, boolean) from public, anon, authenticated, service_role;

create function private.require_import(p_user_id uuid, p_import_id uuid, p_states text[], p_is_of_workspace boolean default false)
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports;
begin
    select imports.* into v_import from public.imports as imports
    where imports.id = p_import_id and exists (
        select from public.workspace_members as members
        where members.workspace_id = imports.workspace_id and members.user_id = p_user_id and (
            imports.created_by = p_user_id
            -- What is in the workspace already is the workspace's, whoever brought it, and who brings what is its owners' and admins' to say.
            or (p_is_of_workspace and private.workspace_role_rank(members.role) >= private.workspace_role_rank('admin'))
        )
    );
    if v_import.id is null then
        perform private.refuse('import_not_found', 404, 'There is no such import among yours.');
    end if;
    select imports.* into v_import from public.imports as imports where imports.id = p_import_id for update skip locked;
    if v_import.id is null then
        perform private.refuse('import_is_running', 409, 'This import is being worked on. Read it again in a moment.');
    end if;
    if v_import.state <> all (p_states) then
        perform private.refuse('import_state_is_another', 409, 'The import has come to another state.', v_import.state);
    end if;
    return v_import;
end
$$;
comment on function private.require_import(uuid, uuid, text[], boolean) is
'The import, locked and in one of the states, of whoever began it, or of the workspace for owners and admins, or a refusal (P-6.3, P-8.2).';
revoke all on function private.require_import(uuid, uuid, text[], boolean) from public, anon, authenticated, service_role;

create function private.answer_list_request()
returns trigger
language plpgsql
volatile
-- Definer: the user has no right to write any of these tables; each action writes what the user of the verified JWT may.
security definer
set search_path = ''
as $$
declare
    v_user_id uuid := private.require_signed_in();
    v_state text;
    v_message text;
    v_constraint text;
    v_column text;
begin
    new.answer := case new.action
        when 'begin_import' then private.begin_import(v_user_id, new.arguments)
        when 'add_import_part' then private.add_import_part(v_user_id, new.arguments)
        when 'check_import' then private.check_import(v_user_id, new.arguments)
        when 'commit_import' then private.commit_import(v_user_id, new.arguments)
        when 'cancel_import' then private.cancel_import(v_user_id, new.arguments)
        when 'undo_import' then private.undo_import(v_user_id, new.arguments)
        when 'export_contacts' then private.export_contacts(v_user_id, new.arguments)
        when 'find_duplicates' then private.find_duplicates(v_user_id, new.arguments)
        when 'merge_contacts' then private.merge_contacts(v_user_id, new.arguments)
        when 'unmerge_contacts' then private.unmerge_contacts(v_user_id, new.arguments)
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
comment on function private.answer_list_request() is
'Trigger: checks the session, then does the one action on lists that was asked for, as far as that action allows (P-8.2).';
revoke all on function private.answer_list_request() from public, anon, authenticated, service_role;

create trigger answer_list_request instead of insert on private.list_requests
for each row execute function private.answer_list_request();
