-- Purpose: a material change is announced by itself, and use after it is recorded where people come in.
-- Keeps:   P-14.1, P-1.1
-- Touches: functions private.announce_policy_versions, private.record_use_of_session; triggers on auth.sessions; schedules
-- Undo:    drop the triggers and functions, unschedule

create function private.announce_policy_versions()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_written integer;
begin
    -- Whoever agreed to an earlier version is told; a new user is shown the newest version at sign-up. In batches, so that
    -- the schedule never holds many rows for long: it comes back every minute.
    insert into public.policy_notices (user_id, policy_version_id, channel, created_at)
    select agreed.user_id, versions.id, 'in_app', pg_catalog.clock_timestamp()
    from public.policy_versions as versions
    inner join (
        select agreements.user_id, pg_catalog.max(older.effective_at) as effective_at
        from public.agreements as agreements
        inner join public.policy_versions as older on older.id = agreements.policy_version_id
        group by agreements.user_id
    ) as agreed on agreed.effective_at < versions.effective_at
    where versions.document = 'privacy_policy' and versions.is_material
        and not exists (
            select from public.policy_notices as notices
            where notices.user_id = agreed.user_id and notices.policy_version_id = versions.id and notices.channel = 'in_app'
        )
    limit 5000
    on conflict (user_id, policy_version_id, channel) do nothing;
    get diagnostics v_written = row_count;
    return v_written;
end
$$;
comment on function private.announce_policy_versions() is
'Writes a notice to everybody who agreed to an earlier version of a document that changed materially; returns how many (P-14.1).';
revoke all on function private.announce_policy_versions() from public, anon, authenticated, service_role;

create function private.record_use_of_session()
returns trigger
language plpgsql
volatile
-- Definer: Supabase Auth writes sessions under a role that has no right in public; the body records one person's use.
security definer
set search_path = ''
as $$
declare
    v_lock_timeout text := pg_catalog.current_setting('lock_timeout');
begin
    begin
        -- Somebody who signs in waits for nobody.
        perform pg_catalog.set_config('lock_timeout', '250ms', true);
        perform private.record_use(new.user_id);
    exception
        -- Every fault, whatever it is: recording must not keep anybody from signing in. The next use records it.
        when others then
            raise warning 'use was not recorded: %', sqlstate;
    end;
    perform pg_catalog.set_config('lock_timeout', v_lock_timeout, true);
    return null;
end
$$;
comment on function private.record_use_of_session() is
'Trigger: signing in and refreshing a session are use, recorded as acceptance where a notice was delivered; no fault of it stops a sign-in (P-14.1).';
revoke all on function private.record_use_of_session() from public, anon, authenticated, service_role;

create trigger record_use_of_new_session after insert on auth.sessions
for each row execute function private.record_use_of_session();
create trigger record_use_of_refreshed_session after update of refreshed_at on auth.sessions
for each row execute function private.record_use_of_session();

select cron.schedule('announce-policy-versions', '* * * * *', 'select private.announce_policy_versions()');
select cron.schedule('expire-invitations', '11 3 * * *', 'select private.expire_invitations()');
