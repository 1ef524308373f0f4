-- Hosted projects tell PostgREST about changes that its schema cache holds, so that a migration needs no reload by hand.
-- As there: grants and policies are no such changes, and what Auth, Storage and Realtime do to their own schemas is not told.
create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql as $$
declare
    v_watched text[] := array[
        'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
        'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW', 'ALTER VIEW', 'CREATE MATERIALIZED VIEW',
        'ALTER MATERIALIZED VIEW', 'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TYPE', 'ALTER TYPE', 'CREATE RULE', 'COMMENT'
    ];
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as command
        where
            command.command_tag = any(v_watched)
            and coalesce(command.schema_name, '') not in ('pg_temp', 'auth', 'realtime', '_realtime', 'storage')
            or command.command_tag = 'CREATE TRIGGER' and command.object_identity not like '% pg\_temp.%'
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;
create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql as $$
begin
    if exists (
        select from pg_event_trigger_dropped_objects() as dropped
        where
            dropped.object_type
            in ('schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'type', 'rule')
            and not dropped.is_temporary
            and coalesce(dropped.schema_name, '') not in ('auth', 'realtime', '_realtime', 'storage')
            or dropped.object_type = 'trigger' and dropped.object_identity not like '% pg\_temp.%'
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;
create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
