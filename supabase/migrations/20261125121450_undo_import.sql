-- Purpose: for seven days an import can be undone: what it made goes, unless somebody has worked with it since.
-- Keeps:   P-2.3.4, P-8.2, P-9.1
-- Touches: functions private.undo_imported, private.undo_import
-- Undo:    drop the functions

create function private.undo_imported(p_import public.imports)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_ids uuid[];
    v_last uuid := '00000000-0000-0000-0000-000000000000';
    v_gone bigint;
    v_deleted bigint := 0;
begin
    perform private.count_anew('public.contacts', p_import.imported_count);
    perform private.count_anew('public.contact_addresses', p_import.imported_count);
    loop
        -- Locked first and looked at in the next statement: what was tied to one meanwhile is seen.
        v_ids := array(
            select contacts.id from public.contacts as contacts
            where contacts.workspace_id = p_import.workspace_id and contacts.import_id = p_import.id and contacts.id > v_last
            order by contacts.id limit 5000 for update
        );
        exit when v_ids = '{}';
        v_last := v_ids[pg_catalog.cardinality(v_ids)];
        -- Who changes an address locks it and not its contact. A permission needs no lock: whether it is there or has just gone, its
        -- contact stays, and one that is being added waits for the contact.
        perform from public.contact_addresses as addresses
        where addresses.workspace_id = p_import.workspace_id and addresses.contact_id = any (v_ids)
        order by addresses.id for update;
        delete from public.contacts as contacts
        where contacts.workspace_id = p_import.workspace_id and contacts.id = any (v_ids) and contacts.version = 1
            and not exists (
                select from public.record_changes as changes
                where changes.workspace_id = contacts.workspace_id and changes.record_id = contacts.id
                    and changes.table_name in ('contacts', 'contact_addresses', 'contact_permissions')
                    and (changes.operation <> 'insert' or changes.made_by <> 'import')
            )
            and not private.is_tied(contacts.workspace_id, contacts.id);
        get diagnostics v_gone = row_count;
        v_deleted := v_deleted + v_gone;
    end loop;

    v_last := '00000000-0000-0000-0000-000000000000';
    loop
        v_ids := array(
            select companies.id from public.companies as companies
            where companies.workspace_id = p_import.workspace_id and companies.import_id = p_import.id and companies.id > v_last
            order by companies.id limit 5000 for update
        );
        exit when v_ids = '{}';
        v_last := v_ids[pg_catalog.cardinality(v_ids)];
        delete from public.companies as companies
        where companies.workspace_id = p_import.workspace_id and companies.id = any (v_ids) and companies.version = 1
            and not exists (
                select from public.contacts as contacts
                where contacts.workspace_id = companies.workspace_id and contacts.company_id = companies.id
            )
            and not exists (
                select from public.deals as deals
                where deals.workspace_id = companies.workspace_id and deals.company_id = companies.id
            )
            and not exists (
                select from public.activities as activities
                where activities.workspace_id = companies.workspace_id and activities.company_id = companies.id
            );
    end loop;

    update public.imports as imports
    set state = 'undone', failure = null, undone_count = v_deleted, undone_at = pg_catalog.clock_timestamp()
    where imports.workspace_id = p_import.workspace_id and imports.id = p_import.id;
end
$$;
comment on function private.undo_imported(public.imports) is
'Deletes contacts and companies that an import made and that nobody has changed or tied to anything since; makes nothing (P-9.1).';
revoke all on function private.undo_imported(public.imports) from public, anon, authenticated, service_role;

create function private.undo_import(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports := private.require_import(
        p_user_id, (p_arguments ->> 'import_id')::uuid, array['committed', 'undoing', 'undone'], true
    );
begin
    if v_import.state = 'committed' then
        if v_import.undo_until <= pg_catalog.clock_timestamp() then
            perform private.refuse('undo_is_over', 409, 'An import can be undone for 7 days.', v_import.undo_until::text);
        end if;
        if v_import.imported_count > private.longest_immediate_import() then
            update public.imports as imports set state = 'undoing', failure = null
            where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
        else
            perform private.undo_imported(v_import);
        end if;
    end if;
    return (
        select pg_catalog.jsonb_build_object(
            'import_id', imports.id, 'state', imports.state, 'undone_count', imports.undone_count, 'kept_count',
            case imports.state when 'undone' then (select pg_catalog.count(*) from private.kept_of_import(imports.workspace_id, imports.id)) end,
            'kept', (
                select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('contact_id', kept.id, 'reason', kept.reason)), '[]')
                from (
                    select ids.id, case when private.is_tied(imports.workspace_id, ids.id) then 'tied' else 'changed' end as reason
                    from private.kept_of_import(imports.workspace_id, imports.id) as ids (id)
                    where imports.state = 'undone' order by ids.id limit 100
                ) as kept
            )
        )
        from public.imports as imports where imports.id = v_import.id
    );
end
$$;
comment on function private.undo_import(uuid, jsonb) is
'Undoes an import: {import_id, state, undone_count, kept_count, kept: [{contact_id, reason: changed | tied}], at most 100} (P-9.1).';
revoke all on function private.undo_import(uuid, jsonb) from public, anon, authenticated, service_role;
