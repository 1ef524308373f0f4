-- Purpose: who created and changed which record, by the names of fields, never by what they held.
-- Keeps:   P-8.2, P-9.1, P-6.3
-- Touches: table public.record_changes; functions private.log_insert, log_update, log_delete, expire_record_changes
-- Undo:    drop them

create table public.record_changes (
    id bigint generated always as identity primary key,
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    table_name text not null,
    record_id uuid not null,
    operation text not null,
    fields text[] not null default '{}',
    made_by text not null,
    changed_by uuid references public.profiles (user_id) on delete set null,
    changed_at timestamptz not null default clock_timestamp(),
    constraint operation_is_known check (operation in ('insert', 'update', 'delete'))
);
comment on table public.record_changes is
'Who created and changed which record of a workspace: names of fields, never values; 13 months, and gone with a person''s record (P-8.2, P-9.1).';
comment on column public.record_changes.id is 'The change (P-8.2).';
comment on column public.record_changes.workspace_id is 'In which workspace (P-6.3).';
comment on column public.record_changes.table_name is 'Of which table (P-8.2).';
comment on column public.record_changes.record_id is 'Of which record: the contact, for what hangs on a contact (P-8.2).';
comment on column public.record_changes.operation is 'insert, update or delete (P-8.2).';
comment on column public.record_changes.fields is 'Names of the fields that changed (P-8.2).';
comment on column public.record_changes.made_by is 'What changed it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.record_changes.changed_by is 'Which person; nobody once that account is gone (P-8.2).';
comment on column public.record_changes.changed_at is 'When (P-9.1).';

create index record_changes_record on public.record_changes (workspace_id, record_id, id);
create index record_changes_changed_by on public.record_changes (changed_by);
create index record_changes_changed_at on public.record_changes using brin (changed_at);

alter table public.record_changes enable row level security;
revoke all on public.record_changes from public, anon, authenticated, service_role;
grant select (id, workspace_id, table_name, record_id, operation, fields, made_by, changed_by, changed_at) on public.record_changes to authenticated;
create policy record_changes_select_member on public.record_changes for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy record_changes_select_member on public.record_changes is
'You see changes of records of your workspaces (P-8.2, P-6.3).';
create trigger record_changes_refuse_truncate before truncate on public.record_changes
for each statement execute function private.refuse_truncate();

create function private.log_insert()
returns trigger
language plpgsql
volatile
-- Definer: nobody writes the record of changes but this; the body notes what this one statement did.
security definer
set search_path = ''
as $$
begin
    insert into public.record_changes (workspace_id, table_name, record_id, operation, made_by, changed_by)
    select added.workspace_id, tg_table_name, (pg_catalog.to_jsonb(added) ->> tg_argv[0])::uuid, 'insert', added.made_by, added.created_by
    from new_rows as added;
    return null;
end
$$;
comment on function private.log_insert() is 'Trigger: notes who added which records (P-8.2).';
revoke all on function private.log_insert() from public, anon, authenticated, service_role;

create function private.log_update()
returns trigger
language plpgsql
volatile
-- Definer: as log_insert, nobody writes the record of changes but this; the body notes what this one statement did.
security definer
set search_path = ''
as $$
begin
    insert into public.record_changes (workspace_id, table_name, record_id, operation, fields, made_by, changed_by)
    select changed.workspace_id, tg_table_name, (changed.after ->> tg_argv[0])::uuid, 'update', changed.fields,
        coalesce(nullif(pg_catalog.current_setting('cxtrack.made_by', true), ''), 'user'), changed.updated_by
    from (
        select both_rows.workspace_id, both_rows.updated_by, both_rows.after, array(
            select held.key from pg_catalog.jsonb_each(both_rows.after) as held
            where held.value is distinct from both_rows.before -> held.key and held.key <> all (array[
                'version', 'updated_at', 'updated_by', 'created_by', 'search_text', 'search_document', 'purge_at'
            ])
            order by held.key
        ) as fields
        from (
            select new_rows.workspace_id, new_rows.updated_by, pg_catalog.to_jsonb(new_rows) as after,
                pg_catalog.to_jsonb(old_rows) as before
            from new_rows
            inner join old_rows on old_rows.workspace_id = new_rows.workspace_id and old_rows.id = new_rows.id
            -- Each row is written out once, not once for each of its fields.
            offset 0
        ) as both_rows
    ) as changed
    where pg_catalog.cardinality(changed.fields) > 0;
    return null;
end
$$;
comment on function private.log_update() is 'Trigger: notes who changed which fields of which records (P-8.2).';
revoke all on function private.log_update() from public, anon, authenticated, service_role;

create function private.log_delete()
returns trigger
language plpgsql
volatile
-- Definer: as log_insert, nobody writes the record of changes but this; the body notes what this one statement did.
security definer
set search_path = ''
as $$
declare
    v_user_id uuid := case when pg_catalog.current_setting('role') = 'authenticated' then auth.uid() end;
begin
    if tg_table_name = 'contacts' then
        -- What was noted about a person goes with the person.
        delete from public.record_changes as changes
        using old_rows where changes.workspace_id = old_rows.workspace_id and changes.record_id = old_rows.id;
        return null;
    end if;
    insert into public.record_changes (workspace_id, table_name, record_id, operation, made_by, changed_by)
    select removed.workspace_id, tg_table_name, (pg_catalog.to_jsonb(removed) ->> tg_argv[0])::uuid, 'delete',
        coalesce(nullif(pg_catalog.current_setting('cxtrack.made_by', true), ''), 'user'),
        (select profiles.user_id from public.profiles as profiles where profiles.user_id = v_user_id)
    from old_rows as removed
    -- With the whole workspace, or with the contact that it hung on, nothing is noted.
    inner join public.workspaces as workspaces on workspaces.id = removed.workspace_id
    where tg_argv[0] = 'id' or exists (
        select from public.contacts as contacts
        where contacts.workspace_id = removed.workspace_id and contacts.id = (pg_catalog.to_jsonb(removed) ->> tg_argv[0])::uuid
    );
    return null;
end
$$;
comment on function private.log_delete() is 'Trigger: notes who deleted which records, and forgets what was noted about a person (P-8.2, P-9.1).';
revoke all on function private.log_delete() from public, anon, authenticated, service_role;

create function private.expire_record_changes()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted bigint;
begin
    delete from public.record_changes as changes where changes.changed_at < pg_catalog.now() - interval '13 months';
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_record_changes() is 'Deletes what was noted more than 13 months ago; returns how much (P-9.1).';
revoke all on function private.expire_record_changes() from public, anon, authenticated, service_role;

select cron.schedule('expire-record-changes', '7 4 * * *', 'select private.expire_record_changes()');
