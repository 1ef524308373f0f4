-- Purpose: the rows of a list become contacts, all of them or none, in one transaction that a kill leaves nothing of.
-- Keeps:   P-2.3.4, P-3.1, P-8.2
-- Touches: functions private.longest_immediate_import, private.count_anew, private.make_imported, private.commit_import
-- Undo:    drop the functions

create function private.longest_immediate_import()
returns bigint
language sql
immutable
security invoker
set search_path = ''
as $$ select 100000::bigint $$;
comment on function private.longest_immediate_import() is
'How many rows are imported or undone while the caller waits; more wait for the schedule, as gateways end a call after a minute (P-8.2).';
revoke all on function private.longest_immediate_import() from public, anon, authenticated, service_role;

create function private.count_anew(p_table regclass, p_rows bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- PostgreSQL plans the checks of foreign keys by what it last counted. After an import that was killed, that is nothing in many
    -- pages, and each check then reads all contacts of the workspace by an index that only names the workspace.
    if (select classes.reltuples < p_rows from pg_catalog.pg_class as classes where classes.oid = p_table) then
        execute pg_catalog.format('lock table %s in share update exclusive mode nowait', p_table);
        execute pg_catalog.format('analyze %s', p_table);
    end if;
exception
    -- Somebody counts it already.
    when lock_not_available then
        null;
end
$$;
comment on function private.count_anew(regclass, bigint) is
'Has PostgreSQL look at a table again of which it believes that it holds fewer rows than are being written (P-8.2).';
revoke all on function private.count_anew(regclass, bigint) from public, anon, authenticated, service_role;

create function private.make_imported(p_import public.imports)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_bad_count bigint;
    v_made bigint;
    v_contacts bigint := 0;
    v_companies bigint := 0;
    v_from bigint := 0;
    v_until bigint;
begin
    -- Two lists at once in a workspace would not see each other's contacts.
    if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('imports ' || p_import.workspace_id, 0)) then
        perform private.refuse('import_is_running', 409, 'Another import of the workspace is being worked on. Try again in a moment.');
    end if;
    perform private.require_import_rows(p_import);
    perform private.find_import_misfits(p_import.workspace_id, p_import.id);
    perform private.find_import_duplicates(p_import.workspace_id, p_import.id);
    select pg_catalog.count(distinct problems.line_number) into v_bad_count from public.import_problems as problems
    where problems.workspace_id = p_import.workspace_id and problems.import_id = p_import.id;
    if v_bad_count > 0 and not p_import.is_partial then
        perform private.refuse('import_has_problems', 409, 'Some rows are wrong. Check again, or import the good rows only.', v_bad_count::text);
    elsif v_bad_count = p_import.row_count then
        perform private.refuse('import_has_no_good_rows', 409, 'No row of the list can be imported.', v_bad_count::text);
    end if;

    -- In slices, as PostgreSQL remembers each row of a statement until its foreign keys are checked.
    loop
        select pg_catalog.max(slice.line_number) into v_until from (
            select rows.line_number from public.import_rows as rows
            where rows.workspace_id = p_import.workspace_id and rows.import_id = p_import.id and rows.line_number > v_from
            order by rows.line_number limit 10000
        ) as slice;
        exit when v_until is null;

        insert into public.companies (workspace_id, name, import_id, made_by, created_by)
        select p_import.workspace_id, (pg_catalog.array_agg(good.company order by good.line_number))[1], p_import.id, 'import', p_import.created_by
        from private.good_import_rows(p_import.workspace_id, p_import.id, v_from, v_until) as good
        where good.company is not null and (
            select companies.id from public.companies as companies
            where companies.workspace_id = p_import.workspace_id and not companies.is_trashed
                and pg_catalog.lower(companies.name) = pg_catalog.lower(good.company)
            order by companies.created_at, companies.id limit 1
        ) is null
        group by pg_catalog.lower(good.company);
        get diagnostics v_made = row_count;
        v_companies := v_companies + v_made;
        perform private.count_anew('public.companies', v_made);

        insert into public.contacts (
            workspace_id, id, full_name, job_title, company_id, lifecycle, source, source_detail, lawful_basis, language, time_zone,
            description, tags, attributes, import_id, made_by, created_by
        )
        select p_import.workspace_id, good.contact_id, good.full_name, good.job_title, (
                select companies.id from public.companies as companies
                where companies.workspace_id = p_import.workspace_id and not companies.is_trashed
                    and pg_catalog.lower(companies.name) = pg_catalog.lower(good.company)
                order by companies.created_at, companies.id limit 1
            ), good.lifecycle, p_import.source, p_import.source_detail, p_import.lawful_basis, good.language, good.time_zone,
            good.description, good.tags, good.attributes, p_import.id, 'import', p_import.created_by
        from private.good_import_rows(p_import.workspace_id, p_import.id, v_from, v_until) as good;
        get diagnostics v_made = row_count;
        v_contacts := v_contacts + v_made;
        perform private.count_anew('public.contacts', v_made);

        insert into public.contact_addresses (workspace_id, contact_id, kind, address, is_main, made_by, created_by)
        select p_import.workspace_id, good.contact_id, held.kind, held.address, held.place = 1, 'import', p_import.created_by
        from private.good_import_rows(p_import.workspace_id, p_import.id, v_from, v_until) as good
        cross join lateral (
            select 'email' as kind, emails.address, emails.place
            from pg_catalog.unnest(pg_catalog.array_remove(good.emails, null)) with ordinality as emails (address, place)
            -- One that stands twice in its row is held once.
            where pg_catalog.array_position(pg_catalog.array_remove(good.emails, null), emails.address) = emails.place
            union all
            select 'phone', phones.address, phones.place
            from pg_catalog.unnest(pg_catalog.array_remove(good.phones, null)) with ordinality as phones (address, place)
            where pg_catalog.array_position(pg_catalog.array_remove(good.phones, null), phones.address) = phones.place
        ) as held;
        v_from := v_until;
    end loop;
    perform private.count_anew('public.contact_addresses', v_contacts);

    update public.imports as imports
    set state = 'committed', failure = null, bad_count = v_bad_count, imported_count = v_contacts, company_count = v_companies,
        committed_at = pg_catalog.clock_timestamp(), undo_until = pg_catalog.clock_timestamp() + interval '7 days'
    where imports.workspace_id = p_import.workspace_id and imports.id = p_import.id;
    perform private.forget_import_rows(p_import.workspace_id, p_import.id);
end
$$;
comment on function private.make_imported(public.imports) is
'Makes the contacts and companies of a list, refused if a row is wrong and not only the good ones were asked for (P-2.3.4, P-8.2).';
revoke all on function private.make_imported(public.imports) from public, anon, authenticated, service_role;
