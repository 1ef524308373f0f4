-- Purpose: nothing that a later migration creates is open to a client, or to service_role, unless that migration grants it.
-- Keeps:   P-8.2, P-6.3
-- Touches: default privileges of the role that runs migrations (postgres)
-- Undo:    alter default privileges ... grant, as the platform's older setting had it

-- Projects differ in what the platform grants by default. Both settings end up the same here.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- EXECUTE to PUBLIC is built in and not a per-schema default: only the global form takes it away.
alter default privileges revoke execute on functions from public;
