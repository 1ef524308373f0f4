-- Purpose: Google accounts can be compared and locked by a number that names nobody.
-- Keeps:   P-5.5.2, P-5.5.3
-- Touches: function private.google_account_key
-- Undo:    drop function

create function private.google_account_key(p_google_sub text)
returns bigint
language sql
immutable
strict
security invoker
set search_path = ''
as $$
    select pg_catalog.hashtextextended('google account ' || p_google_sub, 0)
$$;

comment on function private.google_account_key(text) is
'A number for a Google account, to lock and to compare without keeping the account''s name; two accounts with one number only wait for each other (P-5.5.3).';
revoke all on function private.google_account_key(text) from public, anon, authenticated, service_role;
