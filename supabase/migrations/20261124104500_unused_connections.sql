-- Purpose: a grant revoked at Google does not leave its tokens here only because nobody uses the connection.
-- Keeps:   P-5.5.1, P-5.5.4, P-3.4
-- Touches: table private.unused_connection_checks; functions private.queue_unused_connection_checks, service_api.take_unused_connection, service_api.finish_unused_connection; cron job queue-unused-connection-checks
-- Undo:    unschedule the job, drop functions and table

create table private.unused_connection_checks (
    outbox_id bigint primary key references private.outbox (id) on delete cascade,
    connection_id uuid not null unique references public.google_connections (id) on delete cascade
);

comment on table private.unused_connection_checks is
'Which connection an entry of the outbox refreshes, to see whether its grant still lives (P-5.5.4).';
comment on column private.unused_connection_checks.outbox_id is 'The entry (P-3.4).';
comment on column private.unused_connection_checks.connection_id is 'The connection; if it goes, there is nothing to check (P-5.5.1).';

alter table private.unused_connection_checks enable row level security;
revoke all on private.unused_connection_checks from public, anon, authenticated, service_role;
create trigger unused_connection_checks_refuse_truncate before truncate on private.unused_connection_checks
for each statement execute function private.refuse_truncate();

create function private.queue_unused_connection_checks()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_settings private.settings;
    v_found uuid[];
begin
    select settings.* into v_settings from private.settings as settings;
    if not v_settings.checks_unused_connections then
        return 0;
    end if;
    v_found := array(
        select secrets.connection_id
        from private.google_secrets as secrets
        inner join public.google_connections as connections on connections.id = secrets.connection_id
        where connections.status = 'active' and secrets.refreshed_at < pg_catalog.now() - v_settings.unused_after
            and not exists (
                select from private.unused_connection_checks as checks where checks.connection_id = secrets.connection_id
            )
        order by secrets.refreshed_at
        limit v_settings.unused_checks_per_night
    );
    -- Spread over four hours, so that Google sees a trickle; given up by noon, and found again the next night.
    with queued as (
        select found.connection_id, private.add_outbox_entry(
            'check_unused_connection',
            pg_catalog.now() + interval '4 hours' * (found.position - 1) / pg_catalog.cardinality(v_found),
            pg_catalog.now() + interval '10 hours'
        ) as outbox_id
        from unnest(v_found) with ordinality as found (connection_id, position)
    )
    insert into private.unused_connection_checks (outbox_id, connection_id)
    select queued.outbox_id, queued.connection_id from queued;
    insert into ops.check_runs (check_name, found_count, deleted_count)
    values ('unused_connections', pg_catalog.cardinality(v_found), 0);
    return pg_catalog.cardinality(v_found);
end
$$;

comment on function private.queue_unused_connection_checks() is
'Queues a refresh of each connection that nobody has used for long, spread over the night; returns how many (P-5.5.4, P-5.5.1).';
revoke all on function private.queue_unused_connection_checks() from public, anon, authenticated, service_role;

create function service_api.take_unused_connection()
returns jsonb
language plpgsql
volatile
-- Definer: the role of the worker has no right on any table; the body hands out one refresh document of a connection that is due.
security definer
set search_path = ''
as $$
declare
    v_outbox_id bigint;
    v_entry record;
    v_connection record;
    v_answer jsonb;
begin
    perform private.require_caller('google_operator', 'service_role');
    select leased.id into v_outbox_id from private.lease_outbox_entries('check_unused_connection', 1) as leased (id);
    if v_outbox_id is null then
        return pg_catalog.jsonb_build_object('outcome', 'none');
    end if;
    select entries.id, entries.lease_id into v_entry from private.outbox as entries where entries.id = v_outbox_id;

    select connections.user_id, secrets.token_version into v_connection
    from private.unused_connection_checks as checks
    inner join public.google_connections as connections on connections.id = checks.connection_id
    inner join private.google_secrets as secrets on secrets.connection_id = connections.id
    cross join private.settings as settings
    inner join public.profiles as profiles on profiles.user_id = connections.user_id
    where checks.outbox_id = v_entry.id and connections.status = 'active' and profiles.account_state = 'active'
        -- Somebody used it meanwhile: then it has just been refreshed.
        and secrets.refreshed_at < pg_catalog.now() - settings.unused_after and settings.checks_unused_connections
    for share of profiles;
    if v_connection.user_id is null then
        perform private.end_outbox_entry(v_entry.id, v_entry.lease_id, 'not_needed');
        return pg_catalog.jsonb_build_object('outcome', 'not_needed');
    end if;
    v_answer := private.lease_google_refresh(v_connection.user_id, v_connection.token_version);
    if v_answer ->> 'outcome' <> 'leased' then
        perform private.postpone_outbox_entry(v_entry.id, v_entry.lease_id, v_answer ->> 'outcome');
        return pg_catalog.jsonb_build_object('outcome', 'postponed', 'outbox_id', v_entry.id, 'reason', v_answer ->> 'outcome');
    end if;
    perform private.record_opening(v_connection.user_id, 'refresh', 'opened');
    return pg_catalog.jsonb_build_object(
        'outcome', 'taken', 'outbox_id', v_entry.id, 'outbox_lease_id', v_entry.lease_id, 'refresh', v_answer
    );
end
$$;

comment on function service_api.take_unused_connection() is
'Leases the refresh of one unused connection that is due: {outcome: taken, outbox_id, outbox_lease_id, refresh: {...}}, postponed, not_needed or none (P-5.5.4).';
revoke all on function service_api.take_unused_connection() from public, anon, authenticated, service_role;
grant execute on function service_api.take_unused_connection() to google_operator, service_role;

create function service_api.finish_unused_connection(p_outbox_id bigint, p_lease_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the worker has no right on any table; the body finishes the one entry whose lease the caller holds.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_operator', 'service_role');
    return pg_catalog.jsonb_build_object('outcome', case
        when p_reason is null and private.end_outbox_entry(p_outbox_id, p_lease_id, 'done') then 'stored'
        when p_reason is not null and private.postpone_outbox_entry(p_outbox_id, p_lease_id, p_reason) then 'stored'
        else 'superseded'
    end);
end
$$;

comment on function service_api.finish_unused_connection(bigint, uuid, text) is
'The connection was checked; or, with a reason, it could not be and is tried again later. {outcome: stored | superseded} (P-5.5.4, P-3.4).';
revoke all on function service_api.finish_unused_connection(bigint, uuid, text) from public, anon, authenticated, service_role;
grant execute on function service_api.finish_unused_connection(bigint, uuid, text) to google_operator, service_role;

select cron.schedule('queue-unused-connection-checks', '37 1 * * *', 'select private.queue_unused_connection_checks()');
