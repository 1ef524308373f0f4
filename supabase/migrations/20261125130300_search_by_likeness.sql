-- Purpose: records found although something was mistyped.
-- Keeps:   P-6.3, P-8.2
-- Touches: function private.search_by_likeness
-- Undo:    drop the function

create function private.search_by_likeness(p_workspace_id uuid, p_query text, p_kinds text[])
returns table (kind text, id uuid, title text, score integer)
language plpgsql
stable
security invoker
rows 20
set search_path = ''
as $$
declare
    v_words text := private.search_words(p_query);
    v_alike tsquery;
    v_beginnings text[] := array(
        select '% ' || typed.word || '%' from pg_catalog.unnest(pg_catalog.string_to_array(v_words, ' ')) as typed (word)
    );
begin
    -- More words than that are no slip of the finger, and each has many near misses.
    if pg_catalog.cardinality(v_beginnings) > 5 then
        return;
    end if;
    v_alike := private.search_query(p_workspace_id, v_words, 'likeness');
    return query
    select alike.kind, alike.id, alike.title, (300 * alike.likeness)::integer
    from (
        select wanted.kind, found.id, found.title, found.more,
            extensions.word_similarity(v_words, found.title) as likeness
        from pg_catalog.unnest(p_kinds) as wanted (kind)
        cross join lateral private.search_kind(wanted.kind, p_workspace_id, v_alike, 300) as found
    ) as alike
    -- What is found by its words is not found once more, further down.
    where alike.likeness >= 0.3
        and not ' ' || private.search_words(alike.title || ' ' || coalesce(alike.more, '')) like all (v_beginnings)
        and not (alike.kind = 'contact' and alike.id in (
            select addresses.contact_id from private.search_addresses(p_workspace_id, p_query) as addresses
        ));
end
$$;
comment on function private.search_by_likeness(uuid, text, text[]) is
'Records whose title is like what was typed, but for slips; scored by word similarity, below every other find, of at most 300 of a kind (P-6.3, P-8.2).';
revoke all on function private.search_by_likeness(uuid, text, text[]) from public, anon, authenticated, service_role;
