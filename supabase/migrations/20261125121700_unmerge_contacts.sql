-- Purpose: a merge is undone: two contacts are two again, each with what it had, but for what has gone since.
-- Keeps:   P-3.3, P-6.3, P-8.2, P-9.2
-- Touches: functions private.give_back, private.unmerge_contacts
-- Undo:    drop the functions

create function private.give_back(p_workspace_id uuid, p_kept uuid, p_merged uuid, p_held jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update public.record_changes as changes set record_id = p_merged
    where changes.workspace_id = p_workspace_id and changes.record_id = p_kept and changes.id::text = any(array(
        select ids.id from pg_catalog.jsonb_array_elements_text(p_held -> 'changes') as ids (id)
    ));
    update public.contact_merges as merges set kept_contact_id = p_merged
    where merges.workspace_id = p_workspace_id and merges.kept_contact_id = p_kept and merges.id = any(array(
        select ids.id::uuid from pg_catalog.jsonb_array_elements_text(p_held -> 'merges') as ids (id)
    ));
    update public.activities as activities set contact_id = p_merged
    where activities.workspace_id = p_workspace_id and activities.contact_id = p_kept and activities.id = any(array(
        select ids.id::uuid from pg_catalog.jsonb_array_elements_text(p_held -> 'activities') as ids (id)
    ));

    -- What moved comes back if it is still there. What both had was dropped: it is made anew if the other still has it.
    update public.contact_addresses as addresses set contact_id = p_merged, is_main = held.is_main
    from pg_catalog.jsonb_populate_recordset(null::public.contact_addresses, p_held -> 'addresses') as held
    where addresses.workspace_id = p_workspace_id and addresses.contact_id = p_kept and addresses.id = held.id;
    insert into public.contact_addresses
    select held.*
    from pg_catalog.jsonb_array_elements(p_held -> 'addresses') as held_rows (held_row)
    cross join lateral pg_catalog.jsonb_populate_record(
        null::public.contact_addresses, private.without_gone_persons(held_rows.held_row)
    ) as held
    where exists (
        select from public.contact_addresses as kept
        where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.address = held.address
    ) and not exists (
        select from public.contact_addresses as back
        where back.workspace_id = p_workspace_id and back.contact_id = p_merged and back.address = held.address
    );

    update public.activity_attendees as attendees set contact_id = p_merged
    from pg_catalog.jsonb_populate_recordset(null::public.activity_attendees, p_held -> 'attendees') as held
    where attendees.workspace_id = p_workspace_id and attendees.contact_id = p_kept and attendees.id = held.id;
    insert into public.activity_attendees
    select held.*
    from pg_catalog.jsonb_array_elements(p_held -> 'attendees') as held_rows (held_row)
    cross join lateral pg_catalog.jsonb_populate_record(
        null::public.activity_attendees, private.without_gone_persons(held_rows.held_row)
    ) as held
    where exists (
        select from public.activity_attendees as kept
        where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.activity_id = held.activity_id
    )
    on conflict do nothing;

    update public.deal_contacts as participants set contact_id = p_merged
    from pg_catalog.jsonb_populate_recordset(null::public.deal_contacts, p_held -> 'participants') as held
    where participants.workspace_id = p_workspace_id and participants.contact_id = p_kept and participants.id = held.id;
    insert into public.deal_contacts
    select held.*
    from pg_catalog.jsonb_array_elements(p_held -> 'participants') as held_rows (held_row)
    cross join lateral pg_catalog.jsonb_populate_record(
        null::public.deal_contacts, private.without_gone_persons(held_rows.held_row)
    ) as held
    where exists (
        select from public.deal_contacts as kept
        where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.deal_id = held.deal_id
    )
    on conflict do nothing;

    update public.sent_messages as messages set contact_id = p_merged
    from pg_catalog.jsonb_to_recordset(p_held -> 'messages') as held (id uuid, field text, twin uuid)
    where messages.workspace_id = p_workspace_id and messages.contact_id = p_kept and messages.id = held.id;
    insert into public.sent_messages (
        workspace_id, id, sender_id, contact_id, field, idempotency_key, message_id, thread_id, state, is_shared, created_at, finished_at
    )
    select twins.workspace_id, held.id, twins.sender_id, p_merged, held.field, twins.idempotency_key, twins.message_id, twins.thread_id,
        twins.state, twins.is_shared, twins.created_at, twins.finished_at
    from pg_catalog.jsonb_to_recordset(p_held -> 'messages') as held (id uuid, field text, twin uuid)
    inner join public.sent_messages as twins
        on twins.workspace_id = p_workspace_id and twins.contact_id = p_kept and twins.id = held.twin;
end
$$;
comment on function private.give_back(uuid, uuid, uuid, jsonb) is
'Gives a contact that was merged back what hung on it, as far as the other still has it (P-8.2, P-9.2).';
revoke all on function private.give_back(uuid, uuid, uuid, jsonb) from public, anon, authenticated, service_role;

create function private.unmerge_contacts(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_id uuid := (p_arguments ->> 'merge_id')::uuid;
    v_merge public.contact_merges;
begin
    perform private.require_list_member(p_user_id, v_workspace_id, 'member', true);
    -- The contact first, as merge_contacts locks it first.
    perform from public.contacts as contacts
    where contacts.workspace_id = v_workspace_id and contacts.id = (
        select merges.kept_contact_id from public.contact_merges as merges where merges.workspace_id = v_workspace_id and merges.id = v_id
    ) for update;
    select merges.* into v_merge from public.contact_merges as merges
    where merges.workspace_id = v_workspace_id and merges.id = v_id for update;
    if v_merge.id is null then
        perform private.refuse('merge_not_found', 404, 'There is no such merge in this workspace, or it is more than 30 days old.');
    elsif v_merge.undone_at is not null then
        return pg_catalog.jsonb_build_object(
            'kept_contact_id', v_merge.kept_contact_id, 'restored_contact_id', v_merge.merged_contact_id, 'undone_at', v_merge.undone_at
        );
    elsif v_merge.undo_until <= pg_catalog.clock_timestamp() then
        perform private.refuse('undo_is_over', 409, 'A merge can be undone for 30 days.', v_merge.undo_until::text);
    elsif exists (
        select from public.contact_merges as newer
        where newer.workspace_id = v_workspace_id and newer.kept_contact_id = v_merge.kept_contact_id
            and newer.undone_at is null and newer.merged_at > v_merge.merged_at
    ) then
        perform private.refuse('newer_merge_first', 409, 'The contact was merged again since. Undo the newest merge first.');
    elsif exists (
        select from public.contacts as taken where taken.workspace_id = v_workspace_id and taken.id = v_merge.merged_contact_id
    ) then
        perform private.refuse('contact_id_is_taken', 409, 'Another contact was made since under the id of the one that was merged.');
    end if;
    perform private.require_contacts(v_workspace_id, array[v_merge.kept_contact_id]);

    perform pg_catalog.set_config('cxtrack.is_restored', 'yes', true);
    v_merge.snapshot := private.unmask_persons(v_merge);
    perform private.restore_contact(v_workspace_id, v_merge.snapshot #> '{merged,contact}');
    perform private.give_back(v_workspace_id, v_merge.kept_contact_id, v_merge.merged_contact_id, v_merge.snapshot -> 'merged');
    perform private.restore_permissions(v_workspace_id, v_merge.kept_contact_id, v_merge.snapshot);
    perform pg_catalog.set_config('cxtrack.is_restored', '', true);
    perform private.take_out_of_kept(v_workspace_id, v_merge.kept_contact_id, v_merge.snapshot);
    update public.contact_merges as merges
    set undone_by = p_user_id, undone_at = pg_catalog.clock_timestamp(), snapshot = null
    where merges.workspace_id = v_workspace_id and merges.id = v_id
    returning merges.* into v_merge;
    return pg_catalog.jsonb_build_object(
        'kept_contact_id', v_merge.kept_contact_id, 'restored_contact_id', v_merge.merged_contact_id, 'undone_at', v_merge.undone_at
    );
end
$$;
comment on function private.unmerge_contacts(uuid, jsonb) is
'Undoes the newest merge of a contact: {kept_contact_id, restored_contact_id, undone_at} (P-3.3, P-8.2).';
revoke all on function private.unmerge_contacts(uuid, jsonb) from public, anon, authenticated, service_role;
