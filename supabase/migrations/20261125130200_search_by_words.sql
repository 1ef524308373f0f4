-- Purpose: records found by words, beginnings of words and addresses, with how well each fits.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.search_addresses, private.search_by_words
-- Undo:    drop the functions

create function private.search_addresses(p_workspace_id uuid, p_query text)
returns table (contact_id uuid, is_whole boolean)
language plpgsql
stable
security invoker
rows 20
set search_path = ''
as $$
declare
    v_typed text := pg_catalog.lower(pg_catalog.btrim(p_query));
    -- Numbers are kept in E.164; people type them with all sorts of marks between.
    v_number text := case when v_typed ~ '^\+?[0-9 ()./-]+$'
        then nullif('+' || pg_catalog.regexp_replace(v_typed, '[^0-9]', '', 'g'), v_typed) end;
begin
    return query
    select addresses.contact_id, pg_catalog.bool_or(addresses.address = wanted.begins)
    from pg_catalog.unnest(array[v_typed, v_number]) as wanted (begins)
    cross join lateral (
        -- In order, so that the planner takes the index that has it and stops at the end of the stretch.
        select held.contact_id, held.address from public.contact_addresses as held
        where held.workspace_id = p_workspace_id
            and held.address >= wanted.begins and held.address < wanted.begins || pg_catalog.chr(1114111)
        order by held.address limit 50
    ) as addresses
    where pg_catalog.char_length(wanted.begins) >= 3
    group by addresses.contact_id;
end
$$;
comment on function private.search_addresses(uuid, text) is
'Contacts whose e-mail address or phone number begins so, and whether it is the whole of one; at most 50 addresses (P-6.3, P-8.2).';
revoke all on function private.search_addresses(uuid, text) from public, anon, authenticated, service_role;

create function private.search_by_words(p_workspace_id uuid, p_query text, p_kinds text[])
returns table (kind text, id uuid, title text, score integer)
language plpgsql
stable
security invoker
rows 20
set search_path = ''
as $$
declare
    v_typed text := pg_catalog.lower(pg_catalog.btrim(p_query));
    v_words text := private.search_words(p_query);
    v_whole tsquery := private.search_query(p_workspace_id, v_words, 'words');
    v_begins tsquery := private.search_query(p_workspace_id, v_words, 'beginnings');
begin
    return query
    select best.kind, best.id, best.title,
        best.base + (case when pg_catalog.starts_with(pg_catalog.lower(best.title), v_typed) then 100 else 0 end)
        + 99 * least(pg_catalog.char_length(v_typed), pg_catalog.char_length(best.title)) / pg_catalog.char_length(best.title)
    from (
        -- As bytes, which are compared faster than letters: here it is only to be known which are the same.
        select hits.kind collate "C" as kind, hits.id, pg_catalog.min(hits.title collate "C") as title, pg_catalog.max(hits.base) as base
        from (
            -- Whole words are asked for by themselves: among very many beginnings they might not be reached.
            select wanted.kind, found.id, found.title, 700 as base
            from pg_catalog.unnest(p_kinds) as wanted (kind)
            cross join lateral private.search_kind(wanted.kind, p_workspace_id, v_whole, 100) as found
            union all
            select wanted.kind, found.id, found.title, 500
            from pg_catalog.unnest(p_kinds) as wanted (kind)
            cross join lateral private.search_kind(wanted.kind, p_workspace_id, v_begins, 100) as found
            union all
            select 'contact', found.id, found.full_name, case when addresses.is_whole then 900 else 400 end
            from private.search_addresses(p_workspace_id, p_query) as addresses
            cross join lateral (
                select contacts.id, contacts.full_name from public.contacts as contacts
                where contacts.workspace_id = p_workspace_id and contacts.id = addresses.contact_id and not contacts.is_trashed limit 1
            ) as found
            where 'contact' = any (p_kinds)
        ) as hits
        group by hits.kind collate "C", hits.id
    ) as best;
end
$$;
comment on function private.search_by_words(uuid, text, text[]) is
'Records with all the words, as whole words or beginnings, or with such an address; scored, at most 100 of a kind either way (P-6.3, P-8.2).';
revoke all on function private.search_by_words(uuid, text, text[]) from public, anon, authenticated, service_role;
