-- Purpose: the rows of a list that can be imported, and their end.
-- Keeps:   P-2.3.4, P-6.3, P-8.2, P-9.1
-- Touches: functions private.good_import_rows, private.forget_import_rows, private.cancel_import, private.end_imports_of_member, private.end_import_of_nobody, private.expire_imports; schedule
-- Undo:    drop the functions, unschedule

create function private.good_import_rows(p_workspace_id uuid, p_import_id uuid, p_after bigint, p_until bigint)
returns setof public.import_rows
language sql
stable
security invoker
set search_path = ''
as $$
    select rows.* from public.import_rows as rows
    where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id
        and rows.line_number > p_after and rows.line_number <= p_until and not exists (
            select from public.import_problems as problems
            where problems.workspace_id = rows.workspace_id and problems.import_id = rows.import_id
                and problems.line_number = rows.line_number
        )
$$;
comment on function private.good_import_rows(uuid, uuid, bigint, bigint) is 'Rows of a slice of a list that nothing is wrong with (P-8.2).';
revoke all on function private.good_import_rows(uuid, uuid, bigint, bigint) from public, anon, authenticated, service_role;

create function private.forget_import_rows(p_workspace_id uuid, p_import_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    delete from public.import_rows as rows where rows.workspace_id = p_workspace_id and rows.import_id = p_import_id;
    delete from private.import_uploads as uploads where uploads.workspace_id = p_workspace_id and uploads.import_id = p_import_id;
$$;
comment on function private.forget_import_rows(uuid, uuid) is
'Deletes what was uploaded of a list; what was wrong in which line, which names nobody, stays for a day (P-9.1).';
revoke all on function private.forget_import_rows(uuid, uuid) from public, anon, authenticated, service_role;

create function private.cancel_import(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports := private.require_import(
        p_user_id, (p_arguments ->> 'import_id')::uuid, array['staging', 'checked', 'committing', 'cancelled'], true
    );
begin
    perform private.forget_import_rows(v_import.workspace_id, v_import.id);
    update public.imports as imports set state = 'cancelled'
    where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
    return pg_catalog.jsonb_build_object('import_id', v_import.id, 'state', 'cancelled');
end
$$;
comment on function private.cancel_import(uuid, jsonb) is 'Gives an import up, one''s own or as an owner or admin a colleague''s, and deletes what was uploaded: {import_id, state} (P-6.3, P-9.1).';
revoke all on function private.cancel_import(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.end_imports_of_member()
returns trigger
language plpgsql
volatile
-- Definer: a membership may go through a cascade begun by Supabase Auth or Studio; the body ends this member's imports there.
security definer
set search_path = ''
as $$
declare
    v_import record;
begin
    -- Nobody who leaves or is removed waits for a list that is being worked on: what then is left of it, expire_imports ends.
    for v_import in
        select imports.workspace_id, imports.id, imports.row_count from public.imports as imports
        where imports.workspace_id = old.workspace_id and imports.created_by = old.user_id
            and imports.state in ('staging', 'checked', 'committing')
        order by imports.id for update skip locked
    loop
        update public.imports as imports set state = 'cancelled'
        where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
        -- Nor for millions of rows to go: nobody sees them any more, and expire_imports deletes them.
        if v_import.row_count <= private.longest_immediate_import() then
            perform private.forget_import_rows(v_import.workspace_id, v_import.id);
        end if;
    end loop;
    return null;
end
$$;
comment on function private.end_imports_of_member() is
'Trigger: what a member uploaded and did not import ends with the membership (P-6.3, P-9.1).';
revoke all on function private.end_imports_of_member() from public, anon, authenticated, service_role;
create trigger end_imports_of_member after delete on public.workspace_members
for each row execute function private.end_imports_of_member();

create function private.end_import_of_nobody()
returns trigger
language plpgsql
volatile
-- Definer: the account may go through a cascade begun by Supabase Auth or Studio; the body ends this one import.
security definer
set search_path = ''
as $$
begin
    if new.state in ('staging', 'checked', 'committing', 'cancelled') then
        perform private.forget_import_rows(new.workspace_id, new.id);
        new.state := 'cancelled';
    end if;
    return new;
end
$$;
comment on function private.end_import_of_nobody() is 'Trigger: what a person uploaded and did not import goes with the account (P-9.2).';
revoke all on function private.end_import_of_nobody() from public, anon, authenticated, service_role;
create trigger end_import_of_nobody before update of created_by on public.imports
for each row when (old.created_by is not null and new.created_by is null) execute function private.end_import_of_nobody();

create function private.expire_imports()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import record;
    v_ended bigint := 0;
begin
    for v_import in
        select imports.workspace_id, imports.id from public.imports as imports
        where imports.state in ('staging', 'checked', 'committing') and (
            imports.updated_at < pg_catalog.now() - interval '1 day' or not exists (
                select from public.workspace_members as members
                where members.workspace_id = imports.workspace_id and members.user_id = imports.created_by
            )
        )
        order by imports.updated_at limit 100 for update skip locked
    loop
        perform private.forget_import_rows(v_import.workspace_id, v_import.id);
        update public.imports as imports set state = 'cancelled'
        where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
        v_ended := v_ended + 1;
    end loop;
    for v_import in
        select uploads.workspace_id, uploads.import_id from private.import_uploads as uploads
        inner join public.imports as imports on imports.workspace_id = uploads.workspace_id and imports.id = uploads.import_id
        where imports.state = 'cancelled' limit 100
    loop
        perform private.forget_import_rows(v_import.workspace_id, v_import.import_id);
    end loop;
    delete from public.import_problems as problems using public.imports as imports
    where imports.workspace_id = problems.workspace_id and imports.id = problems.import_id
        and imports.state in ('committed', 'undone', 'cancelled') and imports.updated_at < pg_catalog.now() - interval '1 day';
    return v_ended;
end
$$;
comment on function private.expire_imports() is
'Ends imports that nothing has happened to for a day or whose member is none any more, with all that was uploaded; returns how many (P-6.3, P-9.1).';
revoke all on function private.expire_imports() from public, anon, authenticated, service_role;

select cron.schedule('expire-imports', '11 * * * *', 'select private.expire_imports()');
