-- Purpose: what the frontend calls to import a list of contacts, and to undo that.
-- Keeps:   P-2.3.4, P-6.3, P-8.2
-- Touches: functions of public
-- Undo:    drop the functions

create function public.begin_import(workspace_id uuid, source text, lawful_basis text, file_name text, mapping jsonb default null, source_detail text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.list_requests (action, arguments)
    values ('begin_import', pg_catalog.jsonb_build_object('workspace_id', begin_import.workspace_id, 'source', begin_import.source, 'lawful_basis', begin_import.lawful_basis, 'file_name', begin_import.file_name, 'mapping', begin_import.mapping, 'source_detail', begin_import.source_detail))
    returning answer;
end;
comment on function public.begin_import(uuid, text, text, text, jsonb, text) is
'Begins an import of contacts, with its source and lawful basis on record; mapping is {header: column or null}: {import_id, state} (P-2.3.4, P-3.1).';
revoke all on function public.begin_import(uuid, text, text, text, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.begin_import(uuid, text, text, text, jsonb, text) to authenticated;

-- PostgREST gives the whole call what its function sets: work on a list may take longer than the 8 seconds of a client's statement.
create function public.add_import_part(import_id uuid, part_number integer, content text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('add_import_part', pg_catalog.jsonb_build_object('import_id', add_import_part.import_id, 'part_number', add_import_part.part_number, 'content', add_import_part.content))
    returning answer;
end;
comment on function public.add_import_part(uuid, integer, text) is
'Takes the next part of the file, at most 1 MB of its text and 50,000 rows, cut anywhere; the same part again counts once: {outcome: taken | taken_before, part_count, row_count} (P-2.3.4, P-8.2).';
revoke all on function public.add_import_part(uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.add_import_part(uuid, integer, text) to authenticated;

create function public.check_import(import_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('check_import', pg_catalog.jsonb_build_object('import_id', check_import.import_id))
    returning answer;
end;
comment on function public.check_import(uuid) is
'Ends the upload and checks every row, importing nothing; import_problems says what is wrong in which line: {import_id, state, header, row_count, good_count, bad_count, problems: {code: rows}} (P-8.2).';
revoke all on function public.check_import(uuid) from public, anon, authenticated, service_role;
grant execute on function public.check_import(uuid) to authenticated;

create function public.commit_import(import_id uuid, only_good_rows boolean default false)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('commit_import', pg_catalog.jsonb_build_object('import_id', commit_import.import_id, 'only_good_rows', commit_import.only_good_rows))
    returning answer;
end;
comment on function public.commit_import(uuid, boolean) is
'Imports all rows or none, or only the good ones; more than 100,000 rows become state committing and are done by the schedule: as check_import, with imported_count, company_count, undo_until (P-2.3.4, P-8.2).';
revoke all on function public.commit_import(uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.commit_import(uuid, boolean) to authenticated;

create function public.cancel_import(import_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.list_requests (action, arguments)
    values ('cancel_import', pg_catalog.jsonb_build_object('import_id', cancel_import.import_id))
    returning answer;
end;
comment on function public.cancel_import(uuid) is
'Gives an import up that is not committed, one''s own or as an owner or admin a colleague''s, and deletes what was uploaded: {import_id, state} (P-6.3, P-9.1).';
revoke all on function public.cancel_import(uuid) from public, anon, authenticated, service_role;
grant execute on function public.cancel_import(uuid) to authenticated;

create function public.undo_import(import_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('undo_import', pg_catalog.jsonb_build_object('import_id', undo_import.import_id))
    returning answer;
end;
comment on function public.undo_import(uuid) is
'For 7 days: deletes the contacts that an import made and that nobody has changed or tied to anything since: {import_id, state, undone_count, kept_count, kept} (P-9.1).';
revoke all on function public.undo_import(uuid) from public, anon, authenticated, service_role;
grant execute on function public.undo_import(uuid) to authenticated;
