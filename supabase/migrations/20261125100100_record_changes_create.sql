-- Purpose: who created and changed which record, by the names of fields, never by what they held.
-- Keeps:   P-8.2, P-9.1, P-6.3
-- Touches: table public.record_changes; functions private.log_insert, log_update, log_delete, expire_record_changes
-- Undo:    drop them

create table public.record_changes (
    id uuid primary key default gen_random_uuid(),
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
comment on column public.record_changes.id is 'The change; no number, which would tell how much others do (P-8.2, P-6.3).';
comment on column public.record_changes.workspace_id is 'In which workspace (P-6.3).';
comment on column public.record_changes.table_name is 'Of which table (P-8.2).';
comment on column public.record_changes.record_id is 'Of which record: the contact, for what hangs on a contact (P-8.2).';
comment on column public.record_changes.operation is 'insert, update or delete (P-8.2).';
comment on column public.record_changes.fields is 'Names of the fields that changed (P-8.2).';
comment on column public.record_changes.made_by is 'What changed it: user, voice_agent, automation, import, form, or system if it was nobody''s doing (P-4.2).';
comment on column public.record_changes.changed_by is 'Which person; nobody once that account is gone (P-8.2).';
comment on column public.record_changes.changed_at is 'When (P-9.1).';

create index record_changes_record on public.record_changes (workspace_id, record_id, changed_at);
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
    -- Only where it has to be is the whole row written out as JSON: that costs more than all the rest of this.
    select added.workspace_id, tg_table_name,
        case when tg_argv[0] = 'id' then added.id else (pg_catalog.to_jsonb(added) ->> tg_argv[0])::uuid end,
        'insert', added.made_by, added.created_by
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
-- Definer: as log_insert, nobody writes the record of changes but this; the body notes what happened to this one record.
security definer
set search_path = ''
as $$
declare
    v_before jsonb := pg_catalog.to_jsonb(old);
    v_after jsonb := pg_catalog.to_jsonb(new);
    v_fields text[] := array(
        select held.key from pg_catalog.jsonb_each(v_after) as held
        where held.value is distinct from v_before -> held.key and held.key <> all (array[
            'version', 'updated_at', 'updated_by', 'created_by', 'purge_at', 'is_trashed', 'is_done'
        ])
        order by held.key
    );
begin
    if pg_catalog.cardinality(v_fields) > 0 then
        insert into public.record_changes (workspace_id, table_name, record_id, operation, fields, made_by, changed_by)
        values (
            new.workspace_id, tg_table_name, (v_after ->> tg_argv[0])::uuid, 'update', v_fields,
            coalesce(
                nullif(pg_catalog.current_setting('cxtrack.made_by', true), ''),
                case when new.updated_by is null then 'system' else 'user' end
            ), new.updated_by
        );
    end if;
    return null;
end
$$;
comment on function private.log_update() is
'Trigger: notes who changed which fields of a record. For each row: to pair rows before and after is slow for many (P-8.2).';
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
        -- What was noted about a person goes with the person; a deal that was given the same id keeps its own.
        delete from public.record_changes as changes
        using old_rows where changes.workspace_id = old_rows.workspace_id and changes.record_id = old_rows.id
            and changes.table_name in ('contacts', 'contact_addresses', 'contact_permissions');
        return null;
    end if;
    insert into public.record_changes (workspace_id, table_name, record_id, operation, made_by, changed_by)
    select removed.workspace_id, tg_table_name, record.id, 'delete',
        coalesce(
            nullif(pg_catalog.current_setting('cxtrack.made_by', true), ''), case when v_user_id is null then 'system' else 'user' end
        ), (select profiles.user_id from public.profiles as profiles where profiles.user_id = v_user_id)
    from old_rows as removed
    -- With the whole workspace, or with the record that it hung on, nothing is noted.
    inner join public.workspaces as workspaces on workspaces.id = removed.workspace_id
    cross join lateral (select (pg_catalog.to_jsonb(removed) ->> tg_argv[0])::uuid as id) as record
    where case tg_argv[0]
        when 'contact_id' then exists (
            select from public.contacts as contacts where contacts.workspace_id = removed.workspace_id and contacts.id = record.id
        )
        when 'deal_id' then exists (
            select from public.deals as deals where deals.workspace_id = removed.workspace_id and deals.id = record.id
        )
        when 'activity_id' then exists (
            select from public.activities as activities
            where activities.workspace_id = removed.workspace_id and activities.id = record.id
        )
        else true
    end;
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
