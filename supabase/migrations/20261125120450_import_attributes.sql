-- Purpose: cells of a list become fields of a workspace's own, each of its kind.
-- Keeps:   P-2.1.1, P-8.2
-- Touches: functions private.import_attributes, private.read_attributes
-- Undo:    drop the functions

create function private.import_attributes(p_workspace_id uuid, p_targets text[])
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'key', definitions.key, 'kind', definitions.kind, 'choices', definitions.choices,
        'place', pg_catalog.array_position(p_targets, 'attributes.' || definitions.key)
    ))
    from public.attribute_definitions as definitions
    where definitions.workspace_id = p_workspace_id and definitions.table_name = 'contacts'
        and 'attributes.' || definitions.key = any (p_targets)
$$;
comment on function private.import_attributes(uuid, text[]) is
'The fields of the workspace''s own that a file has columns for: [{key, kind, choices, place}], null if none (P-8.2).';
revoke all on function private.import_attributes(uuid, text[]) from public, anon, authenticated, service_role;

create function private.read_attributes(p_attributes jsonb, p_cells text[])
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'held', coalesce(pg_catalog.jsonb_object_agg(
            read.key, case read.kind when 'number' then pg_catalog.to_jsonb(read.cell::numeric) else pg_catalog.to_jsonb(read.cell) end
        ) filter (where read.fits), '{}'),
        'wrong', pg_catalog.jsonb_agg('attributes.' || read.key) filter (where not read.fits)
    )
    from (
        select cells.key, cells.kind, cells.cell, case cells.kind
            when 'text' then pg_catalog.char_length(cells.cell) <= 2000
            when 'number' then cells.cell ~ '^-?[0-9]{1,15}(\.[0-9]{1,100})?$'
            when 'date' then cells.cell ~ '^\d{4}-\d{2}-\d{2}$' and pg_catalog.pg_input_is_valid(cells.cell, 'date')
            when 'choice' then cells.choices ? cells.cell
        end as fits
        from (
            select wanted.key, wanted.kind, wanted.choices, case wanted.kind
                when 'text' then nullif(p_cells[wanted.place], '') else nullif(pg_catalog.btrim(p_cells[wanted.place]), '')
            end as cell
            from pg_catalog.jsonb_to_recordset(p_attributes) as wanted (key text, kind text, choices jsonb, place integer)
        ) as cells
        where cells.cell is not null
    ) as read
$$;
comment on function private.read_attributes(jsonb, text[]) is
'What the cells of a row hold for fields of the workspace''s own, {held: {key: value}, wrong: [column]}; wrong is null if nothing is (P-8.2).';
revoke all on function private.read_attributes(jsonb, text[]) from public, anon, authenticated, service_role;
