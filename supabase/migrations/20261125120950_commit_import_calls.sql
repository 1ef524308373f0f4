-- Purpose: a list is imported at once if it is short, or by the schedule if it is long.
-- Keeps:   P-1.1, P-2.3.4, P-6.3, P-8.2
-- Touches: functions private.commit_import, private.require_importer, private.run_imports; schedule
-- Undo:    drop the functions, unschedule

create function private.commit_import(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports := private.require_import(
        p_user_id, (p_arguments ->> 'import_id')::uuid, array['checked', 'committing', 'committed']
    );
begin
    -- Asked again, as after an answer that was lost.
    if v_import.state <> 'checked' then
        return private.import_report(v_import.id);
    end if;
    perform private.require_list_member(p_user_id, v_import.workspace_id, 'member', true);
    update public.imports as imports
    set is_partial = coalesce((p_arguments ->> 'only_good_rows')::boolean, false), failure = null,
        state = case when imports.row_count > private.longest_immediate_import() then 'committing' else 'checked' end
    where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id
    returning imports.* into v_import;
    if v_import.bad_count > 0 and not v_import.is_partial then
        perform private.refuse('import_has_problems', 409, 'Some rows are wrong. Correct them, or import the good rows only.', v_import.bad_count::text);
    end if;
    if v_import.state = 'checked' then
        perform private.make_imported(v_import);
    end if;
    return private.import_report(v_import.id);
end
$$;
comment on function private.commit_import(uuid, jsonb) is
'Makes the contacts of a list that was checked, or has the schedule do so if it is long: import_report (P-2.3.4, P-8.2).';
revoke all on function private.commit_import(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.require_importer(p_import public.imports)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    -- And not require_open: what the schedule does is no use by the person, who by a use accepts what was announced.
    v_missing text[] := private.missing_for(p_import.created_by);
begin
    if not exists (
        select from public.workspace_members as members
        where members.workspace_id = p_import.workspace_id and members.user_id = p_import.created_by
    ) then
        perform private.refuse('workspace_not_found', 404, 'Whoever imports is no member of the workspace any more.');
    end if;
    if pg_catalog.cardinality(v_missing) > 0 then
        perform private.refuse(v_missing[1], 403, 'New processing is closed for this account until what is missing is done.');
    end if;
    perform private.require_terms(p_import.workspace_id);
end
$$;
comment on function private.require_importer(public.imports) is
'Refuses an import whose user has left the workspace or may start no new processing since it was asked for (P-1.1, P-6.3).';
revoke all on function private.require_importer(public.imports) from public, anon, authenticated, service_role;

create function private.run_imports()
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports;
    v_state text;
    v_message text;
begin
    -- One a run: each is a transaction of its own.
    select imports.* into v_import from public.imports as imports
    where imports.state in ('committing', 'undoing') order by imports.updated_at limit 1 for update skip locked;
    if v_import.id is null then
        return null;
    end if;
    begin
        if v_import.state = 'committing' then
            perform private.require_importer(v_import);
            perform private.make_imported(v_import);
        else
            perform private.undo_imported(v_import);
        end if;
    exception
        -- Every fault, whatever it is: the import says what happened and can be tried again, and the schedule takes the next.
        when others then
            get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
            update public.imports as imports
            set state = case v_import.state when 'committing' then 'checked' else 'committed' end,
                failure = case v_state when 'PGRST' then v_message::jsonb ->> 'code' else v_state end
            where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
    end;
    return (select imports.state from public.imports as imports where imports.id = v_import.id);
end
$$;
comment on function private.run_imports() is
'Does the longest-waiting import or undoing that the schedule was left with; returns the state it came to, null if none waited (P-8.2).';
revoke all on function private.run_imports() from public, anon, authenticated, service_role;

-- A long list may take longer than what a project allows a statement.
select cron.schedule('run-imports', '* * * * *', 'set local statement_timeout = 0; select private.run_imports()');
