"""What Supabase's advisors look for, as rules of ours: those of theirs that our CLI lacks, and those we want proven.

The number in a sentence is that of the lint (docs of supabase/splinter). What catalogue_rules.py or policies/access/
ask more strictly is not repeated: 0001, 0003, 0007, 0010, 0011, 0013, 0021. 0026 and 0027 are in
tests/policies/test_exposures.py; 0028 and 0029 are the rule definers_are_withheld_from_clients. 0005, 0020 and 0022
look at a running project, 0012 and 0019 at what we do not use.
"""

from __future__ import annotations

from tests.database.catalogue_rule import CLASSES, FUNCTIONS, Rule

_CLIENTS = "(values ('anon'), ('authenticated')) as clients (role)"
_POLICIES = f"pg_catalog.pg_policy as policies inner join {CLASSES} on classes.oid = policies.polrelid"
_POLICY_NAME = "policies.polname || ' on ' || policies.polrelid::regclass"
_OPERATIONS = "(values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) as operations (name, letter)"
# The whole condition names a bucket, or nothing.
_ANY_FILE = r"'^\(*(true|1 = 1|bucket_id = ''[^'']*''(::text)?)\)*$'"

ADVISOR_RULES = (
    Rule(
        "views_for_clients_show_no_users",
        "No view that a client may read is made of auth.users (0002).",
        f"select distinct classes.oid::regclass::text from {CLASSES} "
        "inner join pg_catalog.pg_rewrite as rules on rules.ev_class = classes.oid "
        "inner join pg_catalog.pg_depend as parts on parts.objid = rules.oid "
        f"and parts.refobjid = 'auth.users'::regclass cross join {_CLIENTS} "
        "where classes.relkind in ('v', 'm') "
        "and pg_catalog.has_any_column_privilege(clients.role, classes.oid, 'select')",
        (
            "create view public.planted with (security_invoker = true) as select email from auth.users; "
            "grant select on public.planted to authenticated",
        ),
    ),
    Rule(
        "one_policy_speaks_for_a_role_and_operation",
        "Two permissive policies add up, so that neither says who gets through (0006).",
        f"select classes.oid::regclass || ' ' || clients.role || ' ' || operations.name from {_POLICIES} "
        f"cross join {_CLIENTS} cross join {_OPERATIONS} "
        "where policies.polpermissive and policies.polcmd::text in (operations.letter, '*') "
        "and policies.polroles && array[0::oid, clients.role::regrole::oid] "
        "group by classes.oid, clients.role, operations.name having pg_catalog.count(*) > 1",
        (
            "create policy planted on public.profiles for select to authenticated using (account_state = 'active')",
            "create policy planted on public.profiles to public using (false)",
        ),
    ),
    Rule(
        "what_a_client_may_touch_has_a_policy",
        "A right on a table without a policy is a mistake in one or the other (0008).",
        f"select classes.oid::regclass || ' ' || clients.role || ' ' || operations.name from {CLASSES} "
        f"cross join {_CLIENTS} cross join {_OPERATIONS} where classes.relkind in ('r', 'p') "
        # A right on a table counts as one on each column; nobody deletes a column of a row.
        "and case operations.name "
        "when 'delete' then pg_catalog.has_table_privilege(clients.role, classes.oid, operations.name) "
        "else pg_catalog.has_any_column_privilege(clients.role, classes.oid, operations.name) end "
        "and not exists (select from pg_catalog.pg_policy as policies where policies.polrelid = classes.oid "
        "and policies.polcmd::text in (operations.letter, '*') "
        "and policies.polroles && array[0::oid, clients.role::regrole::oid])",
        (
            "drop policy profiles_select_owner on public.profiles",
            "grant delete on public.workspaces to authenticated",
            "grant update (name) on public.workspaces to anon",
        ),
    ),
    Rule(
        "indexes_are_not_there_twice",
        "A second index over the same columns costs every write and serves no read (0009).",
        "select one.indexrelid::regclass || ' is ' || other.indexrelid::regclass from pg_catalog.pg_index as one "
        "inner join pg_catalog.pg_index as other on other.indrelid = one.indrelid "
        "and other.indexrelid > one.indexrelid "
        "and (other.indkey::text, other.indclass::text, other.indoption::text, other.indcollation::text) "
        "= (one.indkey::text, one.indclass::text, one.indoption::text, one.indcollation::text) "
        "and pg_get_expr(other.indpred, other.indrelid) is not distinct from pg_get_expr(one.indpred, one.indrelid) "
        "and pg_get_expr(other.indexprs, other.indrelid) is not distinct from pg_get_expr(one.indexprs, one.indrelid) "
        f"inner join {CLASSES} on classes.oid = one.indrelid",
        (
            "create index planted on public.consents (purpose)",
            "create index planted on public.workspaces (lower(name)); "
            "create index planted_again on public.workspaces (lower(name))",
        ),
    ),
    Rule(
        "extensions_stay_out_of_public",
        "What an extension brings into public is reachable by clients (0014).",
        "select extensions.extname from pg_catalog.pg_extension as extensions "
        "where extensions.extnamespace = 'public'::regnamespace",
        ("create extension citext schema public",),
    ),
    Rule(
        "nothing_trusts_what_users_write_about_themselves",
        "Users edit their user metadata at will, so no policy and no function of ours reads it (0015).",
        f"select {_POLICY_NAME} from {_POLICIES} "
        "where concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~* 'user_meta' "
        f"union all select functions.oid::regprocedure::text from {FUNCTIONS} "
        "where concat(functions.prosrc, pg_catalog.pg_get_function_sqlbody(functions.oid)) ~* 'user_meta'",
        (
            "alter policy profiles_select_owner on public.profiles "
            "using ((select auth.jwt()) -> 'user_metadata' ->> 'is_admin' = 'true')",
            "create function private.planted(p_id uuid) returns boolean language sql set search_path = '' as "
            "$$ select raw_user_meta_data ->> 'is_admin' = 'true' from auth.users where id = p_id $$",
            "create function private.planted(p_id uuid) returns text language sql set search_path = '' "
            "return (select raw_user_meta_data ->> 'role' from auth.users where id = p_id)",
        ),
    ),
    Rule(
        "relations_know_row_level_security",
        "Row-level security holds neither for materialized views nor for foreign tables (0016, 0017).",
        f"select classes.oid::regclass::text from {CLASSES} where classes.relkind in ('m', 'f')",
        ("create materialized view public.planted as select user_id from public.profiles",),
    ),
    Rule(
        "columns_survive_an_upgrade",
        "A column of an object identifier type stops an upgrade of PostgreSQL (0018).",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "where classes.relkind in ('r', 'p') and columns.atttypid::regtype::text in "
        "('regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper', 'regoperator', 'regproc', "
        "'regprocedure')",
        ("alter table private.settings add column planted regprocedure",),
    ),
    Rule(
        "policies_look_at_the_row",
        "A condition that names no column lets a role have every row or none (0024).",
        f"select {_POLICY_NAME} from {_POLICIES} "
        r"where policies.polqual::text !~ '\{VAR ' or policies.polwithcheck::text !~ '\{VAR ' "
        "or (policies.polqual is null and policies.polwithcheck is null)",
        (
            "alter policy profiles_select_owner on public.profiles using (true)",
            "alter policy profiles_select_owner on public.profiles using (1 = 1)",
            "alter policy profiles_select_owner on public.profiles using ((select auth.uid()) is not null)",
            "alter policy profiles_update_owner on public.profiles with check (true)",
            "create policy planted on public.consents for insert to authenticated with check (true)",
            "create policy planted on public.consents for delete to authenticated",
        ),
    ),
    Rule(
        "public_buckets_are_not_listed",
        "A file of a public bucket is read by its address; a policy beside it lists all of them (0025).",
        "select buckets.id || ': ' || policies.policyname from storage.buckets as buckets "
        "inner join pg_catalog.pg_policies as policies "
        "on policies.schemaname = 'storage' and policies.tablename = 'objects' "
        "where buckets.public and policies.permissive = 'PERMISSIVE' and policies.cmd in ('SELECT', 'ALL') "
        "and policies.roles && array['public', 'anon', 'authenticated']::name[] "
        f"and (policies.qual is null or policies.qual ~ {_ANY_FILE}) "
        "and (policies.qual !~ 'bucket_id' or policies.qual ~ ('''' || buckets.id || ''''))",
        tuple(
            "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true); "
            f"create policy planted on storage.objects for {operation} to {role} using ({condition})"
            for operation, role, condition in (
                ("select", "anon", "true"),
                ("select", "authenticated", "bucket_id = 'avatars'"),
                ("all", "public", "1 = 1"),
            )
        ),
    ),
)
