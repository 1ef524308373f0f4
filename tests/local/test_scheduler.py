"""The scheduler: when a job is due, as whom it runs, and what is recorded of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.local import scheduler
from service.local.parts import REPOSITORY
from service.local.postgres import Cluster
from service.local.processes import start_child
from service.local.scheduler import is_due, run_job_now
from tests.databases import Database, Row
from tests.local.process_tree import wait_for
from tests.local.unmigrated import unmigrated_database


@pytest.fixture
def unmigrated(cluster: Cluster) -> Iterator[Database]:
    """A database before any migration of ours: no job but the test's own."""
    with unmigrated_database(cluster) as database:
        yield database


def at(moment: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def runs(database: Database) -> list[Row]:
    """What is recorded of all runs, oldest first."""
    return database.rows("select * from cron.job_run_details order by runid")


@pytest.mark.parametrize(
    ("schedule", "due", "not_due"),
    [
        ("* * * * *", ["2026-01-31 23:59"], []),
        ("17 * * * *", ["2026-01-01 05:17", "2026-01-01 05:17:59"], ["2026-01-01 05:16", "2026-01-01 05:18"]),
        ("23 3 * * *", ["2026-01-01 03:23"], ["2026-01-01 03:22", "2026-01-01 15:23", "2026-01-01 04:23"]),
        ("*/15 * * * *", ["2026-01-01 00:00", "2026-01-01 00:45"], ["2026-01-01 00:44"]),
        ("10-30/10 * * * *", ["2026-01-01 00:10", "2026-01-01 00:30"], ["2026-01-01 00:00", "2026-01-01 00:40"]),
        ("5,7-9 * * * *", ["2026-01-01 00:05", "2026-01-01 00:08"], ["2026-01-01 00:06", "2026-01-01 00:10"]),
        ("0 0 1 1-3 *", ["2026-02-01 00:00"], ["2026-04-01 00:00", "2026-02-02 00:00"]),
        ("0 0 1 Jan,dec *", ["2026-12-01 00:00", "2026-01-01 00:00"], ["2026-11-01 00:00"]),
        ("0 0 1 feb-apr *", ["2026-03-01 00:00"], ["2026-01-01 00:00", "2026-05-01 00:00"]),
        # 4 January 2026 is a Sunday.
        ("0 0 * * 0", ["2026-01-04 00:00"], ["2026-01-03 00:00", "2026-01-05 00:00"]),
        ("0 0 * * 7", ["2026-01-04 00:00"], ["2026-01-03 00:00", "2026-01-05 00:00"]),
        ("0 0 * * 5-7", ["2026-01-02 00:00", "2026-01-04 00:00"], ["2026-01-01 00:00", "2026-01-05 00:00"]),
        ("0 0 * * mon-Fri", ["2026-01-05 00:00", "2026-01-09 00:00"], ["2026-01-04 00:00", "2026-01-10 00:00"]),
        ("0 0 $ * *", ["2026-01-31 00:00", "2028-02-29 00:00"], ["2026-01-30 00:00", "2028-02-28 00:00"]),
        # Both day fields restricted: either is enough. A step on all days does not count as restricted.
        ("0 0 13 * fri", ["2026-01-13 00:00", "2026-01-09 00:00"], ["2026-01-12 00:00"]),
        ("0 0 13 feb fri", ["2026-02-06 00:00", "2026-02-13 00:00"], ["2026-01-13 00:00"]),
        ("0 0 */2 * fri", ["2026-01-09 00:00"], ["2026-01-02 00:00", "2026-01-07 00:00"]),
    ],
)
def test_schedule_is_due_at_its_minutes_alone(schedule: str, due: list[str], not_due: list[str]) -> None:
    assert [moment for moment in due if not is_due(schedule, at(moment), None)] == []
    assert [moment for moment in not_due if is_due(schedule, at(moment), None)] == []


@pytest.mark.parametrize(
    ("schedule", "last_run", "expected"),
    [
        ("* * * * *", "2026-01-01 00:05:01", False),
        ("* * * * *", "2026-01-01 00:05:00", False),
        ("* * * * *", "2026-01-01 00:04:59", True),
        ("1 second", "2026-01-01 00:05:29", True),
        ("30 seconds", "2026-01-01 00:05:00", True),
        ("30 seconds", "2026-01-01 00:05:01", False),
        ("59 Seconds", "2026-01-01 00:04:30", True),
    ],
)
def test_schedule_is_due_again_only_after_its_time(schedule: str, last_run: str, expected: bool) -> None:
    assert is_due(schedule, at("2026-01-01 00:05:30"), at(last_run)) is expected


def test_every_schedule_that_pg_cron_takes_can_be_read() -> None:
    moment = at("2026-01-01 00:00")
    for schedule in ("0-30/5 1,2,23 1-31 1-12 0-7", "  5   4 * * *  ", "* * * * sun,1-3", "0 0 $ jan mon"):
        is_due(schedule, moment, moment - timedelta(days=1))


def test_job_runs_as_its_own_role_with_nobody_elses_rights(unmigrated: Database) -> None:
    unmigrated.execute(
        "select cron.schedule('whoami', '0 0 1 1 *', 'create table public.ran as select current_user::text as me, "
        "session_user::text as session, (select rolsuper from pg_roles where rolname = session_user) as super')"
    )
    assert run_job_now(unmigrated.url("supabase_admin"), "whoami") == "succeeded"
    assert unmigrated.rows("select * from public.ran") == [{"me": "postgres", "session": "postgres", "super": False}]
    (run,) = runs(unmigrated)
    recorded = ("database", "username", "status", "return_message")
    assert [run[name] for name in recorded] == [unmigrated.name, "postgres", "succeeded", "SELECT 1"]
    assert run["command"].startswith("create table")
    assert run["start_time"] <= run["end_time"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("insert into public.notes values (1); select 1 / 0", "ERROR:  division by zero"),
        ("insert into public.notes values (1); alter role anon superuser", "ERROR:  permission denied to alter role"),
        ("insert into public.notes values (1); selec", 'ERROR:  syntax error at or near "selec"'),
    ],
)
def test_job_is_recorded_as_failed_and_leaves_nothing_if_a_statement_fails(
    unmigrated: Database, command: str, message: str
) -> None:
    unmigrated.execute("create table public.notes (id integer)")
    unmigrated.execute("select cron.schedule('failing', '0 0 1 1 *', %s)", (command,))
    assert run_job_now(unmigrated.url("supabase_admin"), "failing") == "failed"
    (run,) = runs(unmigrated)
    assert (run["status"], run["return_message"], run["command"]) == ("failed", message, command)
    assert unmigrated.rows("select * from public.notes") == []


def test_running_a_job_is_refused_if_nobody_scheduled_it(unmigrated: Database) -> None:
    with pytest.raises(LookupError, match="no job is named nothing"):
        run_job_now(unmigrated.url("supabase_admin"), "nothing")
    assert runs(unmigrated) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is not supported")
def test_due_jobs_run_until_it_is_told_to_stop_even_if_its_connection_is_lost(
    unmigrated: Database, tmp_path: Path
) -> None:
    switched_off = unmigrated.value("select cron.schedule('off', '1 second', 'select 2')")
    unmigrated.execute("select cron.alter_job(%s, active => false)", (switched_off,))
    unmigrated.execute("select cron.schedule('other', '0 0 1 1 *', 'select 3')")
    running = start_child(
        "scheduler",
        [sys.executable, "-m", "service.local.scheduler"],
        env={scheduler.DATABASE_VARIABLE: unmigrated.url("supabase_admin")},
        cwd=REPOSITORY,
        log_path=tmp_path / "scheduler.log",
    )
    try:
        # Also a job that comes while it runs.
        unmigrated.execute("select cron.schedule('each-second', '1 seconds', 'select 1')")
        wait_for(lambda: len(runs(unmigrated)) > 0)
        with unmigrated.connect("supabase_admin") as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and usename = 'supabase_admin' and pid <> pg_backend_pid()"
            )
        seen = len(runs(unmigrated))
        wait_for(lambda: len(runs(unmigrated)) > seen)
    finally:
        running.terminate()
    assert running.poll() == 0
    assert {(run["command"], run["status"]) for run in runs(unmigrated)} == {("select 1", "succeeded")}
    assert "postgresql://" not in running.log_path.read_text()
