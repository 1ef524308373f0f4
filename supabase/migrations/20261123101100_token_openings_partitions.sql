-- Purpose: the months of audit.token_openings come in time and go after 13 months.
-- Keeps:   P-9.1, P-3.4
-- Touches: function audit.keep_partitions and the partitions it makes
-- Undo:    drop function audit.keep_partitions; partitions go with the table

create function audit.keep_partitions()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    -- Months are UTC's, whatever zone the server or the session is in: none overlaps and no gap is left.
    v_first timestamp := pg_catalog.date_trunc('month', pg_catalog.now() at time zone 'UTC');
    v_month date;
    v_name text;
    v_changes integer := 0;
begin
    -- Six months ahead: a schedule that stands still for weeks costs no opening.
    for v_month in
        select pg_catalog.generate_series(v_first, v_first + interval '6 months', interval '1 month')::date
    loop
        v_name := pg_catalog.format('token_openings_%s', pg_catalog.to_char(v_month, 'YYYY_MM'));
        if pg_catalog.to_regclass(pg_catalog.format('audit.%I', v_name)) is null then
            execute pg_catalog.format(
                'create table audit.%I partition of audit.token_openings for values from (%L) to (%L)',
                v_name, v_month || ' 00:00:00+00', (v_month + interval '1 month')::date || ' 00:00:00+00'
            );
            execute pg_catalog.format('alter table audit.%I enable row level security', v_name);
            execute pg_catalog.format('revoke all on audit.%I from public, anon, authenticated, service_role', v_name);
            execute pg_catalog.format(
                'create trigger token_openings_refuse_truncate before truncate on audit.%I '
                || 'for each statement execute function private.refuse_truncate()', v_name
            );
            execute pg_catalog.format(
                'comment on table audit.%I is %L', v_name, 'One month of audit.token_openings (P-3.4).'
            );
            v_changes := v_changes + 1;
        end if;
    end loop;

    -- The thirteenth full month before this one is the oldest that stays.
    for v_name in
        select children.relname
        from pg_catalog.pg_inherits as inherits
        inner join pg_catalog.pg_class as children on children.oid = inherits.inhrelid
        where inherits.inhparent = 'audit.token_openings'::regclass
            and children.relname
            < 'token_openings_' || pg_catalog.to_char(v_first - interval '13 months', 'YYYY_MM')
    loop
        execute pg_catalog.format('drop table audit.%I', v_name);
        v_changes := v_changes + 1;
    end loop;
    return v_changes;
end
$$;

comment on function audit.keep_partitions() is
'Makes the coming months of audit.token_openings and drops those older than 13 months; returns how many changed (P-9.1).';
revoke all on function audit.keep_partitions() from public, anon, authenticated, service_role;

select audit.keep_partitions();
