-- Purpose: a field of a workspace's own holds what its kind says, and goes with its definition.
-- Keeps:   P-2.1.1, P-8.2, P-9.1
-- Touches: functions private.limit_attribute_definitions, check_attributes, forget_attribute
-- Undo:    drop the triggers and functions

create function private.limit_attribute_definitions()
returns trigger
language plpgsql
volatile
-- Definer: counted whatever the writer may read; the body reads the definitions of one workspace.
security definer
set search_path = ''
as $$
begin
    -- Two that are added at once wait for each other.
    perform from public.workspaces as workspaces where workspaces.id = new.workspace_id for no key update;
    if (
        select pg_catalog.count(*) > 50 from public.attribute_definitions as definitions
        where definitions.workspace_id = new.workspace_id and definitions.table_name = new.table_name
    ) then
        perform private.refuse('too_many_attributes', 409, 'A table has at most 50 fields of a workspace''s own.', '50');
    end if;
    return null;
end
$$;
comment on function private.limit_attribute_definitions() is 'Trigger: at most 50 fields of its own for each table of a workspace (P-8.2).';
revoke all on function private.limit_attribute_definitions() from public, anon, authenticated, service_role;
-- After, and not before: whoever may not write there was refused by then, and learns nothing of what is there.
create trigger limit_attribute_definitions after insert on public.attribute_definitions
for each row execute function private.limit_attribute_definitions();

create function private.check_attributes()
returns trigger
language plpgsql
volatile
-- Definer: definitions are looked up whatever the writer may read; the body reads those of the record's workspace.
security definer
set search_path = ''
as $$
declare
    v_key text;
begin
    -- A definition that is being deleted is waited for, and one that is named here is not deleted meanwhile.
    perform from public.attribute_definitions as definitions
    where definitions.workspace_id = new.workspace_id and definitions.table_name = tg_table_name
        and definitions.key in (select pg_catalog.jsonb_object_keys(new.attributes))
    order by definitions.key for key share;
    select held.key into v_key
    from pg_catalog.jsonb_each(new.attributes) as held
    left join public.attribute_definitions as definitions
        on definitions.workspace_id = new.workspace_id and definitions.table_name = tg_table_name and definitions.key = held.key
    -- What stays as it was is not looked at again: choices may have become fewer since.
    where held.value is distinct from old.attributes -> held.key and not coalesce(case definitions.kind
        when 'text' then pg_catalog.jsonb_typeof(held.value) = 'string' and pg_catalog.char_length(held.value #>> '{}') <= 2000
        when 'number' then pg_catalog.jsonb_typeof(held.value) = 'number' and pg_catalog.char_length(held.value #>> '{}') <= 40
            and pg_catalog.abs((held.value #>> '{}')::numeric) < 1e15
        when 'date' then pg_catalog.jsonb_typeof(held.value) = 'string'
            and held.value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$' and pg_catalog.pg_input_is_valid(held.value #>> '{}', 'date')
        when 'choice' then pg_catalog.jsonb_typeof(held.value) = 'string' and (held.value #>> '{}') = any (definitions.choices)
    end, false)
    order by held.key limit 1;
    if v_key is not null then
        perform private.refuse(
            'attribute_is_wrong', 422, 'An attribute is not defined for this table, or its value is not of its kind.',
            pg_catalog.left(v_key, 63)
        );
    end if;
    return null;
end
$$;
comment on function private.check_attributes() is 'Trigger: attributes are those that the workspace defined, each of its kind (P-8.2).';
revoke all on function private.check_attributes() from public, anon, authenticated, service_role;
-- After, and not before: as above, and by then they are an object.
create trigger check_attributes after insert or update of attributes on public.contacts
for each row when (new.attributes <> '{}') execute function private.check_attributes();
create trigger check_attributes after insert or update of attributes on public.companies
for each row when (new.attributes <> '{}') execute function private.check_attributes();
create trigger check_attributes after insert or update of attributes on public.deals
for each row when (new.attributes <> '{}') execute function private.check_attributes();

create function private.forget_attribute()
returns trigger
language plpgsql
volatile
-- Definer: the values go whoever may change the records; the body takes one key out of one table of one workspace.
security definer
set search_path = ''
as $$
begin
    execute pg_catalog.format('update public.%I set attributes = attributes - $1 where workspace_id = $2 and attributes ? $1', old.table_name)
    using old.key, old.workspace_id;
    return null;
end
$$;
comment on function private.forget_attribute() is 'Trigger: values go with the field that they were kept in (P-9.1).';
revoke all on function private.forget_attribute() from public, anon, authenticated, service_role;
create trigger forget_attribute after delete on public.attribute_definitions
for each row execute function private.forget_attribute();
