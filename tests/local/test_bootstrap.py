"""A fresh database is what a hosted project is: roles, rights, tables and what the role of migrations may do there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from service.local.bootstrap import is_scratch
from service.local.postgres import Cluster
from tests.databases import Database
from tests.local.unmigrated import rights_on, unmigrated_database

_API_ROLES = ("anon", "authenticated", "service_role")
_LETTERS = {
    "login": "rolcanlogin",
    "super": "rolsuper",
    "inherit": "rolinherit",
    "createrole": "rolcreaterole",
    "createdb": "rolcreatedb",
    "replication": "rolreplication",
    "bypassrls": "rolbypassrls",
}


@pytest.fixture(scope="module")
def hosted(cluster: Cluster) -> Iterator[Database]:
    """A database without our migrations; tests roll back what they change."""
    with unmigrated_database(cluster) as database:
        yield database


@pytest.mark.parametrize(
    ("role", "attributes"),
    [
        ("anon", "inherit"),
        ("authenticated", "inherit"),
        ("service_role", "inherit bypassrls"),
        ("authenticator", "login"),
        ("supabase_auth_admin", "login"),
        ("supabase_storage_admin", "login createrole"),
        ("postgres", "login inherit createrole createdb replication bypassrls"),
        ("supabase_admin", "login super inherit createrole createdb replication bypassrls"),
    ],
)
def test_role_has_the_attributes_of_hosted(hosted: Database, role: str, attributes: str) -> None:
    (row,) = hosted.rows("select * from pg_roles where rolname = %s", (role,))
    found = {word for word, column in _LETTERS.items() if row[column]}
    # Two are written as NOINHERIT there.
    no_inherit = {"authenticator", "supabase_auth_admin", "supabase_storage_admin"}
    assert found == set(attributes.split())
    assert ("inherit" not in found) == (role in no_inherit)


def test_memberships_are_those_of_hosted_and_the_one_that_stands_for_supautils(hosted: Database) -> None:
    rows = hosted.rows(
        "select members.rolname || ' ' || groups.rolname || case when admin_option then ' admin' else '' end as line "
        "from pg_auth_members join pg_roles as members on members.oid = member join pg_roles as groups on groups.oid = "
        "roleid where groups.rolname !~ '^pg_' and not members.rolname ~ '^(pg_|google_)' "
        "and groups.rolname !~ '^google_'"
    )
    assert {row["line"] for row in rows} == {
        *(f"authenticator {role}" for role in _API_ROLES),
        *(f"postgres {role} admin" for role in _API_ROLES),
        "postgres authenticator admin",
        "postgres supabase_storage_admin",
        "supabase_storage_admin authenticator",
    }


@pytest.mark.parametrize(
    ("role", "setting"),
    [
        ("anon", "statement_timeout=3s"),
        ("authenticated", "statement_timeout=8s"),
        ("authenticator", "statement_timeout=8s"),
        ("supabase_auth_admin", "search_path=auth"),
        ("supabase_auth_admin", "log_statement=none"),
    ],
)
def test_role_has_the_settings_of_hosted(hosted: Database, role: str, setting: str) -> None:
    assert setting in hosted.value("select rolconfig from pg_roles where rolname = %s", (role,))


@pytest.mark.parametrize(
    ("schema", "role", "letters"),
    [
        *(("public", role, "U") for role in _API_ROLES),
        ("public", "postgres", "UC"),
        *(("auth", role, "U") for role in (*_API_ROLES, "postgres")),
        *(("storage", role, "U") for role in _API_ROLES),
        ("storage", "postgres", "U"),
        *(("extensions", role, "U") for role in _API_ROLES),
        ("vault", "postgres", "U"),
        ("vault", "service_role", "U"),
        *(("vault", role, "") for role in ("anon", "authenticated")),
        ("cron", "postgres", "U"),
        *(("cron", role, "") for role in _API_ROLES),
        ("supabase_migrations", "postgres", "UC"),
        *(("supabase_migrations", role, "") for role in _API_ROLES),
    ],
)
def test_schema_gives_a_role_what_hosted_gives(hosted: Database, schema: str, role: str, letters: str) -> None:
    found = "".join(
        letter
        for letter, right in (("U", "usage"), ("C", "create"))
        if hosted.value("select has_schema_privilege(%s, %s, %s)", (role, schema, right))
    )
    # Membership in the storage admin, which stands for supautils here, brings CREATE on storage.
    if (schema, role) == ("storage", "postgres"):
        found = found.removesuffix("C")
    assert found == letters


def test_every_auth_and_storage_table_has_row_security_and_its_platform_owner(hosted: Database) -> None:
    rows = hosted.rows(
        "select relname, relnamespace::regnamespace::text as schema, relrowsecurity, "
        "pg_get_userbyid(relowner) as owner from pg_class "
        "where relkind = 'r' and relnamespace in ('auth'::regnamespace, 'storage'::regnamespace)"
    )
    names = {row["relname"] for row in rows}
    assert {
        "users", "identities", "sessions", "refresh_tokens", "one_time_tokens", "flow_state", "mfa_factors",
        "mfa_challenges", "mfa_amr_claims", "audit_log_entries", "schema_migrations", "buckets", "objects",
    } == names  # fmt: skip
    for row in rows:
        assert row["relrowsecurity"], row["relname"]
        assert row["owner"] == f"supabase_{row['schema']}_admin"


def test_auth_tables_give_postgres_the_rights_of_hosted_and_the_api_roles_none(hosted: Database) -> None:
    for row in hosted.rows("select tablename from pg_tables where schemaname = 'auth'"):
        rights = rights_on(hosted, f"auth.{row['tablename']}")
        rights.pop("supabase_auth_admin")
        expected = "r*" if row["tablename"] == "schema_migrations" else "a*r*w*d*x*t*"
        assert rights == {"postgres": expected}, row["tablename"]


@pytest.mark.parametrize(
    ("setting", "table", "function"),
    [("granted", "arwdDxtm", "X"), ("withheld", "Dxtm", None)],
)
def test_new_objects_in_public_get_what_the_projects_setting_gives(
    cluster: Cluster, setting: str, table: str, function: str | None
) -> None:
    with unmigrated_database(cluster, default_privileges=setting) as database:  # type: ignore[arg-type]
        database.execute("create table public.notes (id bigint)")
        database.execute("create function public.hello() returns void language sql as ''")
        rights = rights_on(database, "public.notes")
        for role in _API_ROLES:
            assert rights[role] == table
            direct = database.value(
                "select count(*) from pg_proc, aclexplode(proacl) where proname = 'hello' and grantee = %s::regrole",
                (role,),
            )
            assert direct == (1 if function else 0)


def test_anon_empties_a_table_that_the_withheld_setting_leaves_truncate_on(hosted: Database) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute("create table public.notes as select 1 as id")
        hosted.execute("alter table public.notes enable row level security")
        hosted.execute("set local role anon")
        hosted.execute("truncate public.notes")
        hosted.execute("reset role")
        assert hosted.value("select count(*) from public.notes") == 0


def test_postgres_makes_a_role_and_gives_it_to_authenticator_and_itself(hosted: Database) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute("create role probe_role nologin nobypassrls")
        hosted.execute("grant probe_role to authenticator")
        hosted.execute("grant probe_role to postgres with set true, inherit false")
        hosted.execute("grant anon to probe_role")
        hosted.execute("set local role probe_role")
        assert hosted.value("select current_user") == "probe_role"


def test_postgres_reads_and_writes_auth_and_puts_triggers_on_users(hosted: Database) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute("create table public.seen (id uuid)")
        hosted.execute(
            "create function public.see() returns trigger language plpgsql security definer set search_path = '' as "
            "$$ begin insert into public.seen values (new.id); return new; end $$"
        )
        hosted.execute("create trigger see after insert on auth.users for each row execute function public.see()")
        user_id = uuid.uuid4()
        hosted.execute("insert into auth.users (id, email) values (%s, 'ada@example.com')", (user_id,))
        hosted.execute("update auth.users set email = 'grace@example.com' where id = %s", (user_id,))
        assert hosted.value("select id from public.seen") == user_id
        hosted.execute("delete from auth.users where id = %s", (user_id,))
        assert hosted.value("select count(*) from auth.users") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "alter table auth.users add column note text",
        "truncate auth.users cascade",
        "create table auth.notes (id bigint)",
        "drop table auth.sessions",
        "alter role supabase_admin with password 'x'",
        "alter role postgres with superuser",
        "delete from auth.schema_migrations",
        "create extension pg_buffercache",
        "copy (select 1) to '/tmp/never'",
        "select pg_read_file('vault_root_key')",
        "delete from local_platform.scratch_marker",
        "set session_replication_role = replica",
    ],
)
def test_postgres_is_refused_what_hosted_refuses(hosted: Database, statement: str) -> None:
    with hosted.connection.transaction(force_rollback=True), pytest.raises(psycopg.errors.InsufficientPrivilege):
        hosted.execute(statement)


def test_postgres_writes_policies_on_storage_objects(hosted: Database) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute("create policy probe on storage.objects for select to authenticated using (true)")


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_auth_tables_are_closed_to_api_roles(hosted: Database, role: str) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute(f"set local role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hosted.execute("select * from auth.users")


def test_auth_functions_read_the_claims_of_the_request(hosted: Database) -> None:
    claims = {"sub": str(uuid.uuid4()), "role": "authenticated", "email": "ada@example.com"}
    with hosted.connection.transaction(force_rollback=True):
        hosted.rows("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
        hosted.execute("set local role authenticated")
        (row,) = hosted.rows("select auth.uid()::text as sub, auth.role() as role, auth.email() as email")
        assert row == claims
        assert hosted.value("select auth.jwt()") == claims


def test_auth_functions_answer_null_without_a_request(hosted: Database) -> None:
    (row,) = hosted.rows("select auth.uid() as sub, auth.role() as role, auth.jwt() as claims")
    assert row == {"sub": None, "role": None, "claims": None}


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ("create table public.probe (id bigint)", True),
        ("create function public.probe() returns void language sql as ''", True),
        ("comment on schema public is 'probe'", True),
        ("grant select on storage.objects to anon", False),
        ("create policy probe on storage.objects using (true)", False),
        ("create temporary table probe (id bigint)", False),
    ],
)
def test_postgrest_is_told_of_changes_that_its_cache_holds(cluster: Cluster, statement: str, is_told: bool) -> None:
    with unmigrated_database(cluster) as database, database.connect() as listener:
        listener.execute("listen pgrst")
        database.execute(statement)
        # A known last message: what comes before it is all there is.
        database.execute("notify pgrst, 'end'")
        messages = []
        for message in listener.notifies(timeout=10):
            messages.append(message.payload)
            if message.payload == "end":
                break
        assert messages == ["reload schema"] * is_told + ["end"]


def test_postgrest_is_told_when_something_is_dropped(cluster: Cluster) -> None:
    with unmigrated_database(cluster) as database:
        database.execute("create table public.probe (id bigint)")
        with database.connect() as listener:
            listener.execute("listen pgrst")
            database.execute("drop table public.probe")
            message = next(listener.notifies(timeout=10))
            assert message.payload == "reload schema"


def test_only_a_bootstrapped_database_is_scratch(cluster: Cluster, hosted: Database) -> None:
    assert is_scratch(hosted.url())
    cluster.create_database("not_scratch")
    try:
        assert not is_scratch(cluster.url("not_scratch"))
    finally:
        cluster.drop_database("not_scratch")


def test_extensions_lie_where_hosted_has_them(hosted: Database) -> None:
    rows = hosted.rows(
        "select extname, extversion, extnamespace::regnamespace::text as schema, pg_get_userbyid(extowner) as owner "
        "from pg_extension where extname <> 'plpgsql'"
    )
    found = {row["extname"]: (row["schema"], row["owner"]) for row in rows}
    assert found == {
        "pgcrypto": ("extensions", "supabase_admin"),
        "pg_stat_statements": ("extensions", "supabase_admin"),
        "supabase_vault": ("vault", "supabase_admin"),
        "pg_cron": ("pg_catalog", "supabase_admin"),
    }
    versions = {row["extname"]: row["extversion"] for row in rows}
    assert (versions["supabase_vault"], versions["pg_cron"]) == ("0.3.1", "1.6")


def test_migrations_may_create_the_extensions_again(hosted: Database) -> None:
    for name in ("supabase_vault", "pg_cron", "pgcrypto"):
        hosted.execute(f"create extension if not exists {name}")
