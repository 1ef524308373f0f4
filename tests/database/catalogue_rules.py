"""Rules that every object of ours keeps, each as a query for the objects that break it, with faults that must show.

A rule, its sentence, its query and the faults that prove it share one name.
"""

from __future__ import annotations

from tests.database.catalogue_rule import CLASSES, FUNCTIONS, PROMISE, Rule

RULES = (
    Rule(
        "tables_have_row_security",
        "Every table, each month of a partitioned one included, has row-level security on.",
        f"select classes.oid::regclass::text from {CLASSES} "
        "where classes.relkind in ('r', 'p') and not classes.relrowsecurity",
        (
            "alter table private.purposes disable row level security",
            "create table audit.token_openings_2001_01 partition of audit.token_openings "
            "for values from ('2001-01-01') to ('2001-02-01')",
        ),
    ),
    Rule(
        "tables_refuse_truncate",
        "TRUNCATE fires no row trigger, so every table refuses it.",
        f"select classes.oid::regclass::text from {CLASSES} where classes.relkind in ('r', 'p') and not exists ("
        "select from pg_catalog.pg_trigger as triggers where triggers.tgrelid = classes.oid "
        "and triggers.tgfoid = 'private.refuse_truncate()'::regprocedure and triggers.tgtype & 32 > 0 "
        "and triggers.tgenabled = 'O')",
        ("alter table private.google_secrets disable trigger google_secrets_refuse_truncate",),
    ),
    Rule(
        "relations_say_which_promise_they_serve",
        "Every table, view and sequence has a comment that names a promise; sequences of identity columns are exempt.",
        f"select classes.oid::regclass::text from {CLASSES} where classes.relkind in ('r', 'p', 'v', 'm', 'S') "
        "and not exists (select from pg_catalog.pg_depend as owners "
        "where owners.objid = classes.oid and owners.deptype = 'i' and classes.relkind = 'S') "
        f"and coalesce(pg_catalog.obj_description(classes.oid, 'pg_class'), '') !~ {PROMISE}",
        ("comment on table public.profiles is 'Profiles.'",),
    ),
    Rule(
        "columns_say_which_promise_they_serve",
        "Every column of a table has a comment that names a promise; partitions inherit theirs.",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "where classes.relkind in ('r', 'p') and not classes.relispartition and not columns.attisdropped "
        f"and coalesce(pg_catalog.col_description(classes.oid, columns.attnum), '') !~ {PROMISE}",
        ("alter table public.google_connections add column locale text",),
    ),
    Rule(
        "passwords_have_no_column",
        "Credentials live in Supabase Auth; no column of ours is for one.",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "where columns.attname ~ '(password|passwd|credential)'",
        ("alter table public.profiles add column encrypted_password text",),
    ),
    Rule(
        "foreign_keys_have_an_index",
        "A foreign key whose columns do not lead an index makes each deletion read the whole table.",
        "select keys.conname || ' on ' || keys.conrelid::regclass from pg_catalog.pg_constraint as keys "
        f"inner join {CLASSES} on classes.oid = keys.conrelid where keys.contype = 'f' and not exists ("
        "select from pg_catalog.pg_index as indexes where indexes.indrelid = keys.conrelid and indexes.indpred is null "
        "and (indexes.indkey::int2[])[0:pg_catalog.cardinality(keys.conkey) - 1] @> keys.conkey)",
        ("drop index private.google_authorization_attempts_user_id",),
    ),
    Rule(
        "only_profiles_reference_auth_users",
        "Every path locks in one order, as only public.profiles references auth.users.",
        "select keys.conname || ' on ' || keys.conrelid::regclass from pg_catalog.pg_constraint as keys "
        f"inner join {CLASSES} on classes.oid = keys.conrelid "
        "where keys.confrelid = 'auth.users'::regclass and keys.conrelid <> 'public.profiles'::regclass",
        ("alter table public.security_notices add foreign key (user_id) references auth.users (id)",),
    ),
    Rule(
        "records_outlive_their_member",
        "What belongs to a member of a workspace goes to nobody with the membership, or is gone with it; it never "
        "keeps anybody from leaving and never leaves the workspace.",
        "select keys.conname || ' on ' || keys.conrelid::regclass from pg_catalog.pg_constraint as keys "
        "where keys.contype = 'f' and keys.confrelid = 'public.workspace_members'::regclass "
        "and keys.confdeltype <> 'c' "
        "and not exists (select from unnest(keys.conkey, keys.confkey) as pairs (own, theirs) "
        "inner join pg_catalog.pg_attribute as own on own.attrelid = keys.conrelid and own.attnum = pairs.own "
        "inner join pg_catalog.pg_attribute as theirs on theirs.attrelid = keys.confrelid "
        "and theirs.attnum = pairs.theirs where theirs.attname = 'user_id' and not own.attnotnull "
        "and keys.confdeltype = 'n' and keys.confdelsetcols = array[pairs.own])",
        tuple(
            f"create table public.planted (workspace_id uuid, owner_id uuid {nullable}, foreign key "
            f"(workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) {action})"
            for nullable, action in (
                ("", ""),
                ("", "on delete set null"),
                ("", "on delete set null (workspace_id)"),
                ("not null", "on delete set null (owner_id)"),
            )
        ),
    ),
    Rule(
        "functions_pin_an_empty_search_path",
        "A name in a function means what it meant when it was written. What may take long beyond that says how long.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} "
        "where functions.proconfig is distinct from array['search_path=\"\"'] "
        "and functions.proconfig is distinct from array['search_path=\"\"', 'statement_timeout=60s'] "
        # Work on lists, which PostgREST gives as much time as the function says.
        "and functions.proconfig is distinct from array['search_path=\"\"', 'statement_timeout=5min']",
        ("alter function private.open_token(uuid, uuid, text, boolean) set search_path = public",),
    ),
    Rule(
        "functions_say_which_promise_they_serve",
        "Every function has a comment that names a promise.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} "
        f"where coalesce(pg_catalog.obj_description(functions.oid, 'pg_proc'), '') !~ {PROMISE}",
        ("comment on function private.refuse_truncate() is null",),
    ),
    Rule(
        "functions_are_withheld_from_public",
        "PostgreSQL grants EXECUTE to everybody by itself; each function takes it away.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} where exists ("
        "select from pg_catalog.aclexplode(coalesce(functions.proacl, pg_catalog.acldefault('f', functions.proowner))) "
        "as rights where rights.grantee = 0)",
        ("grant execute on function private.expire_records() to public",),
    ),
    Rule(
        "new_functions_are_withheld_from_public",
        "A function that a later migration makes is not PUBLIC's either, even if that migration forgets to say so.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} where functions.proname = 'planted' "
        "and pg_catalog.has_function_privilege('anon', functions.oid, 'execute')",
        (
            "alter default privileges grant execute on functions to public; "
            "create function public.planted() returns integer language sql return 1",
        ),
    ),
    Rule(
        "service_functions_check_their_caller_first",
        "The first statement of every function of service_api is the guard, so that a grant too many opens nothing.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} where namespaces.nspname = 'service_api' "
        r"and functions.prosrc !~ '\mbegin\s+perform private\.require_caller\(''google_'",
        (
            "create function service_api.planted() returns void language plpgsql set search_path = '' as "
            "$$ begin perform 1; perform private.require_caller('google_service'); end $$",
        ),
    ),
    Rule(
        "service_functions_are_definers",
        "The role of the service has no right on any table, so each of its functions runs as its owner.",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} "
        "where namespaces.nspname = 'service_api' and not functions.prosecdef",
        ("alter function service_api.open_token(uuid, uuid, text, boolean) security invoker",),
    ),
    Rule(
        "definers_are_withheld_from_clients",
        "No client can run a function with its owner's rights (Supabase advisors 0028 and 0029), but for those in a "
        "schema that clients cannot use: the three that row policies ask, which tell about the caller alone, and the "
        "one behind public.search_records, which asks the first of them before it looks (no row policy lets an index "
        "be searched).",
        f"select functions.oid::regprocedure::text from {FUNCTIONS} where functions.prosecdef "
        "and functions.oid not in ('private.readable_workspaces(text)'::regprocedure, "
        "'private.writable_workspaces(text)'::regprocedure, 'private.refuse_without_terms(uuid)'::regprocedure, "
        "'private.search_records(uuid, text, text[], integer, integer, uuid)'::regprocedure) and ("
        "pg_catalog.has_function_privilege('anon', functions.oid, 'execute') "
        "or pg_catalog.has_function_privilege('authenticated', functions.oid, 'execute'))",
        (
            "grant execute on function private.create_profile() to authenticated",
            "grant execute on function private.answer_own_request() to anon",
        ),
    ),
    Rule(
        "policies_are_narrow_and_explained",
        "A policy is for one operation and named roles, and its comment is a sentence that names a promise.",
        "select policies.polname || ' on ' || policies.polrelid::regclass from pg_catalog.pg_policy as policies "
        f"inner join {CLASSES} on classes.oid = policies.polrelid "
        "where policies.polcmd = '*' or 0 = any (policies.polroles) "
        f"or coalesce(pg_catalog.obj_description(policies.oid, 'pg_policy'), '') !~ {PROMISE}",
        (
            "create policy planted on public.profiles for select to public using (true)",
            "create policy planted on public.profiles to authenticated using (true)",
            "comment on policy profiles_select_owner on public.profiles is null",
        ),
    ),
    Rule(
        "policies_ask_for_the_user_once",
        "A policy asks who the user is in a sub-select, so that PostgreSQL asks once per query and not once per row.",
        "select policies.polname || ' on ' || policies.polrelid::regclass from pg_catalog.pg_policy as policies "
        f"inner join {CLASSES} on classes.oid = policies.polrelid "
        "where pg_catalog.regexp_replace("
        "concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), "
        r"'SELECT \(*(auth\.(uid|jwt|role|email)\(\)|current_setting\()', '', 'g') "
        r"~ '\m(auth\.(uid|jwt|role|email)|current_setting)\('",
        (
            "alter policy profiles_select_owner on public.profiles using (auth.uid() = user_id)",
            "alter policy profiles_select_owner on public.profiles using (user_id::text = auth.jwt() ->> 'sub')",
            "alter policy profiles_select_owner on public.profiles using (user_id::text = current_setting('role'))",
        ),
    ),
    Rule(
        "own_rows_are_for_their_person_alone",
        "A client of Supabase's OAuth server acts with its user's id, and still reads and writes no row of the user.",
        "select policies.polname || ' on ' || policies.polrelid::regclass from pg_catalog.pg_policy as policies "
        "where concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~ 'auth\\.uid' "
        "and (pg_get_expr(polqual, polrelid) !~ 'client_id' or pg_get_expr(polwithcheck, polrelid) !~ 'client_id')",
        (
            "alter policy profiles_select_owner on public.profiles using ((select auth.uid()) = user_id)",
            "alter policy profiles_update_owner on public.profiles with check ((select auth.uid()) = user_id)",
        ),
    ),
    Rule(
        "views_run_as_their_reader",
        "A view shows its reader no row that the reader could not read without it.",
        f"select classes.oid::regclass::text from {CLASSES} where classes.relkind = 'v' "
        "and not coalesce('security_invoker=true' = any (classes.reloptions), false)",
        ("alter view ops.vault_health reset (security_invoker)",),
    ),
    Rule(
        "times_have_a_zone",
        "A time is a moment, whatever the zone of the server.",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "where classes.relkind in ('r', 'p') and columns.attname like '%\\_at' "
        "and columns.atttypid <> 'timestamptz'::regtype",
        ("alter table private.purposes add column declared_at timestamp",),
    ),
    Rule(
        "objects_belong_to_the_migrating_role",
        "What a migration made belongs to postgres; another owner would bring rights of its own.",
        f"select classes.oid::regclass::text from {CLASSES} where classes.relowner <> 'postgres'::regrole "
        f"union all select functions.oid::regprocedure::text from {FUNCTIONS} "
        "where functions.proowner <> 'postgres'::regrole",
        (
            "grant create on schema public to supabase_storage_admin; "
            "alter table public.security_notices owner to supabase_storage_admin",
        ),
    ),
)
