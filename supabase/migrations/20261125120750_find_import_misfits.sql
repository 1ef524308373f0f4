-- Purpose: rows that wait are looked at anew when a workspace has changed its own fields since they came.
-- Keeps:   P-2.1.1, P-8.2
-- Touches: function private.find_import_misfits
-- Undo:    drop the function

create function private.find_import_misfits(p_workspace_id uuid, p_import_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_fields jsonb := (
        select coalesce(pg_catalog.jsonb_object_agg(definitions.key, pg_catalog.jsonb_build_object(
            'kind', definitions.kind, 'choices', definitions.choices
        )), '{}')
        from public.attribute_definitions as definitions
        where definitions.workspace_id = p_workspace_id and definitions.table_name = 'contacts'
    );
begin
    -- What did not fit when it came is not held, and stays wrong. Each row is found by its key, and none by a search.
    delete from public.import_problems as problems
    where problems.workspace_id = p_workspace_id and problems.import_id = p_import_id and problems.code = 'attribute_is_not_of_its_kind'
        and (
            select rows.attributes ? pg_catalog.substr(problems.column_name, 12) from public.import_rows as rows
            where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id and rows.line_number = problems.line_number
        );

    -- What is held was of its kind; since then a choice may have gone, a field, or its key have been given another kind.
    insert into public.import_problems (workspace_id, import_id, line_number, column_name, code)
    select p_workspace_id, p_import_id, rows.line_number, 'attributes.' || held.key, 'attribute_is_not_of_its_kind'
    from public.import_rows as rows
    cross join lateral pg_catalog.jsonb_each(rows.attributes) as held
    where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id and rows.attributes <> '{}'
        and not coalesce(case v_fields #>> array[held.key, 'kind']
            when 'text' then pg_catalog.jsonb_typeof(held.value) = 'string' and pg_catalog.char_length(held.value #>> '{}') <= 2000
            when 'number' then pg_catalog.jsonb_typeof(held.value) = 'number'
            when 'date' then pg_catalog.jsonb_typeof(held.value) = 'string' and held.value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$'
                and pg_catalog.pg_input_is_valid(held.value #>> '{}', 'date')
            when 'choice' then pg_catalog.jsonb_typeof(held.value) = 'string' and v_fields #> array[held.key, 'choices'] ? (held.value #>> '{}')
        end, false);
end
$$;
comment on function private.find_import_misfits(uuid, uuid) is
'Notes which rows of a list hold what a field of the workspace''s own does not take any more (P-2.1.1, P-8.2).';
revoke all on function private.find_import_misfits(uuid, uuid) from public, anon, authenticated, service_role;
