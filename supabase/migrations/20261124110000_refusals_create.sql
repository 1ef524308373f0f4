-- Purpose: refusals that a frontend can map: a code, a status and a sentence, the same form as the service's errors.
-- Keeps:   P-8.2, P-1.1
-- Touches: functions private.refuse, private.raise_without_row, private.keep_until_its_person_goes, private.keep_for_good, private.touch_updated_at, private.is_time_zone, private.is_visible_text
-- Undo:    drop the functions

create function private.refuse(p_code text, p_status integer, p_message text, p_details text default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- PostgREST answers with this status and body: error.code in supabase-js is then a word of docs/errors.md.
    raise sqlstate 'PGRST' using
        message = pg_catalog.jsonb_build_object('code', p_code, 'message', p_message, 'details', p_details, 'hint', null)::text,
        detail = pg_catalog.jsonb_build_object('status', p_status, 'headers', pg_catalog.jsonb_build_object())::text;
end
$$;

comment on function private.refuse(text, integer, text, text) is
'Refuses with a code and a status that docs/errors.md lists; what was begun is undone (P-8.2).';
revoke all on function private.refuse(text, integer, text, text) from public, anon, authenticated, service_role;

create function private.keep_for_good()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    raise insufficient_privilege using
        message = pg_catalog.format('%I.%I is append-only', tg_table_schema, tg_table_name),
        hint = 'What was published or recorded stays as it was. Add a newer row.';
end
$$;

comment on function private.keep_for_good() is 'Trigger: rows are neither changed nor deleted, whoever asks (P-1.1).';
revoke all on function private.keep_for_good() from public, anon, authenticated, service_role;

create function private.raise_without_row(p_state text, p_message text, p_constraint text, p_column text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    -- PostgreSQL tells the owner of a table the whole row that it refused, and writes it into its log. A function that runs as the owner
    -- does so for a client: what is wrong is named, and neither the row nor the value.
    raise exception using
        errcode = p_state, message = pg_catalog.regexp_replace(p_message, ': ".*', ''), constraint = p_constraint, column = p_column;
end
$$;

comment on function private.raise_without_row(text, text, text, text) is
'Raises an error anew without the row and the value that its detail and message hold (P-3.4, P-8.2).';
revoke all on function private.raise_without_row(text, text, text, text) from public, anon, authenticated, service_role;

create function private.keep_until_its_person_goes()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- A cascade deletes the profile first: only then may what hangs on it go.
    if tg_op = 'DELETE' and not exists (select from public.profiles as profiles where profiles.user_id = old.user_id) then
        return old;
    end if;
    raise insufficient_privilege using
        message = pg_catalog.format('%I.%I is append-only', tg_table_schema, tg_table_name),
        hint = 'A record goes with the account that it is about. Until then, add a newer row.';
end
$$;

comment on function private.keep_until_its_person_goes() is
'Trigger: rows are not changed, and deleted only together with the profile they belong to (P-1.1, P-9.2).';
revoke all on function private.keep_until_its_person_goes() from public, anon, authenticated, service_role;

create function private.touch_updated_at()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    new.updated_at := pg_catalog.clock_timestamp();
    return new;
end
$$;

comment on function private.touch_updated_at() is 'Trigger: a changed row says when it last changed (P-8.2).';
revoke all on function private.touch_updated_at() from public, anon, authenticated, service_role;

create function private.is_time_zone(p_name text)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_before text := pg_catalog.current_setting('TimeZone');
    v_name text;
begin
    -- The form first: a POSIX rule such as XYZ5 is a zone for PostgreSQL as well.
    if p_name !~ '^([A-Z][A-Za-z_-]+(/[A-Z][A-Za-z_-]+){0,2}|Etc/GMT([+-][1-9][0-9]?|[+-]?0))$' then
        return false;
    end if;
    -- The server takes any case and answers with the name as it is spelt: a browser and Python want it so. It reads one file, where
    -- pg_timezone_names reads all of them.
    v_name := pg_catalog.set_config('TimeZone', p_name, true);
    perform pg_catalog.set_config('TimeZone', v_before, true);
    return v_name = p_name;
exception
    when invalid_parameter_value then
        return false;
end
$$;

comment on function private.is_time_zone(text) is 'Whether this server knows the IANA time zone, spelt as it is (P-2.1.1).';
revoke all on function private.is_time_zone(text) from public, anon, authenticated, service_role;
-- A check constraint runs with the rights of whoever writes; without USAGE of the schema nobody can call it by name.
grant execute on function private.is_time_zone(text) to authenticated;

create function private.is_visible_text(p_text text)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    -- No control characters, no line breaks and nothing that turns the direction of what follows; something has to show.
    return p_text !~ '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]'
        and p_text ~ '[^\s\u00a0\u00ad\u115f\u1160\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f]';
end
$$;

comment on function private.is_visible_text(text) is
'Whether a text is one line that shows as it is, in mails and lists of colleagues too (P-8.2).';
revoke all on function private.is_visible_text(text) from public, anon, authenticated, service_role;
-- As is_time_zone.
grant execute on function private.is_visible_text(text) to authenticated;
