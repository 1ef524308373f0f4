-- Purpose: a list is checked before anything of it is imported: against itself and against the contacts that are there.
-- Keeps:   P-2.3.4, P-8.2
-- Touches: functions private.find_import_duplicates, private.import_report, private.check_import
-- Undo:    drop the functions

create function private.find_import_duplicates(p_workspace_id uuid, p_import_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_targets text[];
    v_emails text[];
    v_phones text[];
begin
    select uploads.targets into v_targets from private.import_uploads as uploads
    where uploads.workspace_id = p_workspace_id and uploads.import_id = p_import_id;
    v_emails := array(
        select v_targets[places.place] from pg_catalog.unnest(private.import_places(v_targets, 'email')) with ordinality as places (place, n)
        order by places.n
    );
    v_phones := array(
        select v_targets[places.place] from pg_catalog.unnest(private.import_places(v_targets, 'phone')) with ordinality as places (place, n)
        order by places.n
    );
    delete from public.import_problems as problems
    where problems.workspace_id = p_workspace_id and problems.import_id = p_import_id
        and problems.code in ('duplicate_in_file', 'duplicate_of_contact');

    insert into public.import_problems (workspace_id, import_id, line_number, column_name, code)
    select p_workspace_id, p_import_id, rows.line_number, held.column_name, 'duplicate_of_contact'
    from public.import_rows as rows
    cross join lateral (
        select emails.address, emails.column_name from rows from (pg_catalog.unnest(rows.emails), pg_catalog.unnest(v_emails)) as emails (address, column_name)
        union all
        select phones.address, phones.column_name from rows from (pg_catalog.unnest(rows.phones), pg_catalog.unnest(v_phones)) as phones (address, column_name)
    ) as held
    where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id and held.address is not null and exists (
        select from public.contact_addresses as addresses
        inner join public.contacts as contacts
            on contacts.workspace_id = addresses.workspace_id and contacts.id = addresses.contact_id and not contacts.is_trashed
        where addresses.workspace_id = p_workspace_id and addresses.address = held.address
    );

    -- Of rows that name the same address, the first that would be imported stands. Whether a row is wrong is asked by its key: of rows
    -- that have just come nothing is known, and joined they would be searched for in each other.
    insert into public.import_problems (workspace_id, import_id, line_number, column_name, code)
    select p_workspace_id, p_import_id, held.line_number, held.column_name, 'duplicate_in_file'
    from (
        select rows.line_number, addresses.column_name,
            pg_catalog.min(rows.line_number) filter (where not exists (
                select from public.import_problems as problems
                where problems.workspace_id = p_workspace_id and problems.import_id = p_import_id and problems.line_number = rows.line_number
            )) over (partition by addresses.address) as first_line
        from public.import_rows as rows
        cross join lateral (
            select emails.address, emails.column_name from rows from (pg_catalog.unnest(rows.emails), pg_catalog.unnest(v_emails)) as emails (address, column_name)
            union all
            select phones.address, phones.column_name from rows from (pg_catalog.unnest(rows.phones), pg_catalog.unnest(v_phones)) as phones (address, column_name)
        ) as addresses
        where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id and addresses.address is not null
    ) as held
    where held.line_number > held.first_line
    on conflict do nothing;
end
$$;
comment on function private.find_import_duplicates(uuid, uuid) is
'Notes which rows of a list name an e-mail address or a phone number that an earlier row or a contact has (P-8.2).';
revoke all on function private.find_import_duplicates(uuid, uuid) from public, anon, authenticated, service_role;

create function private.import_report(p_import_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select pg_catalog.jsonb_build_object(
        'import_id', imports.id, 'state', imports.state, 'header', imports.header, 'row_count', imports.row_count,
        'bad_count', imports.bad_count, 'good_count', imports.row_count - imports.bad_count, 'problems', coalesce((
            select pg_catalog.jsonb_object_agg(counted.code, counted.row_count)
            from (
                select problems.code, pg_catalog.count(distinct problems.line_number) as row_count
                from public.import_problems as problems
                where problems.workspace_id = imports.workspace_id and problems.import_id = imports.id
                group by problems.code
            ) as counted
        ), '{}'), 'imported_count', imports.imported_count, 'company_count', imports.company_count, 'undo_until', imports.undo_until
    )
    from public.imports as imports where imports.id = p_import_id
$$;
comment on function private.import_report(uuid) is
'How an import stands: {import_id, state, header, row_count, good_count, bad_count, problems: {code: rows}, imported_count, company_count, undo_until} (P-8.2).';
revoke all on function private.import_report(uuid) from public, anon, authenticated, service_role;

create function private.check_import(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports := private.require_import(p_user_id, (p_arguments ->> 'import_id')::uuid, array['staging', 'checked']);
    v_upload private.import_uploads := private.require_upload(v_import);
begin
    perform private.require_list_member(p_user_id, v_import.workspace_id, 'member', true);
    if v_import.state = 'staging' then
        v_import.row_count := private.take_import_text(v_upload, '', true);
        v_upload := private.require_upload(v_import);
    end if;
    if v_upload.targets is null then
        perform private.refuse('file_is_empty', 422, 'The file holds no header.');
    elsif v_import.row_count = 0 then
        perform private.refuse('file_has_no_rows', 422, 'The file holds a header and nothing below it.');
    end if;
    perform private.require_import_rows(v_import);
    perform private.find_import_misfits(v_import.workspace_id, v_import.id);
    perform private.find_import_duplicates(v_import.workspace_id, v_import.id);
    update public.imports as imports
    set state = 'checked', failure = null, checked_at = pg_catalog.clock_timestamp(), bad_count = (
        select pg_catalog.count(distinct problems.line_number) from public.import_problems as problems
        where problems.workspace_id = v_import.workspace_id and problems.import_id = v_import.id
    )
    where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
    return private.import_report(v_import.id);
end
$$;
comment on function private.check_import(uuid, jsonb) is 'Ends the upload of a list and checks every row: import_report (P-2.3.4, P-8.2).';
revoke all on function private.check_import(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.require_import_rows(p_import public.imports)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if p_import.row_count <> (
        select pg_catalog.count(*) from public.import_rows as rows
        where rows.workspace_id = p_import.workspace_id and rows.import_id = p_import.id
    ) then
        perform private.refuse('import_rows_lost', 409, 'The server restarted and lost what was uploaded. Begin again.');
    end if;
end
$$;
comment on function private.require_import_rows(public.imports) is
'Refuses an import whose rows a crash of the server has taken, as they are in no log (P-8.2).';
revoke all on function private.require_import_rows(public.imports) from public, anon, authenticated, service_role;
