-- The roles of a hosted project with their attributes and memberships. Passwords are set by bootstrap.py.
-- Not imitated: roles that nothing here uses (pgbouncer, dashboard_user, supabase_read_only_user and the like), and the
-- libraries that hosted loads into sessions: supautils, and safeupdate, which refuses what comes through PostgREST and
-- updates or deletes without a where clause, inside functions too.
create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit;
create role supabase_storage_admin login noinherit createrole;
create role postgres login nosuperuser createdb createrole replication bypassrls;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
-- Hosted lets postgres write policies on storage.objects through supautils; here membership does the same.
grant supabase_storage_admin to postgres;
grant authenticator to supabase_storage_admin;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;
grant pg_create_subscription to postgres;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
-- Statements of the platform's own roles carry its users' data: they never reach the log.
alter role supabase_admin set log_statement = 'none';
alter role supabase_auth_admin set log_statement = 'none';
alter role supabase_storage_admin set log_statement = 'none';
