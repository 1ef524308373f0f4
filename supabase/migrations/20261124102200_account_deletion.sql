-- Purpose: however an account is deleted, its Google connection ends at once and Google will be told.
-- Keeps:   P-5.5.2, P-5.5.3, P-5.5.4
-- Touches: functions private.end_google_with_profile, private.delete_profile_of_deleted_user, ops.close_account; triggers on public.profiles and auth.users
-- Undo:    drop the triggers and functions

create function private.end_google_with_profile()
returns trigger
language plpgsql
volatile
-- Definer: the profile may go through a cascade begun by Supabase Auth or Studio; the body ends only this person's connection.
security definer
set search_path = ''
as $$
begin
    perform private.queue_google_revocation(old.user_id);
    return old;
end
$$;

comment on function private.end_google_with_profile() is
'Trigger: before a profile goes, its Google connection does, and the revocation is queued (P-5.5.3, P-5.5.4).';
revoke all on function private.end_google_with_profile() from public, anon, authenticated, service_role;

-- Before and not after: by then the cascade would have deleted both secrets.
create trigger end_google_with_profile before delete on public.profiles
for each row execute function private.end_google_with_profile();

create function private.delete_profile_of_deleted_user()
returns trigger
language plpgsql
volatile
-- Definer: Supabase Auth updates users under a role that has no right in public; the body deletes only this user's profile.
security definer
set search_path = ''
as $$
begin
    delete from public.profiles as profiles where profiles.user_id = new.id;
    return null;
end
$$;

comment on function private.delete_profile_of_deleted_user() is
'Trigger: a soft deletion by Supabase Auth, which fires no cascade, deletes the profile and all that hangs on it (P-5.5.3).';
revoke all on function private.delete_profile_of_deleted_user() from public, anon, authenticated, service_role;

create trigger delete_profile_of_deleted_user after update of deleted_at on auth.users
for each row when (new.deleted_at is not null and old.deleted_at is null)
execute function private.delete_profile_of_deleted_user();

create function ops.close_account(p_user_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_attempts integer;
    v_was_connected boolean;
    v_is_queued boolean;
    v_secret_ids uuid[];
begin
    perform from public.profiles as profiles where profiles.user_id = p_user_id for no key update;
    if not found then
        return pg_catalog.jsonb_build_object('outcome', 'user_unknown');
    end if;
    update public.profiles as profiles
    set account_state = 'closing', updated_at = pg_catalog.clock_timestamp()
    where profiles.user_id = p_user_id and profiles.account_state <> 'closing';

    select pg_catalog.count(*) into v_attempts
    from private.google_authorization_attempts as attempts where attempts.user_id = p_user_id;
    v_was_connected := exists (
        select from public.google_connections as connections where connections.user_id = p_user_id
    );
    v_secret_ids := array(
        select held.id
        from public.google_connections as connections
        inner join private.google_secrets as secrets on secrets.connection_id = connections.id
        inner join vault.secrets as held on held.id in (secrets.access_secret_id, secrets.refresh_secret_id)
        where connections.user_id = p_user_id
    );

    v_is_queued := private.queue_google_revocation(p_user_id);
    -- The receipt counts what was there and is not there any more; it does not trust the trigger it relies on.
    return pg_catalog.jsonb_build_object(
        'outcome', 'closing', 'deleted_at', pg_catalog.clock_timestamp(), 'was_connected', v_was_connected,
        'secrets_deleted', pg_catalog.cardinality(v_secret_ids) - (
            select pg_catalog.count(*) from vault.secrets as secrets where secrets.id = any (v_secret_ids)
        ),
        'attempts_deleted', v_attempts, 'is_revocation_queued', v_is_queued
    );
end
$$;

comment on function ops.close_account(uuid) is
'Begins the end of an account: it opens no token any more, its Google connection is deleted at once and Google will be told. Repeating it changes nothing. Answers a receipt (P-5.5.2, P-5.5.3).';
revoke all on function ops.close_account(uuid) from public, anon, authenticated, service_role;
