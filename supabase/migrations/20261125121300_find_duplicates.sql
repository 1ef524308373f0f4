-- Purpose: contacts that share an e-mail address or a phone number are shown, so that they can be merged.
-- Keeps:   P-6.3, P-8.2
-- Touches: function private.find_duplicates
-- Undo:    drop function private.find_duplicates

create function private.find_duplicates(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_after text := coalesce(p_arguments ->> 'after', '');
    v_size integer := least(greatest(coalesce((p_arguments ->> 'page_size')::integer, 50), 1), 200);
    v_found jsonb;
    v_last text;
    v_count bigint;
begin
    perform private.require_list_member(p_user_id, v_workspace_id, 'member', false);
    -- The index gives addresses in order, so that a page stops once it is full.
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'kind', page.kind, 'address', page.address, 'contact_ids', page.contact_ids
    ) order by page.address), '[]'), pg_catalog.max(page.address), pg_catalog.count(*)
    into v_found, v_last, v_count
    from (
        select repeated.address, holders.kind, holders.contact_ids
        from (
            select addresses.address as address
            from public.contact_addresses as addresses
            where addresses.workspace_id = v_workspace_id and addresses.address > v_after
            group by addresses.address having pg_catalog.count(*) > 1
            order by addresses.address
        ) as repeated
        cross join lateral (
            select pg_catalog.min(addresses.kind) as kind, pg_catalog.count(*) as contact_count,
                pg_catalog.array_agg(contacts.id order by contacts.created_at, contacts.id) as contact_ids
            from public.contact_addresses as addresses
            inner join public.contacts as contacts
                on contacts.workspace_id = addresses.workspace_id and contacts.id = addresses.contact_id
                and not contacts.is_trashed
            where addresses.workspace_id = v_workspace_id and addresses.address = repeated.address
        ) as holders
        where holders.contact_count > 1
        limit v_size
    ) as page;
    return pg_catalog.jsonb_build_object('duplicates', v_found, 'next', case when v_count = v_size then v_last end);
end
$$;
comment on function private.find_duplicates(uuid, jsonb) is
'Contacts of a workspace with an address in common, page by page: {duplicates: [{kind, address, contact_ids}], next}; the oldest first (P-6.3, P-8.2).';
revoke all on function private.find_duplicates(uuid, jsonb) from public, anon, authenticated, service_role;
