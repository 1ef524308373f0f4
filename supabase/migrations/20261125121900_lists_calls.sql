-- Purpose: what the frontend calls to take a list of contacts out, and to find, merge and part contacts that are one person.
-- Keeps:   P-3.3, P-6.3, P-8.2
-- Touches: functions of public
-- Undo:    drop the functions

create function public.export_contacts(workspace_id uuid, filter jsonb default '{}')
returns public."text/csv" -- noqa: RF05
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('export_contacts', pg_catalog.jsonb_build_object('workspace_id', export_contacts.workspace_id, 'filter', export_contacts.filter))
    returning (answer #>> '{}')::public."text/csv"; -- noqa: RF05
end;
comment on function public.export_contacts(uuid, jsonb) is
'Owners and admins take contacts out as a CSV file, filtered by lifecycle, owner_id, company_id, tag, created_from, created_until or query; on record in list_exports (P-6.3, P-8.2).';
revoke all on function public.export_contacts(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.export_contacts(uuid, jsonb) to authenticated;

create function public.find_duplicates(workspace_id uuid, after text default null, page_size integer default 50)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
set statement_timeout = '5min'
begin atomic
    insert into private.list_requests (action, arguments)
    values ('find_duplicates', pg_catalog.jsonb_build_object('workspace_id', find_duplicates.workspace_id, 'after', find_duplicates.after, 'page_size', find_duplicates.page_size))
    returning answer;
end;
comment on function public.find_duplicates(uuid, text, integer) is
'Contacts that share an e-mail address or a phone number: {duplicates: [{kind, address, contact_ids}], next}; next is passed as after (P-6.3, P-8.2).';
revoke all on function public.find_duplicates(uuid, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.find_duplicates(uuid, text, integer) to authenticated;

create function public.merge_contacts(workspace_id uuid, keep_id uuid, merge_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.list_requests (action, arguments)
    values ('merge_contacts', pg_catalog.jsonb_build_object('workspace_id', merge_contacts.workspace_id, 'keep_id', merge_contacts.keep_id, 'merge_id', merge_contacts.merge_id))
    returning answer;
end;
comment on function public.merge_contacts(uuid, uuid, uuid) is
'Makes one contact of two, which can be undone for 30 days: {merge_id, kept_contact_id, undo_until} (P-3.3, P-8.2).';
revoke all on function public.merge_contacts(uuid, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.merge_contacts(uuid, uuid, uuid) to authenticated;

create function public.unmerge_contacts(workspace_id uuid, merge_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.list_requests (action, arguments)
    values ('unmerge_contacts', pg_catalog.jsonb_build_object('workspace_id', unmerge_contacts.workspace_id, 'merge_id', unmerge_contacts.merge_id))
    returning answer;
end;
comment on function public.unmerge_contacts(uuid, uuid) is
'Undoes the newest merge of a contact: {kept_contact_id, restored_contact_id, undone_at} (P-3.3, P-8.2).';
revoke all on function public.unmerge_contacts(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.unmerge_contacts(uuid, uuid) to authenticated;
