"""The roles of a hosted project: attributes, memberships, and what the role of migrations may and may not do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from service.local.bootstrap import DefaultPrivileges
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
    ("setting", "table", "sequence", "function"),
    [("granted", "arwdDxtm", "rwU", "X"), ("withheld", "Dxtm", "w", "")],
)
def test_new_objects_in_public_get_what_the_projects_setting_gives(
    cluster: Cluster, setting: DefaultPrivileges, table: str, sequence: str, function: str
) -> None:
    with unmigrated_database(cluster, default_privileges=setting) as database:
        if database.connection.info.server_version < 170000:
            # MAINTAIN came with PostgreSQL 17.
            table = table.removesuffix("m")
        database.execute("create table public.notes (id bigserial)")
        database.execute("create function public.hello() returns void language sql as ''")
        on_function = "select string_agg(acl::text, ' ') from pg_proc, unnest(proacl) as acl where proname = 'hello'"
        granted = database.value(on_function) or ""
        for role in _API_ROLES:
            assert rights_on(database, "public.notes")[role] == table
            assert rights_on(database, "public.notes_id_seq").get(role, "") == sequence
            assert (f"{role}={function}/" in granted) == bool(function)


def test_anon_empties_a_table_that_the_withheld_setting_leaves_truncate_on(hosted: Database) -> None:
    with hosted.connection.transaction(force_rollback=True):
        hosted.execute("create table public.notes as select 1 as id")
        hosted.execute("alter table public.notes enable row level security")
        hosted.execute("set local role anon")
        hosted.execute("truncate public.notes")
        hosted.execute("reset role")
        assert hosted.value("select count(*) from public.notes") == 0


def test_postgres_makes_a_role_that_authenticator_may_switch_to(hosted: Database) -> None:
    hosted.execute("create role probe_role nologin nobypassrls")
    try:
        hosted.execute("grant probe_role to authenticator")
        with hosted.connect("authenticator") as connection:
            connection.execute("set role probe_role")
            row = connection.execute("select current_user as role").fetchone()
            assert row == {"role": "probe_role"}
    finally:
        hosted.execute("drop role probe_role")


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


def test_trigger_that_postgres_made_runs_with_its_owners_rights_if_auth_adds_a_user(cluster: Cluster) -> None:
    with unmigrated_database(cluster) as database:
        database.execute("create schema private; create table private.seen (id uuid, writer text)")
        database.execute(
            "create function private.see() returns trigger language plpgsql security definer set search_path = '' as "
            "$$ begin insert into private.seen values (new.id, session_user); return new; end $$"
        )
        database.execute("create trigger see after insert on auth.users for each row execute function private.see()")
        user_id = uuid.uuid4()
        with database.connect("supabase_auth_admin") as auth:
            auth.execute("insert into auth.users (id) values (%s)", (user_id,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                auth.execute("select from private.seen")
        assert database.rows("select * from private.seen") == [{"id": user_id, "writer": "supabase_auth_admin"}]


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
        "copy (select 1) to '/tmp/never'",
        "select pg_read_file('vault_root_key')",
        "delete from local_platform.scratch_marker",
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
