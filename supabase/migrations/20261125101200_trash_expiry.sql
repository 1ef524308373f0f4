-- Purpose: what lies in the trash for 30 days goes for good.
-- Keeps:   P-9.1
-- Touches: function private.empty_trash; schedule
-- Undo:    drop function, unschedule

create function private.empty_trash()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_table text;
    v_deleted bigint;
    v_total bigint := 0;
begin
    -- In parts, so that no run holds many rows for long: the schedule comes back every hour.
    foreach v_table in array array['activities', 'deals', 'contacts', 'companies'] loop
        execute pg_catalog.format(
            'delete from public.%1$I as records using ('
            'select workspace_id, id from public.%1$I where purge_at <= pg_catalog.now() order by purge_at limit 5000'
            -- Asked again of the record itself: it may have been restored while this waited for it.
            ') as due where records.workspace_id = due.workspace_id and records.id = due.id and records.purge_at <= pg_catalog.now()',
            v_table
        );
        get diagnostics v_deleted = row_count;
        v_total := v_total + v_deleted;
    end loop;
    return v_total;
end
$$;
comment on function private.empty_trash() is 'Deletes records whose purge date has come; returns how many (P-9.1).';
revoke all on function private.empty_trash() from public, anon, authenticated, service_role;

select cron.schedule('empty-trash', '29 * * * *', 'select private.empty_trash()');
