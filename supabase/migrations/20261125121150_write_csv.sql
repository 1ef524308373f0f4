-- Purpose: lines and cells of a CSV file that no spreadsheet calculates and that an import reads back.
-- Keeps:   P-8.2
-- Touches: functions private.csv_line, private.export_tags, private.export_header
-- Undo:    drop the functions

create function private.csv_line(p_cells text[])
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
    select pg_catalog.array_to_string(array(
        select case when safe.cell ~ e'[",\r\n]' then '"' || pg_catalog.replace(safe.cell, '"', '""') || '"' else coalesce(safe.cell, '') end
        from (
            -- An apostrophe before what a spreadsheet would calculate, and one more before one that stands there already.
            select held.place, case
                when held.cell ~ e'^''*[=+@\uff1d\uff0b\uff0d\uff20\t\r\n-]' then '''' || held.cell else held.cell
            end as cell
            from (
                -- Within a cell, too: many spreadsheets take a semicolon or a tab for the end of one, and quotes do not stop all of them.
                select cells.place, case
                    when cells.cell ~ e'[;\t\r\n]'
                        then pg_catalog.regexp_replace(cells.cell, e'([;\t\r\n])(''*[=+@\uff1d\uff0b\uff0d\uff20-])', e'\\1''\\2', 'g')
                    else cells.cell
                end as cell
                from pg_catalog.unnest(p_cells) with ordinality as cells (cell, place)
            ) as held
        ) as safe
        order by safe.place
    ), ',')
$$;
comment on function private.csv_line(text[]) is
'One line of a CSV file (RFC 4180); an apostrophe stands before what a spreadsheet would calculate, be its cells cut at commas, semicolons or tabs (P-8.2).';
revoke all on function private.csv_line(text[]) from public, anon, authenticated, service_role;

create function private.export_tags(p_tags text[])
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
    select pg_catalog.string_agg(
        pg_catalog.replace(pg_catalog.replace(tags.tag, '\', '\\'), ';', '\;'), ';' order by tags.place
    )
    from pg_catalog.unnest(p_tags) with ordinality as tags (tag, place)
$$;
comment on function private.export_tags(text[]) is 'Tags in one cell, between semicolons; private.import_tags reads them back (P-8.2).';
revoke all on function private.export_tags(text[]) from public, anon, authenticated, service_role;

create function private.export_header(p_workspace_id uuid, p_keys text[], p_emails bigint, p_phones bigint)
returns text[]
language sql
stable
security invoker
set search_path = ''
as $$
    select array['full_name', 'job_title', 'company', 'lifecycle']
        || array(select case n when 1 then 'email' else 'email_' || n end from pg_catalog.generate_series(1, p_emails) as n)
        || array(select case n when 1 then 'phone' else 'phone_' || n end from pg_catalog.generate_series(1, p_phones) as n)
        || array['language', 'time_zone', 'tags', 'description']
        -- A field of the workspace's own may be called as one of the others.
        || array(
            select case private.import_target(p_workspace_id, keys.key) when 'attributes.' || keys.key then '' else 'attributes.' end || keys.key
            from pg_catalog.unnest(p_keys) with ordinality as keys (key, place) order by keys.place
        )
$$;
comment on function private.export_header(uuid, text[], bigint, bigint) is 'The header of an export, each name as an import understands it (P-8.2).';
revoke all on function private.export_header(uuid, text[], bigint, bigint) from public, anon, authenticated, service_role;
