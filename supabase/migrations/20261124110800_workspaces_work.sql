-- Purpose: making a workspace, inviting, joining.
-- Keeps:   P-6.3, P-8.2, P-2.1.3
-- Touches: functions private.require_member, create_workspace, invite_member, accept_invitation
-- Undo:    drop the functions

create function private.require_member(p_user_id uuid, p_workspace_id uuid, p_least_role text)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_role text;
begin
    -- Whoever is no member neither waits nor makes others wait: how long the answer takes tells nothing either.
    if exists (
        select from public.workspace_members as members
        where members.workspace_id = p_workspace_id and members.user_id = p_user_id
    ) then
        -- Whoever changes members waits for whoever does so already: what is seen below is what will be true.
        perform from public.workspaces as workspaces where workspaces.id = p_workspace_id for no key update;
        select members.role into v_role from public.workspace_members as members
        where members.workspace_id = p_workspace_id and members.user_id = p_user_id;
    end if;
    if v_role is null then
        -- The same answer for a workspace of somebody else and for none.
        perform private.refuse('workspace_not_found', 404, 'There is no such workspace among yours.');
    end if;
    if private.workspace_role_rank(v_role) < private.workspace_role_rank(p_least_role) then
        perform private.refuse('role_too_low', 403, 'Your role in the workspace does not allow this.', p_least_role);
    end if;
    return v_role;
end
$$;
comment on function private.require_member(uuid, uuid, text) is
'The role of the person in the workspace, locked, or a refusal that tells nothing of workspaces of others (P-6.3, P-8.2).';
revoke all on function private.require_member(uuid, uuid, text) from public, anon, authenticated, service_role;

create function private.create_workspace(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := pg_catalog.gen_random_uuid();
begin
    perform private.require_open(p_user_id);
    if (
        select pg_catalog.count(*) >= 20 from public.workspace_members as members
        where members.user_id = p_user_id and members.role = 'owner'
    ) then
        perform private.refuse('too_many_workspaces', 429, 'One person owns at most 20 workspaces.', '20');
    end if;
    insert into public.workspaces (id, name, industry, team_size, revenue_range)
    values (
        v_workspace_id, p_arguments ->> 'name', p_arguments ->> 'industry', p_arguments ->> 'team_size',
        p_arguments ->> 'revenue_range'
    );
    insert into public.workspace_members (workspace_id, user_id, role, display_name)
    select v_workspace_id, profiles.user_id, 'owner', profiles.full_name
    from public.profiles as profiles where profiles.user_id = p_user_id;
    return pg_catalog.jsonb_build_object(
        'workspace_id', v_workspace_id, 'are_terms_missing', private.workspace_terms_missing(v_workspace_id)
    );
end
$$;
comment on function private.create_workspace(uuid, jsonb) is 'Makes a workspace with its first owner: {workspace_id, are_terms_missing} (P-2.1.3).';
revoke all on function private.create_workspace(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.invite_member(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_email text := pg_catalog.lower(pg_catalog.btrim(p_arguments ->> 'email'));
    v_token text := pg_catalog.encode(extensions.gen_random_bytes(32), 'hex');
    v_answer jsonb;
begin
    perform private.require_open(p_user_id);
    perform private.require_member(p_user_id, v_workspace_id, 'admin');
    perform private.require_terms(v_workspace_id);
    if exists (
        select from public.workspace_members as members
        inner join auth.users as users on users.id = members.user_id
        where members.workspace_id = v_workspace_id and pg_catalog.lower(users.email) = v_email
    ) then
        perform private.refuse('already_a_member', 409, 'Whoever has this address is a member already.');
    end if;
    if (
        select pg_catalog.count(*) >= 50 from public.invitations as invitations
        where invitations.workspace_id = v_workspace_id and invitations.accepted_at is null
            and invitations.expires_at > pg_catalog.clock_timestamp() and invitations.email <> v_email
    ) then
        perform private.refuse('too_many_invitations', 429, 'At most 50 invitations of a workspace are open at a time.', '50');
    end if;
    -- A new link replaces the old one: a person holds one at most.
    delete from public.invitations as invitations
    where invitations.workspace_id = v_workspace_id and invitations.email = v_email and invitations.accepted_at is null;
    insert into public.invitations (workspace_id, email, role, token_hash, invited_by, created_at, expires_at)
    values (
        v_workspace_id, v_email, p_arguments ->> 'role',
        pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(v_token, 'UTF8')), 'hex'), p_user_id,
        pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp() + interval '7 days'
    )
    returning pg_catalog.jsonb_build_object('invitation_id', id, 'token', v_token, 'expires_at', expires_at) into v_answer;
    return v_answer;
end
$$;
comment on function private.invite_member(uuid, jsonb) is
'Invites an address for 7 days: {invitation_id, token, expires_at}; the token is shown this once and rests nowhere (P-6.3, P-8.2).';
revoke all on function private.invite_member(uuid, jsonb) from public, anon, authenticated, service_role;
