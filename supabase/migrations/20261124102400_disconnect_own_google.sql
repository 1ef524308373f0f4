-- Purpose: a signed-in user disconnects straight from the frontend, so that the right works while the service is down.
-- Keeps:   P-5.5.2, P-5.5.4, P-5.4.6, P-8.2
-- Touches: view private.google_disconnections, functions private.disconnect_own_google, public.disconnect_google
-- Undo:    drop them

-- Supabase's advisors 0028 and 0029 let no client execute a function with its owner's rights, and ours go further: in no schema.
-- A trigger needs no such grant. Clients cannot use the schema private, so this view is reached through the function below alone,
-- whose body was bound when it was written.
create view private.google_disconnections with (security_invoker = true) as select null::jsonb as receipt;
comment on view private.google_disconnections is
'Inserting disconnects the Google account of whoever inserts; the row that comes back is the receipt. Holds nothing (P-5.5.2, P-8.2).';
revoke all on private.google_disconnections from public, anon, authenticated, service_role;
grant select (receipt), insert (receipt) on private.google_disconnections to authenticated;

create function private.disconnect_own_google()
returns trigger
language plpgsql
volatile
-- Definer: the user has no right to write any of these tables; the body deletes what belongs to the user of the verified JWT.
security definer
set search_path = ''
as $$
declare
    v_claims jsonb := auth.jwt();
    v_user_id uuid := auth.uid();
    v_answer jsonb;
begin
    perform private.require_caller('authenticated');
    -- Tokens that Supabase's OAuth server gave to somebody else's client act for that client, not for our frontend.
    if v_claims ? 'client_id' then
        raise insufficient_privilege using message = 'this function is for the user alone';
    end if;
    perform from public.profiles as profiles where profiles.user_id = v_user_id for no key update;
    -- Disconnecting never closes to a signed-in user, whatever the state of the account: only an ended session is refused.
    if private.session_outcome(v_user_id, (v_claims ->> 'session_id')::uuid) = 'session_ended' then
        new.receipt := pg_catalog.jsonb_build_object('outcome', 'session_ended');
        return new;
    end if;

    -- Named one by one: the sealed document that the answer also holds goes to nobody.
    v_answer := private.disconnect_google(v_user_id);
    new.receipt := pg_catalog.jsonb_build_object(
        'outcome', v_answer ->> 'outcome', 'deleted_at', v_answer -> 'deleted_at',
        'secrets_deleted', coalesce(v_answer -> 'secrets_deleted', '0'), 'attempts_deleted', v_answer -> 'attempts_deleted',
        'calls_in_flight', coalesce(v_answer -> 'calls_in_flight', '0'),
        'google', pg_catalog.jsonb_build_object(
            'is_revoked', false, 'reason', 'service_not_asked', 'permissions_url', 'https://myaccount.google.com/permissions'
        )
    );
    return new;
end
$$;

comment on function private.disconnect_own_google() is
'Trigger: the local part of a disconnect for the owner; Google is not told, and the receipt says so (P-5.5.2, P-5.5.4).';
revoke all on function private.disconnect_own_google() from public, anon, authenticated, service_role;

create trigger disconnect_own_google instead of insert on private.google_disconnections
for each row execute function private.disconnect_own_google();

create function public.disconnect_google()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.google_disconnections default values returning receipt;
end;

comment on function public.disconnect_google() is
'Deletes the caller''s Google connection, attempts and both tokens at once, without the service: {outcome: disconnected | not_connected | session_ended, deleted_at, secrets_deleted, attempts_deleted, calls_in_flight, google: {is_revoked, reason, permissions_url}} (P-5.5.2, P-5.5.4).';
revoke all on function public.disconnect_google() from public, anon, authenticated, service_role;
grant execute on function public.disconnect_google() to authenticated;
