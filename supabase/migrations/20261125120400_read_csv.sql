-- Purpose: text of a CSV file (RFC 4180) becomes lines and cells, whatever its line ends and wherever it was cut.
-- Keeps:   P-8.2
-- Touches: functions private.cut_csv, private.csv_cells
-- Undo:    drop the functions

-- Between quotes, what would end a cell or a line is replaced by characters that Unicode sets aside for such use and that no
-- text may hold (U+FDD0 to U+FDD3): then the rest is splitting, in C and for a whole part at once.
create function private.cut_csv(
    p_text text, p_is_last boolean, out lines text, out line_count bigint, out remainder text, out has_quotes boolean,
    out is_quote_open boolean
)
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_text text := pg_catalog.translate(p_text, e'\ufdd0\ufdd1\ufdd2\ufdd3', e'\ufffd\ufffd\ufffd\ufffd');
    v_held text := '';
    v_last_end integer;
begin
    -- The line feed of a line end may come with the next part.
    if not p_is_last and pg_catalog.right(v_text, 1) = e'\r' then
        v_held := e'\r';
        v_text := pg_catalog.left(v_text, -1);
    end if;
    v_text := pg_catalog.replace(pg_catalog.replace(v_text, e'\r\n', e'\n'), e'\r', e'\n');
    has_quotes := pg_catalog.strpos(v_text, '"') > 0;
    is_quote_open := false;
    if has_quotes then
        -- Every second piece lies between quotes.
        select pg_catalog.string_agg(
            case
                when pieces.place % 2 = 0 then pg_catalog.translate(pieces.piece, e'\n,;\t', e'\ufdd0\ufdd1\ufdd2\ufdd3')
                else pieces.piece
            end, '"' order by pieces.place
        ), pg_catalog.count(*) % 2 = 0
        into v_text, is_quote_open
        from pg_catalog.string_to_table(v_text, '"') with ordinality as pieces (piece, place);
    end if;
    v_last_end := pg_catalog.strpos(pg_catalog.reverse(v_text), e'\n');
    lines := case when v_last_end > 0 then pg_catalog.left(v_text, -v_last_end) end;
    line_count := coalesce(pg_catalog.char_length(lines) - pg_catalog.char_length(pg_catalog.translate(lines, e'\n\ufdd0', '')) + 1, 0);
    remainder := case when v_last_end > 0 then pg_catalog.right(v_text, v_last_end - 1) else v_text end;
    if p_is_last then
        lines := pg_catalog.concat_ws(e'\n', lines, nullif(remainder, ''));
        remainder := '';
    else
        remainder := pg_catalog.translate(remainder, e'\ufdd0\ufdd1\ufdd2\ufdd3', e'\n,;\t') || v_held;
    end if;
end
$$;
comment on function private.cut_csv(text, boolean) is
'The whole lines of a text (null if none), with line ends and delimiters between quotes replaced; how many line ends they take; what is left for the next part (P-8.2).';
revoke all on function private.cut_csv(text, boolean) from public, anon, authenticated, service_role;

create function private.csv_cells(p_line text, p_delimiter text, p_line_number bigint)
returns text[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_cells text[];
begin
    -- Without quotes, and without the apostrophes that keep a spreadsheet from calculating, as private.csv_line puts them.
    v_cells := array(
        select case
            when pg_catalog.strpos(bare.cell, '''') = 0 then bare.cell
            else pg_catalog.regexp_replace(
                case
                    when bare.cell ~ e'^''+[=+@\uff1d\uff0b\uff0d\uff20\t\r\n-]' then pg_catalog.substr(bare.cell, 2) else bare.cell
                end,
                e'([;\t\r\n])''(''*[=+@\uff1d\uff0b\uff0d\uff20-])', e'\\1\\2', 'g'
            )
        end
        from (
            select cells.place, case
                when pg_catalog.strpos(cells.cell, '"') = 0 then cells.cell
                when cells.cell ~ '^"([^"]|"")*"$' then pg_catalog.translate(
                    pg_catalog.replace(pg_catalog.substr(cells.cell, 2, pg_catalog.char_length(cells.cell) - 2), '""', '"'),
                    e'\ufdd0\ufdd1\ufdd2\ufdd3', e'\n,;\t'
                )
            end as cell
            from pg_catalog.string_to_table(p_line, p_delimiter) with ordinality as cells (cell, place)
        ) as bare
        order by bare.place
    );
    if pg_catalog.array_position(v_cells, null) is not null then
        perform private.refuse(
            'quotes_are_wrong', 422, 'A quote stands within a cell. A cell with quotes is quoted whole, its own quotes doubled.',
            p_line_number::text
        );
    end if;
    return v_cells;
end
$$;
comment on function private.csv_cells(text, text, bigint) is 'The cells of a line from cut_csv, or a refusal that names the line (P-8.2).';
revoke all on function private.csv_cells(text, text, bigint) from public, anon, authenticated, service_role;
