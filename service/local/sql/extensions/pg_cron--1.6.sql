-- Stand-in for pg_cron 1.6: same tables, functions, rights and errors; service/local/scheduler.py runs what is due.
-- Does not imitate: the background worker, cron.* server settings, jobs on other hosts, schedule_in_database, `@daily` and its
-- kin (refused here), and the caller inside a definer function: here the job is the session's role's, not the function owner's.

create schema cron;
grant usage on schema cron to postgres with grant option;

create sequence cron.jobid_seq;
create table cron.job (
    jobid bigint primary key default nextval('cron.jobid_seq'),
    schedule text not null,
    command text not null,
    nodename text not null default 'localhost',
    nodeport integer not null default inet_server_port(),
    database text not null default current_database(),
    username text not null default current_user,
    active boolean not null default true,
    jobname text,
    constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;
create table cron.job_run_details (
    jobid bigint,
    runid bigint primary key default nextval('cron.runid_seq'),
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

create function cron._caller() returns text language sql stable set search_path = '' as $$
    -- Inside a definer function current_user is the owner; the real extension, written in C, still sees the caller.
    select case current_setting('role') when 'none' then session_user::text else current_setting('role') end
$$;

create function cron._is_field(p_field text, p_lowest integer, p_highest integer, p_names text[]) returns boolean
language plpgsql immutable set search_path = '' as $$
declare
    v_part text;
    v_match text[];
    v_ends integer[];
begin
    foreach v_part in array string_to_array(p_field, ',') loop
        v_match := regexp_match(v_part, '^(?:(\*)|([0-9a-z]{1,4})(?:-([0-9a-z]{1,4}))?)(?:/([0-9]{1,4}))?$');
        -- A step needs something to step over: `*/5` and `0-30/5`, but not `10/5`.
        if v_match is null or v_match[4]::integer = 0 or (v_match[4] is not null and v_match[1] is null and v_match[3] is null) then
            return false;
        end if;
        if v_match[1] is null then
            v_ends := array(
                select coalesce(
                    array_position(p_names, word) + p_lowest - 1, case when word ~ '^[0-9]+$' then word::integer else -1 end
                )
                from unnest(array[v_match[2], coalesce(v_match[3], v_match[2])]) as word
            );
            if v_ends[1] < p_lowest or v_ends[2] > p_highest or v_ends[1] > v_ends[2] then
                return false;
            end if;
        end if;
    end loop;
    return p_field <> '';
end
$$;

create function cron._refuse_bad_schedule(p_schedule text) returns void language plpgsql set search_path = '' as $$
declare
    v_fields text[] := regexp_split_to_array(btrim(lower(p_schedule)), '\s+');
begin
    if lower(p_schedule) ~ '^\s*([1-9]|[1-5][0-9])\s+seconds?\s*$' then
        return;
    end if;
    if cardinality(v_fields) = 5
        and cron._is_field(v_fields[1], 0, 59, '{}')
        and cron._is_field(v_fields[2], 0, 23, '{}')
        and (v_fields[3] = '$' or cron._is_field(v_fields[3], 1, 31, '{}'))
        and cron._is_field(v_fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
        and cron._is_field(v_fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
    then
        return;
    end if;
    raise exception 'invalid schedule: %', p_schedule using
        errcode = 'invalid_parameter_value',
        hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
end
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
    v_jobid bigint;
begin
    perform cron._refuse_bad_schedule(schedule);
    insert into cron.job as jobs (schedule, command, jobname, username)
    values (schedule.schedule, schedule.command, job_name, cron._caller())
    on conflict on constraint jobname_username_uniq do update
    -- As there: a job that somebody switched off stays off when it is scheduled again.
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database
    returning jobs.jobid into v_jobid;
    return v_jobid;
end
$$;
create function cron.schedule(schedule text, command text) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
    v_jobid bigint;
begin
    perform cron._refuse_bad_schedule(schedule);
    insert into cron.job as jobs (schedule, command, username)
    values (schedule.schedule, schedule.command, cron._caller())
    returning jobs.jobid into v_jobid;
    return v_jobid;
end
$$;

create function cron.unschedule(job_id bigint) returns boolean language plpgsql security definer set search_path = '' as $$
declare
    v_username text := (select jobs.username from cron.job as jobs where jobs.jobid = job_id);
begin
    if v_username is null then
        raise exception 'could not find valid entry for job %', job_id;
    end if;
    if v_username <> cron._caller() and not has_table_privilege(cron._caller(), 'cron.job', 'delete') then
        raise insufficient_privilege using message = 'permission denied for table job';
    end if;
    delete from cron.job as jobs where jobs.jobid = job_id;
    return true;
end
$$;
create function cron.unschedule(job_name text) returns boolean language plpgsql security definer set search_path = '' as $$
begin
    delete from cron.job as jobs where jobs.jobname = job_name and jobs.username = cron._caller();
    if not found then
        raise exception 'could not find valid entry for job ''%''', job_name;
    end if;
    return true;
end
$$;

create function cron.alter_job(
    job_id bigint, schedule text default null, command text default null, database text default null,
    username text default null, active boolean default null
) returns void language plpgsql security definer set search_path = '' as $$
begin
    if alter_job.schedule is not null then
        perform cron._refuse_bad_schedule(alter_job.schedule);
    end if;
    if alter_job.username is not null and alter_job.username <> cron._caller() then
        raise insufficient_privilege using message = 'must be superuser to alter username';
    end if;
    update cron.job as jobs
    set schedule = coalesce(alter_job.schedule, jobs.schedule), command = coalesce(alter_job.command, jobs.command),
        database = coalesce(alter_job.database, jobs.database), active = coalesce(alter_job.active, jobs.active)
    where jobs.jobid = job_id and jobs.username = cron._caller();
    if not found then
        raise exception 'Job % does not exist or you don''t own it', job_id;
    end if;
end
$$;

revoke all on all functions in schema cron from public;
grant execute on function
cron.schedule(text, text, text), cron.schedule(text, text), cron.unschedule(bigint), cron.unschedule(text),
cron.alter_job(bigint, text, text, text, text, boolean)
to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
revoke trigger on cron.job_run_details from postgres;
