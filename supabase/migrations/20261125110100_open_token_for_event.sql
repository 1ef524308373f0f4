-- Purpose: the token for writing an event and the tie to its activity are one step, and a tie to what never came is taken back.
-- Keeps:   P-5.2.3, P-5.4.3, P-5.4.6, P-6.3
-- Touches: functions service_api.open_token_for_event, service_api.undo_event_tie
-- Undo:    drop the functions

create function service_api.open_token_for_event(
    p_user_id uuid, p_session_id uuid, p_event_id text, p_is_on_primary_calendar boolean, p_activity_id uuid,
    p_may_refresh boolean
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body changes activities that the user of the session it has seen may edit.
security definer
set search_path = ''
as $$
declare
    v_found jsonb;
    v_opening jsonb;
begin
    perform private.require_caller('google_service', 'service_role');
    -- The profile first, as in every path: a deletion of the account takes it before it reaches activities.
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    -- Whoever may start nothing hears that from the opening, whatever activity was named.
    if private.new_processing_outcome(p_user_id, p_session_id) = 'live' then
        perform private.lock_event(p_event_id);
        if p_activity_id is not null then
            v_found := private.activity_for_event(p_user_id, p_activity_id, p_event_id, p_is_on_primary_calendar);
        end if;
        if v_found ? 'refusal' then
            perform private.record_opening(p_user_id, 'write_event', v_found ->> 'refusal');
            return pg_catalog.jsonb_build_object('outcome', v_found ->> 'refusal');
        end if;
    end if;
    v_opening := private.open_token(p_user_id, p_session_id, 'write_event', p_may_refresh);
    if v_opening ->> 'outcome' = 'opened' then
        v_opening := v_opening || pg_catalog.jsonb_build_object('ties', private.write_event_tie(
            p_user_id, (v_found ->> 'workspace_id')::uuid, p_activity_id, p_event_id, p_is_on_primary_calendar
        ));
    end if;
    return v_opening;
end
$$;
comment on function service_api.open_token_for_event(uuid, uuid, text, boolean, uuid, boolean) is
'Opens the token for one write of an event, and ties the activity to it (no activity: takes the event away from its own): as open_token, with ties: [{workspace_id, activity_id}] that it changed; or activity_not_found, activity_has_an_event, event_has_an_activity (P-5.2.3, P-5.4.6).';
revoke all on function service_api.open_token_for_event(uuid, uuid, text, boolean, uuid, boolean)
from public, anon, authenticated, service_role;
grant execute on function service_api.open_token_for_event(uuid, uuid, text, boolean, uuid, boolean) to google_service, service_role;

create function service_api.undo_event_tie(
    p_user_id uuid, p_session_id uuid, p_event_id text, p_is_on_primary_calendar boolean, p_were_tied boolean, p_ties jsonb
)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body touches one event's tie in workspaces of the user whose session it has seen.
security definer
set search_path = ''
as $$
begin
    perform private.require_caller('google_service', 'service_role');
    perform from public.profiles as profiles where profiles.user_id = p_user_id for share;
    if private.session_outcome(p_user_id, p_session_id) = 'session_ended' then
        return pg_catalog.jsonb_build_object('outcome', 'session_ended');
    end if;
    perform private.lock_event(p_event_id);
    update public.activities as activities
    set google_event_id = case when p_were_tied then p_event_id end,
        is_on_primary_calendar = case when p_were_tied then p_is_on_primary_calendar end,
        updated_by = p_user_id
    from pg_catalog.jsonb_to_recordset(p_ties) as ties (workspace_id uuid, activity_id uuid)
    where activities.workspace_id = ties.workspace_id and activities.id = ties.activity_id
        and exists (
            select from public.workspace_members as members
            where members.workspace_id = activities.workspace_id and members.user_id = p_user_id
        )
        -- Only as open_token_for_event left it: what came after stays.
        and activities.google_event_id is not distinct from case when p_were_tied then null else p_event_id end
        and (activities.is_on_primary_calendar = p_is_on_primary_calendar) is not false
        and not exists (
            select from public.activities as others
            where others.workspace_id = activities.workspace_id and others.google_event_id = p_event_id
                and others.id <> activities.id
        );
    return pg_catalog.jsonb_build_object('outcome', case when found then 'undone' else 'gone' end);
end
$$;
comment on function service_api.undo_event_tie(uuid, uuid, text, boolean, boolean, jsonb) is
'Takes back what open_token_for_event changed, because Google certainly did not write the event: {outcome: undone | gone | session_ended} (P-5.2.3).';
revoke all on function service_api.undo_event_tie(uuid, uuid, text, boolean, boolean, jsonb)
from public, anon, authenticated, service_role;
grant execute on function service_api.undo_event_tie(uuid, uuid, text, boolean, boolean, jsonb) to google_service, service_role;
