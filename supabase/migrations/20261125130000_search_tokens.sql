-- Purpose: what searching looks at, kept in an index in which each workspace has a stretch of its own.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.search_words, private.search_tokens; indexes of public.contacts, companies and deals
-- Undo:    drop the indexes and the functions

create function private.search_words(p_text text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    return pg_catalog.btrim(
        pg_catalog.regexp_replace(pg_catalog.lower(pg_catalog.normalize(p_text, 'NFC')), '[^[:alnum:]]+', ' ', 'g')
    );
end
$$;
comment on function private.search_words(text) is 'The words of a text in lower case, with one space between: nothing but letters and digits (P-8.2).';
revoke all on function private.search_words(text) from public, anon, authenticated, service_role;

create function private.search_tokens(p_workspace_id uuid, p_title text, p_more text)
returns tsvector
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_key text := pg_catalog.left(p_workspace_id::text, 8);
    -- Not a call of search_words, which every row of an import would pay for; a test holds the two to the same words.
    v_words text := pg_catalog.btrim(pg_catalog.regexp_replace(
        pg_catalog.lower(pg_catalog.normalize(coalesce(p_title, '') || ' ' || coalesce(p_more, ''), 'NFC')), '[^[:alnum:]]+', ' ', 'g'
    ));
begin
    -- Every token begins with the workspace. With a column of its own in the index instead, the beginning of a word would be gathered
    -- from the rows of all workspaces first: slow, and as slow as others have such words, which would tell of them. Two workspaces
    -- that share these eight digits share a stretch of the index and nothing else: whoever reads it compares the whole id.
    return pg_catalog.array_to_tsvector(
        pg_catalog.string_to_array(v_key || pg_catalog.replace(v_words, ' ', ' ' || v_key), ' ')
        -- The first three letters of each word once more: so many words begin alike that to gather them would take long.
        || pg_catalog.string_to_array(pg_catalog.btrim(
            pg_catalog.regexp_replace(' ' || v_words, ' ([^ ]{1,3})[^ ]*', ' ' || v_key || '^\1', 'g')
        ), ' ')
        || pg_catalog.string_to_array(v_key || '_' || pg_catalog.array_to_string(
            extensions.show_trgm(pg_catalog.normalize(p_title, 'NFC')), '|' || v_key || '_'
        ), '|')
    );
end
$$;
comment on function private.search_tokens(uuid, text, text) is
'What a record is found by: its words, their first three letters, and each three letters of its title in a row, all marked with its workspace (P-6.3, P-8.2).';
revoke all on function private.search_tokens(uuid, text, text) from public, anon, authenticated, service_role;
-- Whoever writes a record runs what its index holds; without USAGE of the schema nobody can call it by name.
grant execute on function private.search_tokens(uuid, text, text) to authenticated;

-- Without fastupdate: a search would read through what all workspaces added lately, and a write now and then would wait for its tidying.
-- Not concurrently: the tables are as new as this.
-- squawk-ignore require-concurrent-index-creation
create index contacts_search on public.contacts
using gin (private.search_tokens(workspace_id, full_name, job_title)) with (fastupdate = off) where not is_trashed;
-- squawk-ignore require-concurrent-index-creation
create index companies_search on public.companies
using gin (private.search_tokens(workspace_id, name, coalesce(domain, '') || ' ' || coalesce(city, ''))) with (fastupdate = off)
where not is_trashed;
-- squawk-ignore require-concurrent-index-creation
create index deals_search on public.deals
using gin (private.search_tokens(workspace_id, name, null)) with (fastupdate = off) where not is_trashed;
