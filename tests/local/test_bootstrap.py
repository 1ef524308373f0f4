"""A fresh database is what a hosted project has before any migration: schemas, tables, functions and extensions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest

from service.local.bootstrap import is_scratch
from service.local.postgres import Cluster
from tests.databases import Database
from tests.local.unmigrated import rights_on, unmigrated_database

_API_ROLES = ("anon", "authenticated", "service_role")


@pytest.fixture(scope="module")
def hosted(cluster: Cluster) -> Iterator[Database]:
    """A database without our migrations; tests roll back what they change."""
    with unmigrated_database(cluster) as database:
        yield database


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
