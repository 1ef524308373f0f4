-- Purpose: the planner's estimates tell nobody of rows that they may not read.
-- Keeps:   P-6.3, P-8.2
-- Touches: function private.withhold_statistics; statistics of the columns and indexes of public
-- Undo:    drop the function, reset the statistics of the columns and indexes, analyze

create function private.withhold_statistics()
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_column record;
begin
    -- Whoever may query a table may have PostgREST tell the estimated number of rows (Prefer: count=planned), for any filter and
    -- whatever row policies say. Estimates come from samples of everybody's rows: how many a workspace has, and of names and
    -- addresses a hundred as they are. Without samples an estimate knows the size of the whole table and nothing else. Every query
    -- of ours finds its rows by the keys that it names, which needs no sample. An index of an expression has samples of its own, which
    -- would be names and addresses too, and outlive the erased.
    for v_column in
        select classes.oid::pg_catalog.regclass as table_name, columns.attname as column_name
        from pg_catalog.pg_class as classes
        inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid
        where classes.relnamespace = 'public'::pg_catalog.regnamespace and classes.relkind in ('r', 'p')
            and columns.attnum > 0 and not columns.attisdropped and columns.attstattarget is distinct from 0
        order by classes.oid, columns.attnum
    loop
        execute pg_catalog.format('alter table %s alter column %I set statistics 0', v_column.table_name, v_column.column_name);
    end loop;
    for v_column in
        select indexes.indexrelid::pg_catalog.regclass as index_name, columns.attnum as place
        from pg_catalog.pg_index as indexes
        inner join pg_catalog.pg_class as classes on classes.oid = indexes.indexrelid
        inner join pg_catalog.pg_attribute as columns on columns.attrelid = indexes.indexrelid
        where classes.relnamespace = 'public'::pg_catalog.regnamespace
            and indexes.indkey[columns.attnum - 1] = 0 and columns.attstattarget is distinct from 0
        order by indexes.indexrelid, columns.attnum
    loop
        execute pg_catalog.format('alter index %s alter column %s set statistics 0', v_column.index_name, v_column.place);
    end loop;
end
$$;
comment on function private.withhold_statistics() is
'Has ANALYZE take no samples of what clients may query. A migration that adds a table, a column or an index to public calls it at its end (P-6.3, P-8.2).';
revoke all on function private.withhold_statistics() from public, anon, authenticated, service_role;

select private.withhold_statistics();
