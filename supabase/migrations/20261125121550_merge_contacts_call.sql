-- Purpose: two contacts become one: checked, locked, and on record with what it takes to undo it.
-- Keeps:   P-3.3, P-6.3, P-8.2
-- Touches: functions private.require_contacts, private.require_few_tags, private.merge_contacts
-- Undo:    drop the functions

create function private.require_contacts(p_workspace_id uuid, p_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_contact record;
    v_found integer := 0;
begin
    -- In one order, so that two who merge the same contacts wait for each other and not in a ring.
    for v_contact in
        select contacts.id, contacts.is_trashed from public.contacts as contacts
        where contacts.workspace_id = p_workspace_id and contacts.id = any (p_ids) order by contacts.id for update
    loop
        v_found := v_found + 1;
        if v_contact.is_trashed then
            perform private.refuse('contact_in_trash', 409, 'The contact lies in the trash. Restore it first.', v_contact.id::text);
        end if;
    end loop;
    if v_found <> pg_catalog.cardinality(p_ids) then
        perform private.refuse('contact_not_found', 404, 'There is no such contact in this workspace.');
    end if;
    -- Whoever says no for one of them locks no contact, and it must not go with the contact unseen.
    perform from public.contact_permissions as permissions
    where permissions.workspace_id = p_workspace_id and permissions.contact_id = any (p_ids) order by permissions.id for update;
end
$$;
comment on function private.require_contacts(uuid, uuid[]) is
'Locks contacts of a workspace that are not in the trash, with their permissions, or refuses, alike for those of another workspace and for none (P-6.3, P-8.2).';
revoke all on function private.require_contacts(uuid, uuid[]) from public, anon, authenticated, service_role;

create function private.require_few_tags(p_kept jsonb, p_merged jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_count integer;
    v_length integer;
begin
    select pg_catalog.count(*), pg_catalog.sum(pg_catalog.char_length(tags.tag)) into v_count, v_length
    from (
        select kept.tag from pg_catalog.jsonb_array_elements_text(p_kept) as kept (tag)
        union
        select merged.tag from pg_catalog.jsonb_array_elements_text(p_merged) as merged (tag)
    ) as tags;
    if v_count > 50 or v_length > 2500 then
        perform private.refuse('too_many_tags', 409, 'The two have more tags than one contact may have. Take some away first.', '50');
    end if;
end
$$;
comment on function private.require_few_tags(jsonb, jsonb) is 'Refuses a merge of two contacts whose tags are too many for one (P-8.2).';
revoke all on function private.require_few_tags(jsonb, jsonb) from public, anon, authenticated, service_role;

create function private.merge_contacts(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_keep uuid := (p_arguments ->> 'keep_id')::uuid;
    v_merge uuid := (p_arguments ->> 'merge_id')::uuid;
    v_kept_before jsonb;
    v_merged jsonb;
    v_done public.contact_merges;
begin
    perform private.require_list_member(p_user_id, v_workspace_id, 'member', true);
    if v_keep = v_merge then
        perform private.refuse('merge_with_itself', 422, 'A contact cannot be merged with itself.');
    end if;
    perform private.require_contacts(v_workspace_id, array[v_keep, v_merge]);
    v_kept_before := private.contact_snapshot(v_workspace_id, v_keep, v_merge);
    v_merged := private.contact_snapshot(v_workspace_id, v_merge, v_keep);
    perform private.require_few_tags(v_kept_before -> 'contact' -> 'tags', v_merged -> 'contact' -> 'tags');

    perform private.move_to_contact(v_workspace_id, v_merge, v_keep);
    perform private.unite_permissions(v_workspace_id, v_merge, v_keep);
    update public.contacts as kept
    set job_title = coalesce(kept.job_title, merged.job_title), company_id = coalesce(kept.company_id, merged.company_id),
        owner_id = coalesce(kept.owner_id, merged.owner_id), converted_at = coalesce(kept.converted_at, merged.converted_at),
        language = coalesce(kept.language, merged.language), time_zone = coalesce(kept.time_zone, merged.time_zone),
        description = coalesce(kept.description, merged.description), attributes = merged.attributes || kept.attributes,
        tags = kept.tags || array(
            select tags.tag from pg_catalog.unnest(merged.tags) with ordinality as tags (tag, place)
            where tags.tag <> all (kept.tags) order by tags.place
        )
    from public.contacts as merged
    where kept.workspace_id = v_workspace_id and kept.id = v_keep and merged.workspace_id = v_workspace_id and merged.id = v_merge;
    delete from public.contacts as contacts where contacts.workspace_id = v_workspace_id and contacts.id = v_merge;

    insert into public.contact_merges (workspace_id, kept_contact_id, merged_contact_id, merged_by, undo_until, snapshot)
    values (
        v_workspace_id, v_keep, v_merge, p_user_id, pg_catalog.clock_timestamp() + interval '30 days',
        pg_catalog.jsonb_build_object(
            'merged', v_merged,
            'before', pg_catalog.jsonb_build_object('contact', v_kept_before -> 'contact', 'permissions', v_kept_before -> 'permissions'),
            'after', private.contact_snapshot(v_workspace_id, v_keep, v_merge) - array[
                'addresses', 'attendees', 'participants', 'messages', 'activities', 'changes', 'merges'
            ]
        )
    )
    returning contact_merges.* into v_done;
    perform private.mask_persons(v_done);
    return pg_catalog.jsonb_build_object('merge_id', v_done.id, 'kept_contact_id', v_keep, 'undo_until', v_done.undo_until);
end
$$;
comment on function private.merge_contacts(uuid, jsonb) is
'Makes one contact of two; the one that stays gets what the other has and it has not: {merge_id, kept_contact_id, undo_until} (P-3.3, P-8.2).';
revoke all on function private.merge_contacts(uuid, jsonb) from public, anon, authenticated, service_role;
