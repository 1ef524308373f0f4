-- Purpose: on record for every list of contacts that left as a file: who, when, by which fields it was filtered, how many.
-- Keeps:   P-6.3, P-8.2, P-9.1
-- Touches: table public.list_exports; function private.expire_list_exports; schedule; type public."text/csv"
-- Undo:    drop them, unschedule

create table public.list_exports (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    exported_by uuid references public.profiles (user_id) on delete set null,
    exported_at timestamptz not null default clock_timestamp(),
    filter_fields text[] not null default '{}',
    contact_count bigint not null,
    primary key (workspace_id, id),
    constraint exported_contacts_are_counted check (contact_count >= 0)
);
comment on table public.list_exports is
'Who took a list of contacts out of a workspace, when and by which fields filtered; no values, 13 months (P-6.3, P-8.2).';
comment on column public.list_exports.workspace_id is 'Out of which workspace (P-6.3).';
comment on column public.list_exports.id is 'The export (P-8.2).';
comment on column public.list_exports.exported_by is 'Who; nobody once that account is gone (P-8.2).';
comment on column public.list_exports.exported_at is 'When (P-9.1).';
comment on column public.list_exports.filter_fields is 'By which fields the list was filtered, by name and not by what they held (P-8.2).';
comment on column public.list_exports.contact_count is 'How many contacts it held (P-8.2).';

create index list_exports_exported_by on public.list_exports (exported_by);
create index list_exports_exported_at on public.list_exports (exported_at);

alter table public.list_exports enable row level security;
revoke all on public.list_exports from public, anon, authenticated, service_role;
grant select (workspace_id, id, exported_by, exported_at, filter_fields, contact_count) on public.list_exports to authenticated;
create policy list_exports_select_member on public.list_exports for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy list_exports_select_member on public.list_exports is
'You see who took lists of contacts out of your workspaces (P-6.3, P-8.2).';
create trigger list_exports_refuse_truncate before truncate on public.list_exports
for each statement execute function private.refuse_truncate();

create function private.expire_list_exports()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted bigint;
begin
    delete from public.list_exports as exports where exports.exported_at < pg_catalog.now() - interval '13 months';
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_list_exports() is 'Deletes the record of exports more than 13 months ago; returns how many (P-9.1).';
revoke all on function private.expire_list_exports() from public, anon, authenticated, service_role;

select cron.schedule('expire-list-exports', '13 4 * * *', 'select private.expire_list_exports()');

-- PostgREST answers a function of this type as a file, where Accept asks for text/csv, as .csv() of supabase-js does.
create domain public."text/csv" as text; -- noqa: RF05
comment on domain public."text/csv" is 'Text of a CSV file, RFC 4180 (P-8.2).'; -- noqa: RF05
