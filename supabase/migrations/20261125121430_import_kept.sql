-- Purpose: which contacts of an import somebody has worked with since, and which of them are there.
-- Keeps:   P-3.3, P-8.2
-- Touches: functions private.is_tied, private.kept_of_import
-- Undo:    drop the functions

create function private.is_tied(p_workspace_id uuid, p_contact_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
    select exists (
        select from public.activities as activities
        where activities.workspace_id = p_workspace_id and activities.contact_id = p_contact_id
    ) or exists (
        select from public.activity_attendees as attendees
        where attendees.workspace_id = p_workspace_id and attendees.contact_id = p_contact_id
    ) or exists (
        select from public.deal_contacts as participants
        where participants.workspace_id = p_workspace_id and participants.contact_id = p_contact_id
    ) or exists (
        select from public.sent_messages as messages
        where messages.workspace_id = p_workspace_id and messages.contact_id = p_contact_id
    ) or exists (
        select from public.contact_permissions as permissions
        where permissions.workspace_id = p_workspace_id and permissions.contact_id = p_contact_id
    ) or exists (
        select from public.contact_merges as merges
        where merges.workspace_id = p_workspace_id and merges.kept_contact_id = p_contact_id and merges.undone_at is null
    )
$$;
comment on function private.is_tied(uuid, uuid) is
'Whether an activity, a deal, a message, a permission or a merge names the contact (P-8.2).';
revoke all on function private.is_tied(uuid, uuid) from public, anon, authenticated, service_role;

create function private.kept_of_import(p_workspace_id uuid, p_import_id uuid)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
    select contacts.id from public.contacts as contacts
    where contacts.workspace_id = p_workspace_id and contacts.import_id = p_import_id
    union
    -- Whoever was merged into another is part of that one, and is there again once the merge is undone.
    select merges.kept_contact_id from public.contact_merges as merges
    where merges.workspace_id = p_workspace_id and merges.undone_at is null
        and merges.snapshot #>> '{merged,contact,import_id}' = p_import_id::text
$$;
comment on function private.kept_of_import(uuid, uuid) is
'Contacts that an import made, or that one of them was merged into, as far as they are there (P-3.3, P-8.2).';
revoke all on function private.kept_of_import(uuid, uuid) from public, anon, authenticated, service_role;
