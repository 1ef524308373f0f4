"""Realtime, GraphQL and Storage show nothing that policies/access/exposure.yaml does not list."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.policy import comparison
from service.policy.comparison import differences
from service.policy.exposures import read_exposures
from service.policy.files import ROOT, exposure
from tests.databases import Connection, Database

# The extension itself is not here to install. What is asked of the catalogue is whether it is there.
_GRAPHQL = (
    "insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) "
    "select 99999, 'pg_graphql', 10, oid, false, '1.6.0' from pg_namespace where nspname = 'extensions'"
)
_REALTIME = "create schema realtime; create table realtime.messages (topic text); "


@pytest.fixture
def platform_owner(shared: Database) -> Iterator[Connection]:
    """The platform's own role, whose changes are taken back."""
    with shared.connect("supabase_admin") as connection, connection.transaction(force_rollback=True):
        yield connection


def test_nothing_is_exposed_and_nothing_is_listed(shared: Database) -> None:
    assert read_exposures(shared.connection) == set()
    assert all(exposure().content[surface]["objects"] == [] for surface in ("realtime", "graphql", "storage"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "alter publication supabase_realtime add table public.consents",
            "realtime: table public.consents in supabase_realtime",
        ),
        (
            "create publication planted for tables in schema private",
            "realtime: table private.google_secrets in planted",
        ),
        (
            "alter publication supabase_realtime add table audit.token_openings",
            "realtime: table audit.token_openings_",
        ),
        ("create publication planted for table auth.sessions", "realtime: table auth.sessions in planted"),
        ("create publication planted for all tables", "realtime: table vault.secrets in planted"),
        (
            _REALTIME + "alter table realtime.messages enable row level security; "
            "create policy planted on realtime.messages for select to authenticated using (true)",
            "realtime: policy planted on realtime.messages",
        ),
        (
            "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true)",
            "storage: public bucket avatars",
        ),
        ("insert into storage.buckets (id, name) values ('files', 'files')", "storage: private bucket files"),
        (
            "create policy planted on storage.objects for insert to authenticated with check (true)",
            "storage: policy planted on storage.objects",
        ),
        (
            "create policy planted on storage.buckets for select to anon using (true)",
            "storage: policy planted on storage.buckets",
        ),
        (_GRAPHQL, "graphql: extension pg_graphql"),
        (_GRAPHQL, "graphql: table public.consent_texts to anon"),
        (_GRAPHQL, "graphql: table public.profiles to authenticated"),
        (_GRAPHQL, "graphql: view public.current_consents to authenticated"),
    ],
)
def test_exposure_that_is_not_listed_is_named(platform_owner: Connection, change: str, named: str) -> None:
    platform_owner.execute(change.encode())
    found = differences(platform_owner)
    assert [line for line in found if line.startswith(f"exposure in the database and not in the files: {named}")]


def test_what_realtime_publishes_of_its_own_is_not_ours(platform_owner: Connection) -> None:
    platform_owner.execute(f"{_REALTIME}create publication planted for tables in schema realtime".encode())
    assert read_exposures(platform_owner) == set()


def test_exposure_that_is_listed_and_not_there_is_named(shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {**exposure().content["storage"], "objects": ["public bucket avatars"]}
    content = {**exposure().content, "storage": listed}
    monkeypatch.setattr(comparison, "exposure", lambda: replace(exposure(), content=content))
    said = "exposure in the files and not in the database: storage: public bucket avatars"
    assert differences(shared.connection) == [said]
    with shared.connection.transaction(force_rollback=True):
        shared.execute("insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true)")
        assert differences(shared.connection) == []


def test_migrations_take_graphql_away(shared: Database) -> None:
    text = next((ROOT / "supabase" / "migrations").glob("*_graphql_remove.sql")).read_text()
    with shared.connect("supabase_admin") as admin, admin.transaction(force_rollback=True):
        admin.execute(_GRAPHQL.encode())
        admin.execute(text.encode())
        assert read_exposures(admin) == set()


def test_data_api_exposes_our_two_schemas_and_not_that_of_graphql() -> None:
    config = tomllib.loads((ROOT / "supabase" / "config.toml").read_text())
    assert config["api"]["schemas"] == ["public", "service_api"]
