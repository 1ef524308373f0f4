-- Purpose: rows of a list wait to be imported, with a note of everything that is wrong in one.
-- Keeps:   P-2.3.4, P-8.2
-- Touches: function private.take_import_rows
-- Undo:    drop the function

create function private.take_import_rows(
    p_workspace_id uuid, p_import_id uuid, p_lines text, p_has_quotes boolean, p_delimiter text, p_targets text[], p_line_count bigint
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_attributes jsonb := private.import_attributes(p_workspace_id, p_targets);
    v_emails integer[] := private.import_places(p_targets, 'email');
    v_phones integer[] := private.import_places(p_targets, 'phone');
    v_taken bigint;
begin
    -- Counted before anything is read of them: what a row costs is known, and what a byte costs is not.
    if (
        select pg_catalog.count(*) > 50000 from pg_catalog.string_to_table(p_lines, e'\n') as split (line)
        where pg_catalog.btrim(split.line, e' \t' || p_delimiter) <> ''
    ) then
        perform private.refuse('part_too_large', 413, 'A part has at most 50000 rows. Cut the file smaller.', '50000');
    end if;
    -- Materialized: a row is read from its cells once, for the table and for the notes.
    with understood as materialized (
        select * from private.read_import_rows(p_lines, p_has_quotes, p_delimiter, p_targets, v_attributes, p_line_count)
    ),

    noted as (
        insert into public.import_problems (workspace_id, import_id, line_number, column_name, code)
        select p_workspace_id, p_import_id, understood.line_number, found.column_name, found.code
        from understood cross join lateral (
            select checks.column_name, checks.code from (values
                ('full_name', 'name_missing', understood.full_name is null),
                ('full_name', 'too_long', pg_catalog.char_length(understood.full_name) > 200),
                ('full_name', 'does_not_show', not private.is_visible_text(understood.full_name)),
                ('company', 'does_not_show', not private.is_visible_text(understood.company)),
                ('job_title', 'too_long', pg_catalog.char_length(understood.job_title) > 200),
                ('company', 'too_long', pg_catalog.char_length(understood.company) > 200),
                ('description', 'too_long', pg_catalog.char_length(understood.description) > 10000),
                ('lifecycle', 'unknown_lifecycle', understood.lifecycle not in ('lead', 'qualified', 'customer', 'former_customer')),
                ('language', 'unknown_language', understood.language !~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
                ('tags', 'too_many_tags', pg_catalog.cardinality(understood.tags) > 50),
                ('tags', 'too_long', pg_catalog.char_length(pg_catalog.array_to_string(understood.tags, '')) > 2500)
            ) as checks (column_name, code, is_wrong) where checks.is_wrong
            union all
            select p_targets[v_emails[checks.n]], 'bad_email' from pg_catalog.unnest(understood.emails) with ordinality as checks (address, n)
            where pg_catalog.char_length(checks.address) > 254
                or checks.address !~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'
            union all
            select p_targets[v_phones[checks.n]], 'bad_phone' from pg_catalog.unnest(understood.phones) with ordinality as checks (address, n)
            where checks.address !~ '^\+[1-9][0-9]{6,14}$'
            union all
            select wrong.column_name, 'attribute_is_not_of_its_kind'
            from pg_catalog.jsonb_array_elements_text(nullif(understood.attributes -> 'wrong', 'null')) as wrong (column_name)
            union all
            select damaged.column_name, 'bad_encoding' from pg_catalog.unnest(understood.damaged) as damaged (column_name)
        ) as found
        where understood.is_whole
        union all
        -- What stands in which column of such a row is anybody's guess.
        select p_workspace_id, p_import_id, understood.line_number, '*', 'ragged_row' from understood where not understood.is_whole
        union all
        -- Each zone of this part is looked up once, as that costs more than all the rest, and knows its lines: nothing is searched for it.
        select p_workspace_id, p_import_id, pg_catalog.unnest(zones.line_numbers), 'time_zone', 'unknown_time_zone'
        from (
            select pg_catalog.left(understood.time_zone, 100) as time_zone, pg_catalog.array_agg(understood.line_number) as line_numbers
            from understood where understood.is_whole and understood.time_zone is not null group by 1
            offset 0
        ) as zones where not private.is_time_zone(zones.time_zone)
    )

    insert into public.import_rows (
        workspace_id, import_id, line_number, full_name, job_title, company, lifecycle, language, time_zone, description, tags,
        attributes, emails, phones
    )
    select p_workspace_id, p_import_id, understood.line_number, pg_catalog.left(understood.full_name, 200),
        pg_catalog.left(understood.job_title, 200), pg_catalog.left(understood.company, 200), pg_catalog.left(understood.lifecycle, 20),
        pg_catalog.left(understood.language, 20), pg_catalog.left(understood.time_zone, 100),
        pg_catalog.left(understood.description, 10000), understood.tags,
        case when understood.is_whole then coalesce(understood.attributes -> 'held', '{}') else '{}' end,
        understood.emails, understood.phones
    from understood;
    get diagnostics v_taken = row_count;
    return v_taken;
end
$$;
comment on function private.take_import_rows(uuid, uuid, text, boolean, text, text[], bigint) is
'Puts the lines of a list among the rows that wait, and notes what is wrong in them; returns how many rows (P-2.3.4, P-8.2).';
revoke all on function private.take_import_rows(uuid, uuid, text, boolean, text, text[], bigint) from public, anon, authenticated, service_role;
