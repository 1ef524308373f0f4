-- Purpose: the first line of a list that is not empty says what stands between cells, and which column is what.
-- Keeps:   P-2.3.4, P-8.2
-- Touches: function private.read_import_header
-- Undo:    drop the function

create function private.read_import_header(p_upload private.import_uploads, p_lines text, out upload private.import_uploads, out lines text)
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_end integer;
    v_blank text;
    v_line text;
    v_names text[];
begin
    upload := p_upload;
    if pg_catalog.btrim(p_lines, e' \t\n') = '' then
        return;
    end if;
    -- Empty lines above it go at once: taken one by one, each would copy all that follow.
    v_blank := coalesce(pg_catalog.substring(p_lines, e'^[ \t\n]*\n'), '');
    lines := pg_catalog.substr(p_lines, pg_catalog.char_length(v_blank) + 1);
    v_end := pg_catalog.strpos(lines, e'\n');
    v_line := case when v_end > 0 then pg_catalog.left(lines, v_end - 1) else lines end;
    lines := case when v_end > 0 then pg_catalog.substr(lines, v_end + 1) end;
    upload.line_count := upload.line_count + 1 + pg_catalog.char_length(v_blank)
        - pg_catalog.char_length(pg_catalog.translate(v_blank, e'\n', ''))
        + pg_catalog.char_length(v_line) - pg_catalog.char_length(pg_catalog.translate(v_line, e'\ufdd0', ''));
    -- What stands most often between the names, the comma if nothing does.
    select delimiters.delimiter into upload.delimiter
    from pg_catalog.unnest(array[',', ';', e'\t']) with ordinality as delimiters (delimiter, place)
    order by pg_catalog.char_length(pg_catalog.replace(v_line, delimiters.delimiter, '')), delimiters.place limit 1;
    v_names := private.csv_cells(v_line, upload.delimiter, upload.line_count);
    upload.targets := private.understand_header(upload.workspace_id, upload.mapping, v_names);
    update public.imports as imports
    set header = (
        select pg_catalog.jsonb_agg(
            pg_catalog.jsonb_build_object('name', pg_catalog.left(columns.name, 200), 'column', columns.target) order by columns.place
        ) from rows from (pg_catalog.unnest(v_names), pg_catalog.unnest(upload.targets)) with ordinality as columns (name, target, place)
    )
    where imports.workspace_id = upload.workspace_id and imports.id = upload.import_id;
end
$$;
comment on function private.read_import_header(private.import_uploads, text) is
'Reads the header of a list, notes how it was understood, and gives the lines after it; no targets if only empty lines have come (P-8.2).';
revoke all on function private.read_import_header(private.import_uploads, text) from public, anon, authenticated, service_role;
