-- Purpose: roles change, members leave and are removed.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.require_target, change_member_role, transfer_ownership, remove_member
-- Undo:    drop the functions

create function private.require_target(p_workspace_id uuid, p_user_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_role text;
begin
    select members.role into v_role from public.workspace_members as members
    where members.workspace_id = p_workspace_id and members.user_id = p_user_id;
    if v_role is null then
        perform private.refuse('member_not_found', 404, 'Whoever was named is no member of this workspace.');
    end if;
    return v_role;
end
$$;
comment on function private.require_target(uuid, uuid) is 'The role of the member that an action is about, or a refusal (P-6.3).';
revoke all on function private.require_target(uuid, uuid) from public, anon, authenticated, service_role;

create function private.change_member_role(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_target_id uuid := (p_arguments ->> 'user_id')::uuid;
    v_role text := p_arguments ->> 'role';
    v_own text;
    v_current text;
begin
    perform private.require_open(p_user_id);
    v_own := private.require_member(p_user_id, v_workspace_id, 'admin');
    v_current := private.require_target(v_workspace_id, v_target_id);
    -- Nobody gives or takes more than they have: admins act on members and admins, owners on everybody.
    if greatest(private.workspace_role_rank(v_current), private.workspace_role_rank(v_role))
        > private.workspace_role_rank(v_own) then
        perform private.refuse('role_too_low', 403, 'Your role in the workspace does not allow this.', 'owner');
    end if;
    update public.workspace_members as members
    set role = v_role, role_changed_at = pg_catalog.clock_timestamp()
    where members.workspace_id = v_workspace_id and members.user_id = v_target_id;
    if v_role = 'member' then
        perform private.take_back_invitations(v_workspace_id, v_target_id);
    end if;
    return pg_catalog.jsonb_build_object('user_id', v_target_id, 'role', v_role);
end
$$;
comment on function private.change_member_role(uuid, jsonb) is
'Gives a member another role, never a higher one than the caller''s, nor takes one that is higher: {user_id, role} (P-8.2).';
revoke all on function private.change_member_role(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.transfer_ownership(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_target_id uuid := (p_arguments ->> 'user_id')::uuid;
begin
    perform private.require_open(p_user_id);
    perform private.require_member(p_user_id, v_workspace_id, 'owner');
    perform private.require_target(v_workspace_id, v_target_id);
    -- First the new owner: at no moment is there none.
    update public.workspace_members as members set role = 'owner', role_changed_at = pg_catalog.clock_timestamp()
    where members.workspace_id = v_workspace_id and members.user_id = v_target_id;
    update public.workspace_members as members set role = 'admin', role_changed_at = pg_catalog.clock_timestamp()
    where members.workspace_id = v_workspace_id and members.user_id = p_user_id and p_user_id <> v_target_id;
    return pg_catalog.jsonb_build_object('owner_id', v_target_id);
end
$$;
comment on function private.transfer_ownership(uuid, jsonb) is 'Makes another member owner and the caller admin: {owner_id} (P-8.2).';
revoke all on function private.transfer_ownership(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.remove_member(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_target_id uuid := (p_arguments ->> 'user_id')::uuid;
    v_heir_id uuid := (p_arguments ->> 'reassign_to')::uuid;
    v_is_leaving boolean := v_target_id = p_user_id;
    v_own text;
begin
    -- Leaving is a right and never closes; removing somebody else is work.
    if not v_is_leaving then
        perform private.require_open(p_user_id);
    end if;
    v_own := private.require_member(p_user_id, v_workspace_id, case when v_is_leaving then 'member' else 'admin' end);
    if private.workspace_role_rank(private.require_target(v_workspace_id, v_target_id)) > private.workspace_role_rank(v_own) then
        perform private.refuse('role_too_low', 403, 'Your role in the workspace does not allow this.', 'owner');
    end if;
    if v_heir_id is not null then
        perform private.require_target(v_workspace_id, v_heir_id);
    end if;
    perform private.reassign_records(v_workspace_id, v_target_id, nullif(v_heir_id, v_target_id));
    perform private.take_back_invitations(v_workspace_id, v_target_id);
    delete from public.workspace_members as members
    where members.workspace_id = v_workspace_id and members.user_id = v_target_id;
    return pg_catalog.jsonb_build_object('removed', v_target_id, 'reassigned_to', nullif(v_heir_id, v_target_id));
end
$$;
comment on function private.remove_member(uuid, jsonb) is
'Takes a member, or oneself, out of a workspace; the records go to the named member or to nobody: {removed, reassigned_to} (P-6.3).';
revoke all on function private.remove_member(uuid, jsonb) from public, anon, authenticated, service_role;
