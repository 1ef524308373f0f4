"""The migration runner: what it applies, what it refuses, and that a failure or a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service import migrations
from service.local.postgres import Cluster
from service.migrations import MigrationError, apply_migrations, pending, read_migrations
from tests.databases import Database, Row, cloned_database
from tests.local.process_tree import wait_for

_FIRST, _SECOND, _THIRD = "20260101000000", "20260102000000", "20260103000000"
_TEXTS = {
    f"{_FIRST}_notes_create.sql": "create table public.notes (id integer);\ninsert into public.notes values (1);\n",
    f"{_SECOND}_notes_fill.sql": "-- 100 % of it\ninsert into public.notes select id + 1 from public.notes;\n",
    f"{_THIRD}_words_create.sql": "create table public.words (word text);\n",
}


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Database]:
    """An empty database that belongs to `postgres`."""
    with cloned_database(cluster, "template0") as database:
        yield database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three migrations."""
    for name, text in _TEXTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def history(database: Database) -> list[Row]:
    """What the database says it has had."""
    return database.rows("select * from supabase_migrations.schema_migrations order by version")


def has(database: Database, relation: str) -> bool:
    """Whether a table exists."""
    return database.value("select to_regclass(%s) is not null", (relation,))


def numbers(database: Database) -> list[int]:
    """What the first two migrations left."""
    return [row["id"] for row in database.rows("select id from public.notes order by id")]


def test_migrations_are_applied_in_order_with_their_history(empty: Database, folder: Path) -> None:
    reports: list[str] = []
    assert apply_migrations(empty.url(), folder, report=reports.append) == [_FIRST, _SECOND, _THIRD]
    assert reports == [f"Applying {name.removesuffix('.sql')}" for name in _TEXTS]
    assert numbers(empty) == [1, 2]
    assert history(empty) == [
        {"version": name[:14], "name": name[15:].removesuffix(".sql"), "statements": [text]}
        for name, text in _TEXTS.items()
    ]


def test_second_run_applies_nothing(empty: Database, folder: Path) -> None:
    apply_migrations(empty.url(), folder)
    before = history(empty)
    reports: list[str] = []
    assert apply_migrations(empty.url(), folder, report=reports.append) == []
    assert reports == []
    assert (history(empty), numbers(empty)) == (before, [1, 2])


def test_run_applies_only_what_is_new(empty: Database, folder: Path) -> None:
    apply_migrations(empty.url(), folder)
    (folder / "20260104000000_words_fill.sql").write_text("insert into public.words values ('%s')")
    assert pending(empty.url(), folder) == ["20260104000000"]
    assert apply_migrations(empty.url(), folder) == ["20260104000000"]
    assert pending(empty.url(), folder) == []
    assert empty.value("select word from public.words") == "%s"
    assert numbers(empty) == [1, 2]


def test_pending_names_everything_and_writes_nothing_if_there_is_no_history(empty: Database, folder: Path) -> None:
    assert pending(empty.url(), folder) == [_FIRST, _SECOND, _THIRD]
    assert not has(empty, "supabase_migrations.schema_migrations")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("create table public.half (id integer); select 1 / 0;", "division by zero"),
        ("create table public.half (id integer); selec;", 'syntax error at or near "selec"'),
        ("create table public.half (id integer); alter role anon superuser;", "permission denied to alter role"),
    ],
)
def test_run_stops_at_a_file_that_fails_and_leaves_nothing_of_it(
    empty: Database, folder: Path, text: str, reason: str
) -> None:
    (folder / f"{_SECOND}_notes_fill.sql").write_text(text)
    with pytest.raises(MigrationError) as failure:
        apply_migrations(empty.url(), folder)
    assert str(failure.value) == f"{_SECOND}_notes_fill failed and left nothing behind: {reason}"
    assert [row["version"] for row in history(empty)] == [_FIRST]
    assert not has(empty, "public.half")
    assert not has(empty, "public.words")
    (folder / f"{_SECOND}_notes_fill.sql").write_text("select 1")
    assert apply_migrations(empty.url(), folder) == [_SECOND, _THIRD]


def test_nothing_of_a_file_stays_if_its_history_row_cannot_be_written(empty: Database, folder: Path) -> None:
    text = "create table public.half (id integer); drop table supabase_migrations.schema_migrations;"
    (folder / f"{_FIRST}_notes_create.sql").write_text(text)
    with pytest.raises(MigrationError, match=f"{_FIRST}_notes_create failed"):
        apply_migrations(empty.url(), folder)
    assert not has(empty, "public.half")
    assert history(empty) == []


def test_run_is_refused_with_the_repair_if_the_history_names_what_is_not_on_disk(empty: Database, folder: Path) -> None:
    apply_migrations(empty.url(), folder)
    (folder / f"{_SECOND}_notes_fill.sql").unlink()
    (folder / f"{_THIRD}_words_create.sql").unlink()
    (folder / "20260104000000_never.sql").write_text("create table public.never (id integer)")
    before = history(empty)
    for ask in (apply_migrations, pending):
        with pytest.raises(MigrationError) as refused:
            ask(empty.url(), folder)
        assert f"supabase migration repair --status reverted {_SECOND} {_THIRD}" in str(refused.value)
    assert history(empty) == before
    assert not has(empty, "public.never")


def test_run_is_refused_with_the_repair_if_a_file_is_older_than_the_newest_applied(
    empty: Database, folder: Path
) -> None:
    apply_migrations(empty.url(), folder)
    before = history(empty)
    (folder / "20260102120000_late.sql").write_text("create table public.late (id integer)")
    (folder / "20260104000000_never.sql").write_text("create table public.never (id integer)")
    for ask in (apply_migrations, pending):
        with pytest.raises(
            MigrationError, match="supabase migration repair --status applied 20260102120000"
        ) as refused:
            ask(empty.url(), folder)
        assert "20260104000000" not in str(refused.value)
    assert history(empty) == before
    assert not has(empty, "public.late")
    assert not has(empty, "public.never")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("20260104_short.sql", "20260104_short.sql is not named"),
        ("20260104000000.sql", "20260104000000.sql is not named"),
        ("20260104000000_Big.sql", "20260104000000_Big.sql is not named"),
        (f"{_FIRST}_other.sql", "same version"),
    ],
)
def test_run_is_refused_before_anything_if_a_file_is_misnamed(
    empty: Database, folder: Path, name: str, message: str
) -> None:
    (folder / name).write_text("select 1")
    with pytest.raises(MigrationError, match=message):
        apply_migrations(empty.url(), folder)
    assert not has(empty, "public.notes")


def test_each_file_is_applied_once_if_two_run_at_once(empty: Database, folder: Path) -> None:
    waiting = (
        "select count(*) = 2 from pg_locks join pg_database on pg_database.oid = database "
        "where locktype = 'advisory' and not granted and datname = current_database()"
    )
    with ThreadPoolExecutor(2) as runners:
        # Both have begun before either may go on.
        empty.execute("select pg_advisory_lock(%s)", (migrations._LOCK,))
        try:
            runs = [runners.submit(apply_migrations, empty.url(), folder) for _ in range(2)]
            wait_for(lambda: empty.value(waiting))
        finally:
            empty.execute("select pg_advisory_unlock(%s)", (migrations._LOCK,))
        assert sorted(run.result(timeout=20) for run in runs) == [[], [_FIRST, _SECOND, _THIRD]]
    assert numbers(empty) == [1, 2]


def test_lock_is_free_again_if_a_run_failed(empty: Database, folder: Path) -> None:
    (folder / f"{_FIRST}_notes_create.sql").write_text("selec")
    with pytest.raises(MigrationError):
        apply_migrations(empty.url(), folder)
    # Asked with patience: the server notices a closed connection a moment after its client.
    empty.execute("set lock_timeout = '10s'")
    empty.execute("select pg_advisory_lock(%s)", (migrations._LOCK,))


def test_our_own_migrations_are_all_applied_to_the_template(database: Database) -> None:
    ours = [(migration.version, migration.name) for migration in read_migrations()]
    assert len(ours) > 0
    assert [(row["version"], row["name"]) for row in history(database)] == ours
    assert pending(database.url()) == []
