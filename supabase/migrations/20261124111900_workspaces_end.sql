-- Purpose: when an account goes, its workspaces go on under somebody else, or go with it if nobody is left.
-- Keeps:   P-5.5.3, P-6.3, P-9.2
-- Touches: function private.leave_workspaces_with_profile, trigger on public.profiles; functions private.forget_invitations, private.copy_display_name
-- Undo:    drop the triggers and functions

create function private.leave_workspaces_with_profile()
returns trigger
language plpgsql
volatile
-- Definer: the profile may go through a cascade begun by Supabase Auth or Studio; the body touches this person's workspaces alone.
security definer
set search_path = ''
as $$
declare
    v_workspace_id uuid;
begin
    -- Also those that somebody else owns: this person may be made their owner at this moment. In one order, so that two accounts
    -- that go at once do not wait for each other.
    perform from public.workspaces as workspaces
    where workspaces.id in (
        select members.workspace_id from public.workspace_members as members where members.user_id = old.user_id
    )
    order by workspaces.id for no key update;
    for v_workspace_id in
        select members.workspace_id from public.workspace_members as members
        where members.user_id = old.user_id and members.role = 'owner' order by members.workspace_id
    loop
        -- The longest-standing of the highest role left becomes owner, if no other owner is there; whoever stays comes before
        -- whoever is going, and somebody whose profile is gone, as when several users are deleted at once, is not there any more.
        update public.workspace_members as members
        set role = 'owner', role_changed_at = pg_catalog.clock_timestamp()
        where members.workspace_id = v_workspace_id and members.role <> 'owner'
            and members.user_id = (
                select heirs.user_id from public.workspace_members as heirs
                inner join public.profiles as profiles on profiles.user_id = heirs.user_id
                where heirs.workspace_id = v_workspace_id and heirs.user_id <> old.user_id
                order by profiles.account_state = 'active' desc, private.workspace_role_rank(heirs.role) desc, heirs.joined_at, heirs.user_id
                limit 1
            );
        if not exists (
            select from public.workspace_members as members
            inner join public.profiles as profiles on profiles.user_id = members.user_id
            where members.workspace_id = v_workspace_id and members.user_id <> old.user_id
        ) then
            delete from public.workspaces as workspaces where workspaces.id = v_workspace_id;
        end if;
    end loop;
    return old;
end
$$;
comment on function private.leave_workspaces_with_profile() is
'Trigger: before a profile goes, ownership passes on, or the workspace goes if nobody else is in it (P-5.5.3, P-9.2).';
revoke all on function private.leave_workspaces_with_profile() from public, anon, authenticated, service_role;

create trigger leave_workspaces_with_profile before delete on public.profiles
for each row execute function private.leave_workspaces_with_profile();

create function private.copy_display_name()
returns trigger
language plpgsql
volatile
-- Definer: whoever corrects a profile may not write memberships; the body copies one name into this person's own.
security definer
set search_path = ''
as $$
begin
    -- In the order in which an account that goes locks its heirs.
    perform from public.workspace_members as members
    where members.user_id = new.user_id order by members.workspace_id for no key update;
    update public.workspace_members as members set display_name = new.full_name where members.user_id = new.user_id;
    return null;
end
$$;
comment on function private.copy_display_name() is 'Trigger: colleagues see the name as it was corrected (P-2.1.1, P-10.2).';
revoke all on function private.copy_display_name() from public, anon, authenticated, service_role;

create trigger copy_display_name after update of full_name on public.profiles
for each row when (old.full_name is distinct from new.full_name) execute function private.copy_display_name();

create function private.forget_invitations()
returns trigger
language plpgsql
volatile
-- Definer: Supabase Auth deletes users under a role that has no right in public; the body deletes invitations to one address.
security definer
set search_path = ''
as $$
begin
    perform from public.invitations as invitations
    where invitations.email = pg_catalog.lower(old.email) order by invitations.workspace_id for update;
    delete from public.invitations as invitations where invitations.email = pg_catalog.lower(old.email);
    return null;
end
$$;
comment on function private.forget_invitations() is 'Trigger: invitations to a person go with the person''s account (P-5.5.3, P-9.2).';
revoke all on function private.forget_invitations() from public, anon, authenticated, service_role;

-- On the user and not on the profile: once a cascade reaches the profile, the address is gone. After and not before: profile and
-- workspaces are locked first, as by everybody who joins or invites (triggers fire by name, those of foreign keys first).
create trigger forget_invitations_of_deleted after delete on auth.users
for each row execute function private.forget_invitations();
create trigger forget_invitations_of_soft_deleted after update of deleted_at on auth.users
for each row when (new.deleted_at is not null and old.deleted_at is null) execute function private.forget_invitations();
