-- Purpose: an account that goes waits for others' work on its contacts before it touches what hangs on them.
-- Keeps:   P-9.2, P-6.3
-- Touches: function private.lock_contacts_with_profile, trigger on public.profiles
-- Undo:    drop trigger lock_contacts_with_profile on public.profiles; drop the function

create function private.lock_contacts_with_profile()
returns trigger
language plpgsql
volatile
-- Definer: the profile may go through a cascade begun by Supabase Auth or Studio; the body locks the records that name this person.
security definer
set search_path = ''
as $$
begin
    -- Merging and undoing an import lock contacts first, in this order, and then what hangs on them. The cascade would take the person's
    -- name out of addresses, permissions and the record of changes in an order of its own, and the two would wait for each other.
    perform from public.contacts as contacts
    where contacts.created_by = old.user_id or contacts.updated_by = old.user_id or (contacts.workspace_id, contacts.owner_id) in (
        select members.workspace_id, members.user_id from public.workspace_members as members where members.user_id = old.user_id
    )
    order by contacts.id for no key update;
    return old;
end
$$;
comment on function private.lock_contacts_with_profile() is
'Trigger: before a profile goes, the contacts that name it are locked, in the order in which everybody locks them (P-9.2).';
revoke all on function private.lock_contacts_with_profile() from public, anon, authenticated, service_role;

-- By its name after leave_workspaces_with_profile: whoever has a member leave locks the workspace before its contacts.
create trigger lock_contacts_with_profile before delete on public.profiles
for each row execute function private.lock_contacts_with_profile();
