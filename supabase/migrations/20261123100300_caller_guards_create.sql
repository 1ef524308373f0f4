-- Purpose: the checks that every service_api function and every guarded table starts from.
-- Keeps:   P-5.4.6, P-8.2
-- Touches: functions private.require_caller, private.refuse_truncate
-- Undo:    drop both functions

create function private.require_caller(variadic p_roles text[])
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    -- Inside a definer function current_user is the owner, but the setting "role" is still what PostgREST switched to:
    -- one grant too many on a schema or function therefore opens nothing.
    if not (pg_catalog.current_setting('role') = any (p_roles)) then
        raise insufficient_privilege using message = 'this function is not for this role';
    end if;
end
$$;

comment on function private.require_caller(text[]) is
'Refuses unless the request runs as one of the named roles; the first line of every service_api function (P-5.4.6).';
revoke all on function private.require_caller(text[]) from public, anon, authenticated, service_role;

create function private.refuse_truncate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    raise insufficient_privilege using
        message = pg_catalog.format('%I.%I cannot be truncated', tg_table_schema, tg_table_name),
        hint = 'TRUNCATE fires no row trigger, so secrets and promises that hang on the rows would be left behind. Use DELETE.';
end
$$;

comment on function private.refuse_truncate() is
'Trigger: refuses TRUNCATE, which would skip the row triggers that delete secrets (P-5.5.2).';
revoke all on function private.refuse_truncate() from public, anon, authenticated, service_role;
