"""The Supabase CLI and our runner understand each other, and its advisors find nothing in what the migrations make."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.local import binaries
from service.local.postgres import Cluster
from service.local.supabase_cli import run_cli
from service.migrations import MigrationError, apply_migrations, pending, read_migrations
from tests.databases import Database
from tests.local.catalogue_dump import dump
from tests.local.unmigrated import unmigrated_database

_SUPABASE = binaries.REPOSITORY / "supabase"
_UNKNOWN = "20990101000000"
_DIFFERENCES = (
    "alter table public.profiles add column planted text",
    "alter table public.profiles alter column planted set default 'planted'",
    "alter table public.profiles add constraint planted check (true)",
    "create index planted on public.profiles (planted)",
    "grant select (planted) on public.profiles to anon",
    "grant delete on cron.job_run_details to anon",
    "alter default privileges in schema public grant select on tables to anon",
    "create policy planted on public.profiles for select to anon using (false)",
    "alter table public.profiles disable row level security",
    "comment on column public.profiles.planted is 'planted'",
    "create function ops.planted() returns integer language sql as 'select 1'",
    "create or replace function ops.planted() returns integer language sql as 'select 2'",
    "create trigger planted before update on auth.users execute function suppress_redundant_updates_trigger()",
    "select cron.alter_job(jobid, active => false) from cron.job where jobname = 'expire-records'",
    "update supabase_migrations.schema_migrations set name = 'planted' where version = '20261123100000'",
    "delete from private.purposes",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's Supabase folder, as the CLI leaves files in it."""
    folder = tmp_path_factory.mktemp("project")
    copy_settings(folder)
    shutil.copytree(_SUPABASE / "migrations", folder / "supabase" / "migrations")
    return folder


@pytest.fixture(scope="module")
def pushed(cluster: Cluster, project: Path) -> Iterator[Database]:
    """A database whose migrations the CLI applied."""
    with unmigrated_database(cluster) as database:
        answer = run_cli(["db", "push", f"--remote={database.url()}"], cwd=project)
        assert answer.returncode == 0, answer.stderr
        yield database


@pytest.fixture(scope="module")
def migrated(cluster: Cluster) -> Iterator[Database]:
    """A database that our runner migrated, and that nobody has filled."""
    with unmigrated_database(cluster) as database:
        apply_migrations(database.url())
        yield database


def copy_settings(folder: Path) -> None:
    """Make a Supabase project of a folder."""
    (folder / "supabase").mkdir()
    shutil.copy2(_SUPABASE / "config.toml", folder / "supabase")


def ask(database: Database, project: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command of the CLI on a database; its exit code and its answer."""
    answer = run_cli([*arguments, "--output-format", "json", f"--remote={database.url()}"], cwd=project)
    assert answer.stdout.startswith("{"), answer.stderr
    return answer.returncode, json.loads(answer.stdout)


def listed(database: Database, project: Path) -> list[tuple[str, str]]:
    """Both columns of `supabase migration list`: versions on disk, versions in the database."""
    code, answer = ask(database, project, "migration", "list")
    assert code == 0
    return [(row["local"], row["remote"]) for row in answer["migrations"]]


def test_cli_lists_every_migration_of_our_runner_and_leaves_nothing_at_home(
    database: Database, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert listed(database, project) == [(migration.version, migration.version) for migration in read_migrations()]
    assert list(tmp_path.iterdir()) == []


def test_our_runner_goes_on_after_the_repair_that_its_refusal_names(database: Database, project: Path) -> None:
    *applied, last = (migration.version for migration in read_migrations())
    database.execute("delete from supabase_migrations.schema_migrations where version = %s", (last,))
    database.execute("insert into supabase_migrations.schema_migrations values (%s, '{}', 'unknown')", (_UNKNOWN,))
    assert listed(database, project) == [*((version, version) for version in applied), (last, ""), ("", _UNKNOWN)]
    with pytest.raises(MigrationError) as refused:
        pending(database.url())
    advice = str(refused.value).partition("supabase ")[2].replace("DATABASE_URL", database.url()).split()
    repaired = run_cli(advice, cwd=project)
    assert repaired.returncode == 0, repaired.stderr
    assert pending(database.url()) == [last]


def test_each_goes_on_where_the_other_stopped(cluster: Cluster, tmp_path: Path) -> None:
    copy_settings(tmp_path)
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir()
    with unmigrated_database(cluster) as database:
        (folder / "20260101000000_ours.sql").write_text("create table public.ours (id bigint);")
        assert apply_migrations(database.url(), folder) == ["20260101000000"]
        (folder / "20260102000000_theirs.sql").write_text("create table public.theirs (id bigint);")
        answer = run_cli(["db", "push", f"--remote={database.url()}"], cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        assert database.value("select to_regclass('public.theirs')::text") == "theirs"
        assert pending(database.url(), folder) == []
        (folder / "20260103000000_ours_again.sql").write_text("create table public.again (id bigint);")
        assert apply_migrations(database.url(), folder) == ["20260103000000"]


def test_push_of_an_empty_database_gives_the_same_as_our_runner(pushed: Database, migrated: Database) -> None:
    assert dump(pushed) == dump(migrated)
    assert pending(pushed.url()) == []


def test_dump_differs_if_anything_was_changed(database: Database) -> None:
    before = dump(database)
    for difference in _DIFFERENCES:
        database.execute(difference)
        after = dump(database)
        assert after != before, difference
        before = after


def test_advisors_find_nothing_in_our_database(database: Database, project: Path) -> None:
    answer = run_cli(["db", "advisors", "--fail-on", "warn", f"--remote={database.url()}"], cwd=project)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_advisors_fail_if_faults_are_planted(database: Database, project: Path) -> None:
    database.execute("create table public.planted_table (id bigint primary key)")
    database.execute("create view public.planted_view as select * from public.profiles")
    database.execute("grant select on public.planted_table, public.planted_view to anon")
    database.execute("create function public.planted_function() returns integer language sql as 'select 1'")
    code, answer = ask(database, project, "db", "advisors", "--fail-on", "warn")
    assert code == 1
    assert {(finding["name"], finding["metadata"]["name"]) for finding in answer["results"]} == {
        ("rls_disabled_in_public", "planted_table"),
        ("security_definer_view", "planted_view"),
        ("function_search_path_mutable", "planted_function"),
    }
