-- Purpose: members find their workspace's contacts, companies and deals.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.require_readable, private.search_records, public.search_records
-- Undo:    drop the functions

create function private.require_readable(p_workspace_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if p_workspace_id = any (array(select private.readable_workspaces())) and not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) then
        return;
    end if;
    -- Says so if it is not for the workspace but for whoever asks.
    perform private.require_signed_in();
    -- The same answer for a workspace of somebody else and for none.
    perform private.refuse('workspace_not_found', 404, 'There is no such workspace among yours.');
end
$$;
comment on function private.require_readable(uuid) is
'Refuses whoever may not read the workspace, and tells nothing of workspaces of others (P-6.3, P-8.2).';
revoke all on function private.require_readable(uuid) from public, anon, authenticated, service_role;

create function private.search_records(
    p_workspace_id uuid, p_query text, p_kinds text[], p_page_size integer, p_after_rank integer, p_after_id uuid
)
returns table (kind text, id uuid, title text, subtitle text, rank integer)
language plpgsql
stable
-- Definer: under row policies no index is searched; the body first looks whether the caller may read the workspace, and reads no other.
-- What was typed might reach a function before the policy has its say, so that PostgreSQL reads the rows by the policy alone.
security definer
rows 20
set search_path = ''
as $$
declare
    v_kinds text[] := coalesce(p_kinds, array['contact', 'company', 'deal']);
    -- The first page comes after every rank there is.
    v_after_rank integer := coalesce(p_after_rank, 2147483647);
    v_after_id uuid := coalesce(p_after_id, '00000000-0000-0000-0000-000000000000');
begin
    perform private.require_readable(p_workspace_id);
    if pg_catalog.char_length(p_query) > 200 then
        perform private.refuse('query_too_long', 422, 'A query has at most 200 characters.', '200');
    end if;
    if p_page_size is null or p_page_size not between 1 and 50 then
        perform private.refuse('page_size_out_of_range', 422, 'A page has 1 to 50 rows.', '1 to 50');
    end if;
    if not v_kinds <@ array['contact', 'company', 'deal'] then
        perform private.refuse('kind_unknown', 422, 'A kind is contact, company or deal.');
    end if;
    if (p_after_rank is null) <> (p_after_id is null) then
        perform private.refuse('page_mark_incomplete', 422, 'after_rank and after_id are those of the last row, both or neither.');
    end if;
    return query
    with
    by_words as materialized (
        select
            found.kind,
            found.id,
            -- Kinds never share a rank, so that a rank and an id name one row.
            10 * found.score + pg_catalog.array_position(array['deal', 'company', 'contact'], found.kind) as rank
        from private.search_by_words(p_workspace_id, p_query, v_kinds) as found
    ),
    page as materialized (
        select by_words.* from by_words
        where by_words.rank < v_after_rank or (by_words.rank = v_after_rank and by_words.id > v_after_id)
        -- A select of its own, so that the planner does not plan anew for each size.
        order by by_words.rank desc, by_words.id limit (select p_page_size)
    ),
    by_likeness as (
        select
            found.kind,
            found.id,
            10 * found.score + pg_catalog.array_position(array['deal', 'company', 'contact'], found.kind) as rank
        from private.search_by_likeness(p_workspace_id, p_query, v_kinds) as found
        where (select pg_catalog.count(*) from page) < p_page_size
    ),
    listed as (
        select page.* from page
        union all
        select alike.* from by_likeness as alike
        where alike.rank < v_after_rank or (alike.rank = v_after_rank and alike.id > v_after_id)
        order by 3 desc, 2 limit (select p_page_size)
    )
    select listed.kind, listed.id, shown.title, shown.subtitle, listed.rank
    from listed
    cross join lateral (
        -- One by one: the planner does not know how few there are, and would read the workspace whole.
        select entries.title, entries.subtitle from private.search_entries as entries
        where entries.workspace_id = p_workspace_id and entries.id = listed.id and entries.kind = listed.kind limit 1
    ) as shown;
end
$$;
comment on function private.search_records(uuid, text, text[], integer, integer, uuid) is
'One page of what a member finds in the workspace; what is asked wrongly is refused by name (P-6.3, P-8.2).';
revoke all on function private.search_records(uuid, text, text[], integer, integer, uuid) from public, anon, authenticated, service_role;
-- The function of public runs it as the caller; without USAGE of the schema nobody can call it by name.
grant execute on function private.search_records(uuid, text, text[], integer, integer, uuid) to authenticated;

create function public.search_records(
    workspace_id uuid, query text, kinds text[] default null, page_size integer default 20, after_rank integer default null,
    after_id uuid default null
)
returns table (kind text, id uuid, title text, subtitle text, rank integer)
language sql
stable
security invoker
rows 20
set search_path = ''
begin atomic
    select
        found.kind,
        found.id,
        found.title,
        found.subtitle,
        found.rank
    from private.search_records($1, $2, $3, $4, $5, $6) as found
    order by found.rank desc, found.id asc;
end;
comment on function public.search_records(uuid, text, text[], integer, integer, uuid) is
'Contacts, companies and deals of a workspace by words, their beginnings, addresses and likeness, the best first: {kind, id, title, subtitle, rank}; the next page is after the last rank and id (P-6.3, P-8.2).';
revoke all on function public.search_records(uuid, text, text[], integer, integer, uuid) from public, anon, authenticated, service_role;
grant execute on function public.search_records(uuid, text, text[], integer, integer, uuid) to authenticated;
