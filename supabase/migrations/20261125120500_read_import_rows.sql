-- Purpose: lines of a list become what a contact is made of.
-- Keeps:   P-2.3.4, P-8.2
-- Touches: functions private.import_places, private.import_tags, private.read_import_rows
-- Undo:    drop the functions

create function private.import_places(p_targets text[], p_kind text)
returns integer[]
language sql
immutable
security invoker
set search_path = ''
as $$
    select array(
        select targets.place::integer from pg_catalog.unnest(p_targets) with ordinality as targets (target, place)
        where targets.target = p_kind or targets.target like p_kind || '\_%'
        order by coalesce(pg_catalog.substring(targets.target, '[0-9]+$')::integer, 1)
    )
$$;
comment on function private.import_places(text[], text) is 'Where the columns for e-mail addresses or phone numbers stand, the first choice first (P-8.2).';
revoke all on function private.import_places(text[], text) from public, anon, authenticated, service_role;

create function private.import_tags(p_cell text)
returns text[]
language sql
immutable
security invoker
set search_path = ''
as $$
    -- An export writes a semicolon that belongs to a tag as \;.
    select case
        when pg_catalog.strpos(p_cell, '\') = 0 then array(
            select pg_catalog.btrim(tags.tag) from pg_catalog.string_to_table(p_cell, ';') with ordinality as tags (tag, place)
            where pg_catalog.btrim(tags.tag) <> '' order by tags.place
        )
        else array(
            select pg_catalog.regexp_replace(pg_catalog.btrim(tags.tag[1]), '\\([;\\])', '\1', 'g')
            from pg_catalog.regexp_matches(p_cell, '((?:[^;\\]|\\.|\\$)+)', 'g') with ordinality as tags (tag, place)
            where pg_catalog.btrim(tags.tag[1]) <> '' order by tags.place
        )
    end
$$;
comment on function private.import_tags(text) is 'The tags in a cell, between semicolons (P-8.2).';
revoke all on function private.import_tags(text) from public, anon, authenticated, service_role;

create function private.read_import_rows(
    p_lines text, p_has_quotes boolean, p_delimiter text, p_targets text[], p_attributes jsonb, p_line_count bigint
)
returns table (
    line_number bigint, is_whole boolean, damaged text[], full_name text, job_title text, company text, lifecycle text, language text,
    time_zone text, description text, tags text[], attributes jsonb, emails text[], phones text[]
)
language sql
immutable
security invoker
set search_path = ''
as $$
    with places as (
        select
            pg_catalog.array_position(p_targets, 'full_name') as full_name, pg_catalog.array_position(p_targets, 'first_name') as first_name,
            pg_catalog.array_position(p_targets, 'last_name') as last_name, pg_catalog.array_position(p_targets, 'job_title') as job_title,
            pg_catalog.array_position(p_targets, 'company') as company, pg_catalog.array_position(p_targets, 'lifecycle') as lifecycle,
            pg_catalog.array_position(p_targets, 'language') as language, pg_catalog.array_position(p_targets, 'time_zone') as time_zone,
            pg_catalog.array_position(p_targets, 'tags') as tags, pg_catalog.array_position(p_targets, 'description') as description,
            private.import_places(p_targets, 'email') as emails, private.import_places(p_targets, 'phone') as phones
    ),

    lines as (
        select split.line, p_line_count + 1 + coalesce(pg_catalog.sum(
            1 + case
                when p_has_quotes then pg_catalog.char_length(split.line) - pg_catalog.char_length(pg_catalog.replace(split.line, e'\ufdd0', ''))
                else 0
            end
        ) over (order by split.place rows between unbounded preceding and 1 preceding), 0)::bigint as line_number
        from pg_catalog.string_to_table(p_lines, e'\n') with ordinality as split (line, place)
    ),

    cut as (
        select lines.line_number, case
            when p_has_quotes or pg_catalog.strpos(lines.line, '''') > 0
                then private.csv_cells(lines.line, p_delimiter, lines.line_number)
            else pg_catalog.string_to_array(lines.line, p_delimiter)
        end as cells
        from lines
        -- Spreadsheets end a list with lines of nothing but delimiters.
        where pg_catalog.btrim(lines.line, e' \t' || p_delimiter) <> ''
        offset 0
    )

    select
        cut.line_number, pg_catalog.cardinality(cut.cells) = pg_catalog.cardinality(p_targets) as is_whole,
        case when pg_catalog.array_to_string(cut.cells, '') like e'%\ufffd%' then array(
            select p_targets[cells.place] from pg_catalog.unnest(cut.cells) with ordinality as cells (cell, place)
            where cells.cell like e'%\ufffd%' and p_targets[cells.place] is not null
        ) end as damaged,
        coalesce(
            nullif(pg_catalog.btrim(cut.cells[places.full_name]), ''),
            nullif(pg_catalog.btrim(coalesce(cut.cells[places.first_name], '') || ' ' || coalesce(cut.cells[places.last_name], '')), '')
        ) as full_name,
        nullif(pg_catalog.btrim(cut.cells[places.job_title]), '') as job_title,
        nullif(pg_catalog.btrim(cut.cells[places.company]), '') as company,
        coalesce(nullif(pg_catalog.replace(pg_catalog.lower(pg_catalog.btrim(cut.cells[places.lifecycle])), ' ', '_'), ''), 'lead') as lifecycle,
        nullif(pg_catalog.btrim(cut.cells[places.language]), '') as language,
        nullif(pg_catalog.btrim(cut.cells[places.time_zone]), '') as time_zone,
        case when pg_catalog.btrim(cut.cells[places.description], e' \t\n') <> '' then cut.cells[places.description] end as description,
        case when pg_catalog.btrim(cut.cells[places.tags]) <> '' then private.import_tags(cut.cells[places.tags]) else '{}' end as tags,
        case when p_attributes is not null then private.read_attributes(p_attributes, cut.cells) end as attributes,
        array(
            select nullif(pg_catalog.left(pg_catalog.lower(pg_catalog.btrim(cut.cells[columns.place], e' \u00a0')), 255), '')
            from pg_catalog.unnest(places.emails) with ordinality as columns (place, n) order by columns.n
        ) as emails,
        array(
            select pg_catalog.regexp_replace(
                nullif(pg_catalog.left(pg_catalog.translate(cut.cells[columns.place], e' \u00a0()-./', ''), 40), ''), '^00', '+'
            )
            from pg_catalog.unnest(places.phones) with ordinality as columns (place, n) order by columns.n
        ) as phones
    from cut cross join places
$$;
comment on function private.read_import_rows(text, boolean, text, text[], jsonb, bigint) is
'What the lines of a list hold, with its place in the file, empty lines left out; damaged names columns that hold lost characters (P-8.2).';
revoke all on function private.read_import_rows(text, boolean, text, text[], jsonb, bigint) from public, anon, authenticated, service_role;
