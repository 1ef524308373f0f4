-- Purpose: a list is announced with its source and lawful basis, and its header says which column is what.
-- Keeps:   P-2.3.4, P-3.1, P-8.2
-- Touches: functions private.import_target, private.understand_header, private.begin_import
-- Undo:    drop the functions

create function private.import_target(p_workspace_id uuid, p_name text)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_name text := pg_catalog.regexp_replace(pg_catalog.lower(pg_catalog.btrim(p_name)), '[\s-]+', '_', 'g');
    v_numbered text[] := pg_catalog.regexp_match(v_name, '^(e_?mail|phone)(?:_([1-9][0-9]?))?$');
begin
    if v_name in ('full_name', 'name') then
        return 'full_name';
    elsif v_name in (
        'first_name', 'last_name', 'job_title', 'company', 'lifecycle', 'language', 'time_zone', 'tags', 'description'
    ) then
        return v_name;
    elsif v_numbered is not null then
        return case v_numbered[1] when 'phone' then 'phone' else 'email' end
            || case when coalesce(v_numbered[2], '1') = '1' then '' else '_' || v_numbered[2] end;
    end if;
    return (
        select 'attributes.' || definitions.key from public.attribute_definitions as definitions
        where definitions.workspace_id = p_workspace_id and definitions.table_name = 'contacts'
            and v_name in (definitions.key, 'attributes.' || definitions.key)
        -- Of two such fields, the one that is called so.
        order by v_name <> definitions.key limit 1
    );
end
$$;
comment on function private.import_target(uuid, text) is
'Which column of a contact a column of a file is, by its name; null if none (P-8.2).';
revoke all on function private.import_target(uuid, text) from public, anon, authenticated, service_role;

create function private.understand_header(p_workspace_id uuid, p_mapping jsonb, p_names text[])
returns text[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_targets text[];
    v_places text;
begin
    if pg_catalog.cardinality(p_names) > 300 then
        perform private.refuse('too_many_columns', 422, 'A list has at most 300 columns.', '300');
    end if;
    if pg_catalog.array_to_string(p_names, '') like e'%\ufffd%' then
        perform private.refuse('encoding_is_damaged', 422, 'The header holds characters that were lost. Save the file as UTF-8.');
    end if;
    select pg_catalog.array_agg(
        case
            when p_mapping ? pg_catalog.btrim(names.name)
                then private.import_target(p_workspace_id, p_mapping ->> pg_catalog.btrim(names.name))
            else private.import_target(p_workspace_id, names.name)
        end order by names.place
    ) into v_targets from pg_catalog.unnest(p_names) with ordinality as names (name, place);
    -- Places and not names: a file without a header has a person's data in its first line.
    select pg_catalog.string_agg(alike.place::text, ', ' order by alike.place) into v_places
    from (
        select names.place, pg_catalog.count(*) over (partition by pg_catalog.lower(pg_catalog.btrim(names.name))) as names_alike,
            case when names.target is not null then pg_catalog.count(*) over (partition by names.target) else 0 end as targets_alike
        from rows from (pg_catalog.unnest(p_names), pg_catalog.unnest(v_targets)) with ordinality as names (name, target, place)
        where pg_catalog.btrim(names.name) <> ''
    ) as alike where alike.names_alike > 1 or alike.targets_alike > 1;
    if v_places is not null then
        perform private.refuse('header_repeats', 422, 'Two columns have the same name or are understood as the same.', v_places);
    end if;
    if not v_targets && array['full_name', 'first_name', 'last_name'] then
        perform private.refuse('name_column_missing', 422, 'No column is called full_name, name, first_name or last_name.');
    end if;
    return v_targets;
end
$$;
comment on function private.understand_header(uuid, jsonb, text[]) is
'Which column of a contact each column of a file is, by the user''s mapping or its name, or a refusal (P-8.2).';
revoke all on function private.understand_header(uuid, jsonb, text[]) from public, anon, authenticated, service_role;

create function private.begin_import(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_mapping jsonb := coalesce(nullif(p_arguments -> 'mapping', 'null'), '{}');
    v_import_id uuid;
begin
    perform private.require_list_member(p_user_id, v_workspace_id, 'member', true);
    if pg_catalog.jsonb_typeof(v_mapping) <> 'object' or exists (
        select from pg_catalog.jsonb_each_text(case pg_catalog.jsonb_typeof(v_mapping) when 'object' then v_mapping else '{}' end) as mapped
        where mapped.value is not null and private.import_target(v_workspace_id, mapped.value) is null
    ) then
        perform private.refuse('mapping_is_unknown', 422, 'The mapping names a column that contacts do not have.');
    end if;
    if (
        select pg_catalog.count(*) >= 5 from public.imports as imports
        where imports.created_by = p_user_id and imports.state in ('staging', 'checked', 'committing')
    ) then
        perform private.refuse('too_many_imports', 429, 'At most 5 imports of a person are under way. Finish or cancel one.', '5');
    end if;
    insert into public.imports (workspace_id, created_by, file_name, source, source_detail, lawful_basis)
    values (
        v_workspace_id, p_user_id, p_arguments ->> 'file_name', p_arguments ->> 'source', p_arguments ->> 'source_detail',
        p_arguments ->> 'lawful_basis'
    )
    returning id into v_import_id;
    insert into private.import_uploads (workspace_id, import_id, mapping) values (v_workspace_id, v_import_id, v_mapping);
    return pg_catalog.jsonb_build_object('import_id', v_import_id, 'state', 'staging');
end
$$;
comment on function private.begin_import(uuid, jsonb) is
'Puts an import on record with its source and lawful basis: {import_id, state} (P-2.3.4, P-3.1).';
revoke all on function private.begin_import(uuid, jsonb) from public, anon, authenticated, service_role;
