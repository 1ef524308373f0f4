"""The operator commands, run as operators run them."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.config.token_keys import parse_token_keys
from service.local.platform import Platform
from service.local.postgres import Cluster
from service.migrations import read_migrations
from tests.databases import Database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def unmigrated(cluster: Cluster) -> Iterator[str]:
    """The URL of a bootstrapped database that has had no migration."""
    name = f"unmigrated_{secrets.token_hex(4)}"
    cluster.create_database(name)
    cluster.bootstrap(name)
    yield cluster.url(name)
    cluster.drop_database(name)


def run(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    # Elsewhere, so that nobody's own .env is read.
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )


def applied_count(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone()
        if row is None or row[0] is None:
            return 0
        row = connection.execute("select count(*) from supabase_migrations.schema_migrations").fetchone()
        return row[0] if row else 0


def test_migrate_applies_what_is_missing_if_the_database_is_behind(unmigrated: str, tmp_path: Path):
    wanted = len(read_migrations())
    listed = run("migrate", "--dry-run", cwd=tmp_path, APP_ENV="local", DATABASE_URL=unmigrated)
    assert listed.returncode == 0, listed.stderr
    assert f"{wanted} to apply; nothing was changed" in listed.stdout
    assert applied_count(unmigrated) == 0

    first = run("migrate", cwd=tmp_path, APP_ENV="local", DATABASE_URL=unmigrated)
    assert first.returncode == 0, first.stderr
    assert f"{wanted} applied" in first.stdout
    assert applied_count(unmigrated) == wanted

    again = run("migrate", cwd=tmp_path, APP_ENV="local", DATABASE_URL=unmigrated)
    assert again.returncode == 0, again.stderr
    assert "0 applied; the database is up to date" in again.stdout


def test_migrate_changes_nothing_if_production_meets_a_url_without_tls(unmigrated: str, tmp_path: Path):
    refused = run("migrate", cwd=tmp_path, DATABASE_URL=unmigrated)
    assert refused.returncode == 1
    assert "DATABASE_URL: lacks sslmode=verify-full" in refused.stderr
    assert applied_count(unmigrated) == 0


def test_migrate_says_what_is_missing_if_there_is_no_url(tmp_path: Path):
    refused = run("migrate", cwd=tmp_path)
    assert refused.returncode == 1
    assert "DATABASE_URL: is missing" in refused.stderr


def test_migrate_shows_no_password_if_it_cannot_connect(cluster: Cluster, tmp_path: Path):
    url = f"postgresql://postgres:marker@127.0.0.1:{cluster.port}/postgres?sslmode=disable"
    refused = run("migrate", cwd=tmp_path, APP_ENV="local", DATABASE_URL=url)
    assert refused.returncode == 1
    assert "password authentication failed" in refused.stderr
    assert "marker" not in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_generate_gives_a_value_that_the_settings_take(tmp_path: Path):
    first, second = (run("keys", "generate", "--kid", "2026-11", cwd=tmp_path) for _ in range(2))
    assert first.returncode == 0
    (key,) = parse_token_keys(first.stdout)
    assert key.kid == "2026-11"
    assert key.secret != parse_token_keys(second.stdout)[0].secret


def test_keys_are_added_last_and_put_first(tmp_path: Path):
    before = run("keys", "generate", "--kid", "old", cwd=tmp_path).stdout
    added = run("keys", "add", cwd=tmp_path, TOKEN_KEYS=before).stdout
    old, new = parse_token_keys(added)
    assert (old.kid, old) == ("old", parse_token_keys(before)[0])
    moved = run("keys", "seal-with", new.kid, cwd=tmp_path, TOKEN_KEYS=added).stdout
    assert parse_token_keys(moved) == (new, old)


@pytest.mark.parametrize(
    ("arguments", "token_keys", "reason"),
    [
        (("add",), "", "is not JSON"),
        (("add",), "{}", "is not a JWK set"),
        (("seal-with", "other"), None, "has no key other"),
    ],
)
def test_keys_are_refused_without_quoting_one(
    tmp_path: Path, arguments: tuple[str, ...], token_keys: str | None, reason: str
):
    given = token_keys if token_keys is not None else run("keys", "generate", "--kid", "old", cwd=tmp_path).stdout
    answer = run("keys", *arguments, cwd=tmp_path, TOKEN_KEYS=given)
    assert answer.returncode == 1
    assert answer.stderr.startswith("TOKEN_KEYS: ")
    assert reason in answer.stderr
    assert given.strip() not in answer.stderr or not given


def test_keys_generate_refuses_a_name_that_no_document_can_carry(tmp_path: Path):
    answer = run("keys", "generate", "--kid", "two words", cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "kid" in answer.stderr


def test_close_breaker_lets_refreshing_go_on_under_a_name(
    platform: Platform, platform_database: Database, tmp_path: Path
):
    platform_database.execute(
        "insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (6, 9)"
    )
    closed = run("close-breaker", "--by", "ada@example.com", cwd=tmp_path, **platform.settings_env())
    assert (closed.returncode, closed.stdout.strip()) == (0, "Refreshing goes on.")
    (row,) = platform_database.rows("select state, last_closed_by from ops.refresh_breaker")
    assert row == {"state": "closed", "last_closed_by": "ada@example.com"}
    again = run("close-breaker", "--by", "ada", cwd=tmp_path, **platform.settings_env())
    assert again.stdout.strip() == "Refreshing was not stopped."


@pytest.mark.parametrize("name", ["", "x", "a;b", "x" * 65])
def test_close_breaker_wants_a_name(tmp_path: Path, name: str):
    refused = run("close-breaker", "--by", name, cwd=tmp_path)
    assert refused.returncode == 2
    assert "--by" in refused.stderr
