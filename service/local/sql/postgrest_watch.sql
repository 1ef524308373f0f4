-- Hosted projects tell PostgREST about every change of the schema, so that a migration needs no reload by hand.
create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql as $$
declare
    v_command record;
begin
    for v_command in select * from pg_event_trigger_ddl_commands() loop
        if v_command.schema_name is distinct from 'pg_temp' then
            notify pgrst, 'reload schema';
            return;
        end if;
    end loop;
end
$$;
create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql as $$
begin
    notify pgrst, 'reload schema';
end
$$;
create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
