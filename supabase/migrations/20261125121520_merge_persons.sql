-- Purpose: what is kept of a merge names no user, so that an account that goes is named nowhere.
-- Keeps:   P-9.2
-- Touches: functions private.mask_persons, private.unmask_persons
-- Undo:    drop the functions

create function private.mask_persons(p_merge public.contact_merges)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_snapshot text := p_merge.snapshot::text;
    v_user_id uuid;
    v_mask uuid;
begin
    for v_user_id in
        select (named.who #>> '{}')::uuid from (
            select pg_catalog.jsonb_path_query(p_merge.snapshot, '$.**.created_by') as who
            union
            select pg_catalog.jsonb_path_query(p_merge.snapshot, '$.**.updated_by')
            union
            select pg_catalog.jsonb_path_query(p_merge.snapshot, '$.**.owner_id')
        ) as named where named.who <> 'null'
    loop
        v_mask := pg_catalog.gen_random_uuid();
        -- An account that is just being deleted is gone: its deletion waits for the contacts of this merge, so it is not waited for here.
        insert into private.contact_merge_persons (workspace_id, merge_id, mask, user_id)
        select p_merge.workspace_id, p_merge.id, v_mask, profiles.user_id
        from public.profiles as profiles where profiles.user_id = v_user_id for key share skip locked;
        v_snapshot := pg_catalog.replace(v_snapshot, v_user_id::text, v_mask::text);
    end loop;
    update public.contact_merges as merges set snapshot = v_snapshot::jsonb
    where merges.workspace_id = p_merge.workspace_id and merges.id = p_merge.id;
end
$$;
comment on function private.mask_persons(public.contact_merges) is
'Puts a mask in the place of each user whom the snapshot of a merge names (P-9.2).';
revoke all on function private.mask_persons(public.contact_merges) from public, anon, authenticated, service_role;

create function private.unmask_persons(p_merge public.contact_merges)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_snapshot text := p_merge.snapshot::text;
    v_person record;
begin
    for v_person in
        select persons.mask, persons.user_id from private.contact_merge_persons as persons
        where persons.workspace_id = p_merge.workspace_id and persons.merge_id = p_merge.id
    loop
        v_snapshot := pg_catalog.replace(v_snapshot, v_person.mask::text, v_person.user_id::text);
    end loop;
    return v_snapshot::jsonb;
end
$$;
comment on function private.unmask_persons(public.contact_merges) is
'The snapshot of a merge with the users whose account is still there; a mask is nobody (P-9.2).';
revoke all on function private.unmask_persons(public.contact_merges) from public, anon, authenticated, service_role;
