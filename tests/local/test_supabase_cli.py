"""The real Supabase CLI on the local cluster: same history, same catalogue, and its advisors find what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.local import binaries
from service.local.postgres import Cluster
from service.local.supabase_cli import run_cli
from service.migrations import MigrationError, apply_migrations, read_migrations
from tests.databases import Database
from tests.local.unmigrated import unmigrated_database

_SUPABASE = binaries.REPOSITORY / "supabase"
_HISTORY = "select version, name from supabase_migrations.schema_migrations order by version"


@pytest.fixture
def fresh(cluster: Cluster) -> Iterator[Database]:
    """A database without any migration."""
    with unmigrated_database(cluster) as database:
        yield database


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the repository's Supabase folder, as the CLI leaves files in it."""
    (tmp_path / "supabase").mkdir()
    shutil.copy2(_SUPABASE / "config.toml", tmp_path / "supabase")
    shutil.copytree(_SUPABASE / "migrations", tmp_path / "supabase" / "migrations")
    return tmp_path


def cli(project: Path, database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_cli([*arguments, f"--remote={database.url()}"], cwd=project)


def catalogue(database: Database) -> list[str]:
    """All that pg_dump knows of a database's schema; the random word that it puts around its output is left out."""
    answer = subprocess.run(
        [binaries.postgres_folder() / "bin" / "pg_dump", "--schema-only", database.url("supabase_admin")],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in answer.stdout.splitlines() if not re.match(r"\\(un)?restrict ", line)]


def test_push_of_an_empty_database_gives_the_same_catalogue_as_our_runner(
    cluster: Cluster, fresh: Database, project: Path
) -> None:
    pushed = cli(project, fresh, "db", "push")
    assert pushed.returncode == 0, pushed.stderr
    with unmigrated_database(cluster) as ours:
        apply_migrations(ours.url())
        assert catalogue(fresh) == catalogue(ours)
        assert fresh.rows(_HISTORY) == ours.rows(_HISTORY)
        jobs = "select jobname, schedule, command, active, username from cron.job order by jobname"
        assert fresh.rows(jobs) == ours.rows(jobs)
        # The comparison can fail.
        ours.execute("grant select on public.profiles to anon")
        assert catalogue(fresh) != catalogue(ours)


def test_history_agrees_with_the_cli_if_our_runner_wrote_it(fresh: Database, project: Path) -> None:
    apply_migrations(fresh.url())
    listed = cli(project, fresh, "migration", "list", "--output-format", "json")
    assert listed.returncode == 0, listed.stderr
    pairs = json.loads(listed.stdout)["migrations"]
    versions = [migration.version for migration in read_migrations()]
    assert [(pair["local"], pair["remote"]) for pair in pairs] == [(version, version) for version in versions]


def test_each_goes_on_where_the_other_stopped(fresh: Database, project: Path) -> None:
    migrations = project / "supabase" / "migrations"
    assert cli(project, fresh, "db", "push").returncode == 0
    (migrations / "29990101000000_by_us.sql").write_text("create table public.by_us (id bigint);")
    assert apply_migrations(fresh.url(), migrations) == ["29990101000000"]
    (migrations / "29990102000000_by_cli.sql").write_text("create table public.by_cli (id bigint);")
    pushed = cli(project, fresh, "db", "push")
    assert pushed.returncode == 0, pushed.stderr
    assert apply_migrations(fresh.url(), migrations) == []
    assert fresh.value("select to_regclass('public.by_cli') is not null and to_regclass('public.by_us') is not null")


def test_repair_that_our_refusal_names_lets_the_run_go_on(fresh: Database, project: Path) -> None:
    migrations = project / "supabase" / "migrations"
    newest = migrations / "29990101000000_notes_create.sql"
    newest.write_text("create table public.notes (id bigint);")
    apply_migrations(fresh.url(), migrations)
    newest.unlink()
    with pytest.raises(MigrationError) as refusal:
        apply_migrations(fresh.url(), migrations)
    _, command = str(refusal.value).split("supabase ")
    arguments = [word for word in command.split() if word != "--remote=DATABASE_URL"]
    assert arguments == ["migration", "repair", "--status", "reverted", "29990101000000"]
    repaired = cli(project, fresh, *arguments)
    assert repaired.returncode == 0, repaired.stderr
    assert apply_migrations(fresh.url(), migrations) == []


def test_advisors_find_nothing_in_the_migrated_database_and_do_find_a_planted_fault(
    database: Database, project: Path
) -> None:
    clean = cli(project, database, "db", "advisors", "--fail-on", "warn")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    database.execute("create table public.open_to_all (id bigint); grant select on public.open_to_all to anon")
    found = cli(project, database, "db", "advisors", "--fail-on", "warn")
    assert found.returncode != 0
    assert "rls_disabled_in_public" in found.stdout + found.stderr


def test_cli_leaves_nothing_at_home(fresh: Database, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = project / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SUPABASE_ACCESS_TOKEN", "made up")
    assert cli(project, fresh, "migration", "list").returncode == 0
    assert list(home.iterdir()) == []
