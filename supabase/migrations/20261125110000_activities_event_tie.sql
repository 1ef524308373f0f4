-- Purpose: an activity is tied to an event at Google by whoever may edit it, in the step that opens the token.
-- Keeps:   P-5.2.3, P-5.4.3, P-6.3, P-8.2
-- Touches: functions private.editable_workspaces, lock_event, activity_for_event, write_event_tie
-- Undo:    drop the functions

create function private.editable_workspaces(p_user_id uuid)
returns setof uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if pg_catalog.cardinality(private.missing_for(p_user_id)) = 0 then
        return query
        select members.workspace_id from public.workspace_members as members
        where members.user_id = p_user_id and not private.workspace_terms_missing(members.workspace_id);
    end if;
end
$$;
comment on function private.editable_workspaces(uuid) is
'What private.writable_workspaces answers for a signed-in user, for a user whose session the service has named and the caller has seen (P-6.3, P-1.1).';
revoke all on function private.editable_workspaces(uuid) from public, anon, authenticated, service_role;

create function private.lock_event(p_event_id text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('event ' || p_event_id, 0));
end
$$;
comment on function private.lock_event(text) is
'Lets one tie to an event be written after the other, so that two at once do not give it to two activities (P-5.2.3).';
revoke all on function private.lock_event(text) from public, anon, authenticated, service_role;

create function private.activity_for_event(
    p_user_id uuid, p_activity_id uuid, p_event_id text, p_is_on_primary_calendar boolean
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_activity public.activities;
begin
    -- An id is unique within a workspace alone: the one that has this event comes first, then the oldest.
    select activities.* into v_activity
    from public.activities as activities
    where activities.workspace_id = any(array(select private.editable_workspaces(p_user_id)))
        and activities.id = p_activity_id and not activities.is_trashed
    order by activities.google_event_id is not distinct from p_event_id desc, activities.created_at
    limit 1
    for no key update;
    return case
        when v_activity.id is null then pg_catalog.jsonb_build_object('refusal', 'activity_not_found')
        when v_activity.google_event_id is not null
            and (v_activity.google_event_id, v_activity.is_on_primary_calendar)
            is distinct from (p_event_id, p_is_on_primary_calendar)
            then pg_catalog.jsonb_build_object('refusal', 'activity_has_an_event')
        when exists (
            select from public.activities as others
            where others.workspace_id = v_activity.workspace_id and others.google_event_id = p_event_id
                and others.id <> v_activity.id
        ) then pg_catalog.jsonb_build_object('refusal', 'event_has_an_activity')
        else pg_catalog.jsonb_build_object('workspace_id', v_activity.workspace_id)
    end;
end
$$;
comment on function private.activity_for_event(uuid, uuid, text, boolean) is
'Locks the activity that the user may edit and tie to this event: {workspace_id} or {refusal}. One refusal for whatever they may not edit (P-5.2.3, P-6.3).';
revoke all on function private.activity_for_event(uuid, uuid, text, boolean) from public, anon, authenticated, service_role;

create function private.write_event_tie(
    p_user_id uuid, p_workspace_id uuid, p_activity_id uuid, p_event_id text, p_is_on_primary_calendar boolean
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_changed jsonb;
begin
    if p_activity_id is not null then
        with changed as (
            update public.activities as activities
            set google_event_id = p_event_id, is_on_primary_calendar = p_is_on_primary_calendar, updated_by = p_user_id
            where activities.workspace_id = p_workspace_id and activities.id = p_activity_id
                and activities.google_event_id is null
            returning activities.workspace_id, activities.id as activity_id
        )
        select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(changed)) into v_changed from changed;
    else
        with changed as (
            update public.activities as activities
            set google_event_id = null, is_on_primary_calendar = null, updated_by = p_user_id
            where activities.workspace_id = any(array(select private.editable_workspaces(p_user_id)))
                and activities.google_event_id = p_event_id and activities.is_on_primary_calendar = p_is_on_primary_calendar
            returning activities.workspace_id, activities.id as activity_id
        )
        select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(changed)) into v_changed from changed;
    end if;
    return coalesce(v_changed, '[]');
end
$$;
comment on function private.write_event_tie(uuid, uuid, uuid, text, boolean) is
'Ties an activity to an event, or without an activity takes the event away from those that have it; gives what it changed: [{workspace_id, activity_id}] (P-5.2.3, P-5.4.3).';
revoke all on function private.write_event_tie(uuid, uuid, uuid, text, boolean) from public, anon, authenticated, service_role;
