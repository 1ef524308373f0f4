-- Purpose: every record says who made and changed it, loses no change made meanwhile, and lies in the trash before it goes.
-- Keeps:   P-8.2, P-4.2, P-9.1
-- Touches: extension pg_trgm; functions private.stamp_record, limit_rows
-- Undo:    drop the functions

create extension if not exists pg_trgm with schema extensions;

create function private.stamp_record()
returns trigger
language plpgsql
volatile
-- Definer: whoever writes may not read every profile; the body looks whether the writer's own is still there.
security definer
set search_path = ''
as $$
declare
    v_role text := pg_catalog.current_setting('role');
    v_is_user boolean := v_role = 'authenticated';
    v_user_id uuid := case when v_is_user then auth.uid() end;
begin
    if tg_op = 'INSERT' then
        -- What comes back as it was, when a merge is undone, says who made it and when.
        if pg_catalog.current_setting('cxtrack.is_restored', true) = 'yes' then
            return new;
        end if;
        if v_is_user and new.created_by is null then
            new.made_by := coalesce(nullif(pg_catalog.current_setting('cxtrack.made_by', true), ''), 'user');
            new.created_by := v_user_id;
        end if;
        new.updated_by := new.created_by;
        new.created_at := pg_catalog.clock_timestamp();
        new.updated_at := new.created_at;
        new.version := 1;
        return new;
    end if;

    -- A name that goes with its account is no change of the record.
    if (new.created_by is null and old.created_by is not null) or (new.updated_by is null and old.updated_by is not null) then
        return new;
    end if;
    if new.version is distinct from old.version then
        perform private.refuse(
            'changed_meanwhile', 409, 'Somebody changed this meanwhile. Read it again.',
            pg_catalog.jsonb_build_object(
                'version', old.version, 'changed_by', old.updated_by, 'changed_at', old.updated_at
            )::text
        );
    end if;
    new.version := old.version + 1;
    new.created_by := old.created_by;
    new.created_at := old.created_at;
    new.made_by := old.made_by;
    new.updated_at := pg_catalog.clock_timestamp();
    if v_user_id is not null then
        new.updated_by := (select profiles.user_id from public.profiles as profiles where profiles.user_id = v_user_id);
    elsif v_role not in ('google_service', 'google_operator') then
        -- Nobody's doing: an expiry, or what follows from the end of an account. The functions of the service say whose it is.
        new.updated_by := null;
    end if;
    return new;
end
$$;
comment on function private.stamp_record() is
'Trigger: who made and changed a record, and when, is set here and by nobody else; a change of a version that is no more is refused (P-8.2, P-4.2).';
revoke all on function private.stamp_record() from public, anon, authenticated, service_role;

create function private.stamp_trash()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if new.trashed_at is null then
        new.purge_at := null;
    elsif tg_op = 'UPDATE' and old.trashed_at is not null then
        new.trashed_at := old.trashed_at;
        new.purge_at := old.purge_at;
    else
        new.trashed_at := pg_catalog.clock_timestamp();
        new.purge_at := new.trashed_at + interval '30 days';
    end if;
    return new;
end
$$;
comment on function private.stamp_trash() is
'Trigger: what goes into the trash is given its purge date, 30 days on, which nobody moves; what is restored loses it (P-9.1).';
revoke all on function private.stamp_trash() from public, anon, authenticated, service_role;

create function private.limit_rows()
returns trigger
language plpgsql
volatile
-- Definer: a client may not refuse in our words; the body counts what this one statement did.
security definer
set search_path = ''
as $$
begin
    if (select pg_catalog.count(*) > 1000 from changed_rows) then
        perform private.refuse('too_many_rows', 413, 'One call changes at most 1000 rows. Change them in parts.', '1000');
    end if;
    return null;
end
$$;
comment on function private.limit_rows() is
'Trigger: one call of a client changes at most 1000 rows, so that a forgotten filter changes none (P-8.2).';
revoke all on function private.limit_rows() from public, anon, authenticated, service_role;
