-- Purpose: the two roles that the service takes on in PostgREST, weaker than service_role.
-- Keeps:   P-5.4.6, P-8.2
-- Touches: roles google_service, google_operator; usage of schema service_api
-- Undo:    revoke usage, drop role google_operator, drop role google_service

-- Roles belong to the cluster, not to the database: a second database of the same cluster finds them there already.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'google_service') then
        create role google_service nologin noinherit nobypassrls;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'google_operator') then
        create role google_operator nologin noinherit nobypassrls;
    end if;
end
$$;

comment on role google_service is
'The service on behalf of one signed-in user: each function takes the user''s session, or the state, lease or claim that only the request of that user holds; none walks all users (P-5.4.6).';
comment on role google_operator is
'The service on behalf of an operator: key rotation, expiry, evidence. Opens no token for a user (P-5.4.6).';

alter role google_service set statement_timeout = '8s';
alter role google_operator set statement_timeout = '60s';

grant google_service to authenticator;
grant google_operator to authenticator;

-- service_role is the fallback where a project cannot sign a JWT for a role of its own.
grant usage on schema service_api to google_service, google_operator, service_role;
