-- Purpose: of two contacts that are one person, one stays and gets what the other has.
-- Keeps:   P-3.3, P-6.3, P-8.2
-- Touches: functions private.contact_snapshot, private.move_to_contact, private.unite_permissions, private.merge_contacts
-- Undo:    drop the functions

create function private.contact_snapshot(p_workspace_id uuid, p_contact_id uuid, p_other_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'contact', (
            select pg_catalog.to_jsonb(contacts) from public.contacts as contacts
            where contacts.workspace_id = p_workspace_id and contacts.id = p_contact_id
        ),
        'addresses', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(addresses)), '[]') from public.contact_addresses as addresses
            where addresses.workspace_id = p_workspace_id and addresses.contact_id = p_contact_id
        ),
        'permissions', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(permissions)), '[]') from public.contact_permissions as permissions
            where permissions.workspace_id = p_workspace_id and permissions.contact_id = p_contact_id
        ),
        'attendees', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(attendees)), '[]') from public.activity_attendees as attendees
            where attendees.workspace_id = p_workspace_id and attendees.contact_id = p_contact_id
        ),
        'participants', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(participants)), '[]') from public.deal_contacts as participants
            where participants.workspace_id = p_workspace_id and participants.contact_id = p_contact_id
        ),
        'messages', (
            -- A message that went to both is held once, by the other; what it is stays with it and goes with its sender.
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', messages.id, 'field', messages.field, 'twin', (
                select twins.id from public.sent_messages as twins
                where twins.workspace_id = p_workspace_id and twins.contact_id = p_other_id
                    and twins.sender_id = messages.sender_id and twins.idempotency_key = messages.idempotency_key
            ))), '[]')
            from public.sent_messages as messages
            where messages.workspace_id = p_workspace_id and messages.contact_id = p_contact_id
        ),
        'activities', (
            select coalesce(pg_catalog.jsonb_agg(activities.id), '[]') from public.activities as activities
            where activities.workspace_id = p_workspace_id and activities.contact_id = p_contact_id
        ),
        'changes', (
            select coalesce(pg_catalog.jsonb_agg(changes.id), '[]') from public.record_changes as changes
            where changes.workspace_id = p_workspace_id and changes.record_id = p_contact_id
                and changes.table_name in ('contacts', 'contact_addresses', 'contact_permissions')
        ),
        'merges', (
            select coalesce(pg_catalog.jsonb_agg(merges.id), '[]') from public.contact_merges as merges
            where merges.workspace_id = p_workspace_id and merges.kept_contact_id = p_contact_id
        )
    )
$$;
comment on function private.contact_snapshot(uuid, uuid, uuid) is
'A contact with all that hangs on it, as unmerge_contacts needs it; what stands on its own is named by id (P-8.2).';
revoke all on function private.contact_snapshot(uuid, uuid, uuid) from public, anon, authenticated, service_role;

create function private.move_to_contact(p_workspace_id uuid, p_from uuid, p_to uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update public.record_changes as changes set record_id = p_to
    where changes.workspace_id = p_workspace_id and changes.record_id = p_from
        and changes.table_name in ('contacts', 'contact_addresses', 'contact_permissions');
    update public.contact_merges as merges set kept_contact_id = p_to
    where merges.workspace_id = p_workspace_id and merges.kept_contact_id = p_from;
    update public.activities as activities set contact_id = p_to
    where activities.workspace_id = p_workspace_id and activities.contact_id = p_from;
    -- What both have stays with the other, and goes with it.
    update public.contact_addresses as addresses
    set contact_id = p_to, is_main = addresses.is_main and not exists (
        select from public.contact_addresses as others
        where others.workspace_id = p_workspace_id and others.contact_id = p_to and others.kind = addresses.kind and others.is_main
    )
    where addresses.workspace_id = p_workspace_id and addresses.contact_id = p_from and not exists (
        select from public.contact_addresses as others
        where others.workspace_id = p_workspace_id and others.contact_id = p_to and others.address = addresses.address
    );
    update public.activity_attendees as attendees set contact_id = p_to
    where attendees.workspace_id = p_workspace_id and attendees.contact_id = p_from and not exists (
        select from public.activity_attendees as others
        where others.workspace_id = p_workspace_id and others.contact_id = p_to and others.activity_id = attendees.activity_id
    );
    update public.deal_contacts as participants set contact_id = p_to
    where participants.workspace_id = p_workspace_id and participants.contact_id = p_from and not exists (
        select from public.deal_contacts as others
        where others.workspace_id = p_workspace_id and others.contact_id = p_to and others.deal_id = participants.deal_id
    );
    update public.sent_messages as messages set contact_id = p_to
    where messages.workspace_id = p_workspace_id and messages.contact_id = p_from and not exists (
        select from public.sent_messages as others
        where others.workspace_id = p_workspace_id and others.contact_id = p_to and others.sender_id = messages.sender_id
            and others.idempotency_key = messages.idempotency_key
    );
end
$$;
comment on function private.move_to_contact(uuid, uuid, uuid) is
'Gives one contact what hangs on another, but for what it has itself (P-8.2).';
revoke all on function private.move_to_contact(uuid, uuid, uuid) from public, anon, authenticated, service_role;

create function private.unite_permissions(p_workspace_id uuid, p_from uuid, p_to uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update public.contact_permissions as permissions set state = 'withdrawn', basis = others.basis
    from public.contact_permissions as others
    where others.workspace_id = p_workspace_id and others.contact_id = p_from and others.state = 'withdrawn'
        and permissions.workspace_id = p_workspace_id and permissions.contact_id = p_to
        and permissions.channel = others.channel and permissions.state = 'allowed';
    -- Where both allow, it is allowed for as long and at such hours as both do.
    update public.contact_permissions as permissions
    set ends_at = least(permissions.ends_at, others.ends_at),
        calling_from = greatest(permissions.calling_from, others.calling_from),
        calling_until = least(permissions.calling_until, others.calling_until)
    from public.contact_permissions as others
    where others.workspace_id = p_workspace_id and others.contact_id = p_from and others.state = 'allowed'
        and permissions.workspace_id = p_workspace_id and permissions.contact_id = p_to
        and permissions.channel = others.channel and permissions.state = 'allowed'
        and (permissions.ends_at, permissions.calling_from, permissions.calling_until)
        is distinct from (others.ends_at, others.calling_from, others.calling_until)
        and coalesce(
            greatest(permissions.calling_from, others.calling_from) < least(permissions.calling_until, others.calling_until), true
        );
    -- Hours that have nothing in common are none.
    update public.contact_permissions as permissions set state = 'withdrawn', basis = others.basis
    from public.contact_permissions as others
    where others.workspace_id = p_workspace_id and others.contact_id = p_from and others.state = 'allowed'
        and permissions.workspace_id = p_workspace_id and permissions.contact_id = p_to
        and permissions.channel = others.channel and permissions.state = 'allowed'
        and greatest(permissions.calling_from, others.calling_from) >= least(permissions.calling_until, others.calling_until);
    insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis, ends_at, calling_from, calling_until)
    select others.workspace_id, p_to, others.channel, others.state, others.basis, others.ends_at, others.calling_from, others.calling_until
    from public.contact_permissions as others
    where others.workspace_id = p_workspace_id and others.contact_id = p_from
    on conflict (workspace_id, contact_id, channel) do nothing;
end
$$;
comment on function private.unite_permissions(uuid, uuid, uuid) is
'What one contact withdrew is withdrawn for the other; what both allow is allowed as far as both do; what the other says nothing about, it takes over (P-3.3).';
revoke all on function private.unite_permissions(uuid, uuid, uuid) from public, anon, authenticated, service_role;
