-- Purpose: the worker reminds of what is due in one call: the reminder is there and its entry is gone, or neither.
-- Keeps:   P-2.1.1, P-3.4, P-6.3
-- Touches: functions private.remind_of_activity, service_api.remind_of_activities
-- Undo:    drop the functions

create function private.remind_of_activity(p_outbox_id bigint)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_entry record;
    v_user_id uuid;
begin
    select entries.lease_id, queued.workspace_id, queued.activity_id, queued.remind_at
    into v_entry
    from private.outbox as entries
    left join private.queued_reminders as queued on queued.outbox_id = entries.id
    where entries.id = p_outbox_id;

    select members.user_id into v_user_id
    from public.activities as activities
    inner join public.workspace_members as members
        on members.workspace_id = activities.workspace_id
            and members.user_id = coalesce(activities.assignee_id, activities.created_by)
    where activities.workspace_id = v_entry.workspace_id and activities.id = v_entry.activity_id
        and activities.remind_at = v_entry.remind_at and not activities.is_done and not activities.is_trashed;
    if v_user_id is null then
        perform private.end_outbox_entry(p_outbox_id, v_entry.lease_id, 'not_needed');
        return 'not_needed';
    end if;

    -- Nobody is waited for: whoever deletes the activity or the member holds it and wants this entry next.
    perform from public.activities as activities
    inner join public.workspace_members as members on members.workspace_id = activities.workspace_id
    where activities.workspace_id = v_entry.workspace_id and activities.id = v_entry.activity_id
        and members.user_id = v_user_id
    for key share of activities, members skip locked;
    if not found then
        perform private.postpone_outbox_entry(p_outbox_id, v_entry.lease_id, 'being_deleted');
        return 'postponed';
    end if;

    -- What else reminds, such as a mail, is queued here as an entry of its own.
    insert into public.activity_reminders (workspace_id, activity_id, user_id, due_at)
    values (v_entry.workspace_id, v_entry.activity_id, v_user_id, v_entry.remind_at)
    on conflict (workspace_id, activity_id, due_at) do nothing;
    perform private.end_outbox_entry(p_outbox_id, v_entry.lease_id, 'done');
    return 'done';
end
$$;
comment on function private.remind_of_activity(bigint) is
'Reminds who is to do the activity of one leased entry, its creator if nobody else is named: done, not_needed (nobody is left, or it is done) or postponed (P-2.1.1, P-3.4).';
revoke all on function private.remind_of_activity(bigint) from public, anon, authenticated, service_role;

create function service_api.remind_of_activities(p_limit integer)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the worker has no right on any table; the body writes reminders that are due and hands out nothing.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_operator', 'service_role');
    return (
        select pg_catalog.jsonb_build_object(
            'done_count', pg_catalog.count(*) filter (where reminded.outcome = 'done'),
            'not_needed_count', pg_catalog.count(*) filter (where reminded.outcome = 'not_needed'),
            'postponed_count', pg_catalog.count(*) filter (where reminded.outcome = 'postponed')
        )
        from (
            select private.remind_of_activity(leased.id) as outcome
            from private.lease_outbox_entries('remind_of_activity', least(greatest(coalesce(p_limit, 1), 1), 100)) as leased (id)
        ) as reminded
    );
end
$$;
comment on function service_api.remind_of_activities(integer) is
'Reminds of activities that are due, a hundred at most, in this one transaction: {done_count, not_needed_count, postponed_count} (P-2.1.1, P-3.4).';
revoke all on function service_api.remind_of_activities(integer) from public, anon, authenticated, service_role;
grant execute on function service_api.remind_of_activities(integer) to google_operator, service_role;
