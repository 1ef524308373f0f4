-- Purpose: the second step of connecting: the browser is back from Google, with nothing but the state to show.
-- Keeps:   P-2.3.2, P-8.2
-- Touches: function service_api.receive_google_callback
-- Undo:    drop function

create function service_api.receive_google_callback(p_state_hash text, p_is_refused boolean)
returns jsonb
language plpgsql
volatile
-- Definer: the role of the service has no right on any table; the body reaches the one attempt whose state the caller knows.
security definer
set search_path = ''
as $$
declare
    v_attempt private.google_authorization_attempts;
begin
    perform private.require_caller('google_service', 'service_role');
    select attempts.* into v_attempt
    from private.google_authorization_attempts as attempts
    where attempts.state_hash = p_state_hash
    for update;

    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'state_unknown');
    end if;
    if v_attempt.status <> 'started' then
        return pg_catalog.jsonb_build_object('outcome', 'state_used');
    end if;
    if v_attempt.expires_at <= pg_catalog.clock_timestamp() then
        return pg_catalog.jsonb_build_object('outcome', 'state_expired');
    end if;

    if p_is_refused then
        delete from private.google_authorization_attempts as attempts where attempts.id = v_attempt.id;
        return pg_catalog.jsonb_build_object('outcome', 'refused', 'return_to', v_attempt.return_to);
    end if;
    update private.google_authorization_attempts as attempts
    set status = 'returned', expires_at = pg_catalog.clock_timestamp() + interval '2 minutes'
    where attempts.id = v_attempt.id;
    return pg_catalog.jsonb_build_object('outcome', 'returned', 'return_to', v_attempt.return_to);
end
$$;

comment on function service_api.receive_google_callback(text, boolean) is
'Uses up a state: the attempt is returned for 2 minutes, or ended if Google or the user refused. Answers {outcome, return_to} (P-8.2).';
revoke all on function service_api.receive_google_callback(text, boolean) from public, anon, authenticated, service_role;
grant execute on function service_api.receive_google_callback(text, boolean) to google_service, service_role;
