-- Purpose: the contacts that a mail goes to are found by its addresses, and asked whether they may be written to.
-- Keeps:   P-5.2.2, P-3.3, P-6.3
-- Touches: index on public.contact_addresses; functions private.contacts_written_to, refused_recipients, note_sent_messages
-- Undo:    drop the functions and the index

-- The service names addresses by their SHA-256 alone: those of strangers are then in no log of the database either.
-- squawk-ignore require-concurrent-index-creation
create index contact_addresses_email_hash on public.contact_addresses (workspace_id, extensions.digest(address, 'sha256'))
where kind = 'email';

create function private.contacts_written_to(p_user_id uuid, p_workspace_id uuid, p_recipients jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_ids uuid[];
begin
    -- Whoever names nobody, or in another form, would find nobody who says no.
    if coalesce(pg_catalog.jsonb_typeof(p_recipients) <> 'array' or pg_catalog.jsonb_array_length(p_recipients) = 0, true)
        or exists (
            select from pg_catalog.jsonb_array_elements(p_recipients) as recipients (named)
            where (recipients.named ->> 'field' in ('to', 'cc', 'bcc') and recipients.named ->> 'address_hash' ~ '^[0-9a-f]{64}$')
                is not true
        ) then
        raise invalid_parameter_value using message = 'recipients are a list of field and address_hash';
    end if;
    v_workspace_ids := array(
        select members.workspace_id from public.workspace_members as members
        where members.user_id = p_user_id and members.workspace_id = coalesce(p_workspace_id, members.workspace_id)
    );
    return coalesce((
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'workspace_id', found.workspace_id, 'contact_id', found.contact_id,
            'field', recipients.field, 'address_hash', recipients.address_hash
        ))
        from pg_catalog.jsonb_to_recordset(p_recipients) as recipients (field text, address_hash text)
        cross join lateral (
            -- In the trash or not: a person who said no has not changed their mind there.
            select addresses.workspace_id, addresses.contact_id
            from public.contact_addresses as addresses
            where addresses.workspace_id = any (v_workspace_ids) and addresses.kind = 'email'
                and extensions.digest(addresses.address, 'sha256') = pg_catalog.decode(recipients.address_hash, 'hex')
            -- One look into the index for each: joined, every address of the workspaces would be hashed.
            offset 0
        ) as found
    ), '[]');
end
$$;
comment on function private.contacts_written_to(uuid, uuid, jsonb) is
'The contacts that have these addresses, in the workspace named or in all that the user belongs to: [{workspace_id, contact_id, field, address_hash}] (P-5.2.2, P-6.3).';
revoke all on function private.contacts_written_to(uuid, uuid, jsonb) from public, anon, authenticated, service_role;

create function private.refused_recipients(p_contacts jsonb)
returns text[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- A withdrawal that is under way is waited for, one that comes later waits for this send to be claimed. The contact
    -- first, as whoever deletes one locks it before what hangs on it.
    perform from public.contacts as contacts
    where (contacts.workspace_id, contacts.id) in (
        select named.workspace_id, named.contact_id
        from pg_catalog.jsonb_to_recordset(p_contacts) as named (workspace_id uuid, contact_id uuid)
    )
    order by contacts.workspace_id, contacts.id
    for key share;
    perform from public.contact_permissions as permissions
    where (permissions.workspace_id, permissions.contact_id) in (
        select named.workspace_id, named.contact_id
        from pg_catalog.jsonb_to_recordset(p_contacts) as named (workspace_id uuid, contact_id uuid)
    ) and permissions.channel = 'email'
    order by permissions.workspace_id, permissions.contact_id
    for share;
    return array(
        select distinct named.address_hash
        from pg_catalog.jsonb_to_recordset(p_contacts) as named (workspace_id uuid, contact_id uuid, address_hash text)
        inner join public.contact_permissions as permissions
            on permissions.workspace_id = named.workspace_id and permissions.contact_id = named.contact_id
        where permissions.channel = 'email'
            and (permissions.state = 'withdrawn' or permissions.ends_at <= pg_catalog.clock_timestamp())
        order by named.address_hash
    );
end
$$;
comment on function private.refused_recipients(jsonb) is
'Which of these addresses belong to a contact whose permission for e-mail is withdrawn or over (P-3.3, P-5.2.2).';
revoke all on function private.refused_recipients(jsonb) from public, anon, authenticated, service_role;

create function private.note_sent_messages(p_user_id uuid, p_idempotency_key uuid, p_contacts jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into public.sent_messages as messages (workspace_id, sender_id, contact_id, field, idempotency_key)
    select distinct on (named.workspace_id, named.contact_id)
        named.workspace_id, p_user_id, named.contact_id, named.field, p_idempotency_key
    from pg_catalog.jsonb_to_recordset(p_contacts) as named (workspace_id uuid, contact_id uuid, field text)
    -- Somebody may have been deleted while this waited for it.
    inner join public.contacts as contacts on contacts.workspace_id = named.workspace_id and contacts.id = named.contact_id
    -- Where the terms are missing nothing new begins; whoever said no there is heard all the same.
    where named.workspace_id in (select private.editable_workspaces(p_user_id))
    order by named.workspace_id, named.contact_id, pg_catalog.array_position(array['to', 'cc', 'bcc'], named.field)
    -- A key whose claim is over may be used anew; the row is then about the newer send.
    on conflict (sender_id, idempotency_key, workspace_id, contact_id) do update
    set field = excluded.field, state = 'sending', message_id = null, thread_id = null, finished_at = null,
        created_at = excluded.created_at
$$;
comment on function private.note_sent_messages(uuid, uuid, jsonb) is
'Notes whom a claimed send goes to, each contact once; addresses that are no contact are noted nowhere (P-5.2.2).';
revoke all on function private.note_sent_messages(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
