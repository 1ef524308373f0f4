"""The stand-in for pg_cron: schedules it takes and refuses, whose job a job is, and what `postgres` may touch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import errors

from service.local.postgres import Cluster
from tests.databases import Database, Row
from tests.local.unmigrated import rights_on, unmigrated_database

_NOTHING = "select 1"


@pytest.fixture(scope="module")
def unmigrated(cluster: Cluster) -> Iterator[Database]:
    """A database before any migration of ours, for all tests of this file."""
    with unmigrated_database(cluster) as database:
        yield database


@pytest.fixture
def cron(unmigrated: Database) -> Iterator[Database]:
    """No job yet: what a test does is taken back at its end."""
    with unmigrated.connection.transaction(force_rollback=True):
        yield unmigrated


@pytest.fixture
def owner(cron: Database) -> str:
    """A role without special rights that may schedule jobs."""
    cron.execute("create role report_writer nologin")
    cron.execute("grant report_writer to postgres")
    cron.execute("grant usage on schema cron to report_writer")
    cron.execute("grant select on cron.job to report_writer")
    for function in ("schedule(text, text, text)", "unschedule(bigint)", "alter_job"):
        cron.execute(f"grant execute on function cron.{function} to report_writer")
    return "report_writer"


def schedule(cron: Database, when: str, name: str | None = "job") -> int:
    """A new job's number."""
    if name is None:
        return cron.value("select cron.schedule(%s, %s)", (when, _NOTHING))
    return cron.value("select cron.schedule(%s, %s, %s)", (name, when, _NOTHING))


def jobs(cron: Database) -> list[Row]:
    """All jobs that the session's role sees, oldest first."""
    return cron.rows("select * from cron.job order by jobid")


@pytest.mark.parametrize(
    "when",
    [
        "* * * * *", "*/5 * * * *", "0-30/5 1,2,23 1-31 1-12 0-7", "0 0 $ * *", "0 0 1 jan,DEC *", "0 0 * * sun",
        "0 0 * * 7", "0 0 * feb-apr Mon-Fri", "  5   4 * * *  ", "1 second", "59 seconds", " 30  Seconds ",
    ],
)  # fmt: skip
def test_schedule_is_taken(cron: Database, when: str) -> None:
    number = schedule(cron, when)
    (job,) = jobs(cron)
    assert (job["jobid"], job["schedule"], job["jobname"]) == (number, when, "job")


@pytest.mark.parametrize(
    "when",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
        "5-1 * * * *", "*/0 * * * *", "10/5 * * * *", "-1 * * * *", "1, * * * *", ",1 * * * *", "1--2 * * * *",
        "$ * * * *", "* * * sun *", "* * * * jan", "one * * * *", "@daily", "@reboot", "0 seconds", "60 seconds",
        "5 minutes", "seconds",
    ],
)  # fmt: skip
def test_schedule_is_refused_with_a_hint_if_invalid(cron: Database, when: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as refused, cron.connection.transaction():
        schedule(cron, when)
    assert refused.value.diag.message_primary == f"invalid schedule: {when}"
    assert "cron format" in (refused.value.diag.message_hint or "")
    assert jobs(cron) == []


def test_job_belongs_to_its_database_and_role(cron: Database) -> None:
    schedule(cron, "* * * * *")
    (job,) = jobs(cron)
    assert (job["username"], job["database"], job["active"], job["command"]) == ("postgres", cron.name, True, _NOTHING)


def test_job_is_replaced_if_its_name_is_taken(cron: Database) -> None:
    first = schedule(cron, "* * * * *")
    assert cron.value("select cron.schedule('job', '30 seconds', 'select 2')") == first
    (job,) = jobs(cron)
    assert (job["schedule"], job["command"]) == ("30 seconds", "select 2")


def test_job_stays_off_if_it_is_scheduled_again(cron: Database) -> None:
    number = schedule(cron, "* * * * *")
    cron.execute("select cron.alter_job(%s, active => false)", (number,))
    assert schedule(cron, "0 0 * * *") == number
    (job,) = jobs(cron)
    assert (job["active"], job["schedule"]) == (False, "0 0 * * *")


def test_jobs_without_name_stand_side_by_side(cron: Database) -> None:
    assert schedule(cron, "* * * * *", None) != schedule(cron, "* * * * *", None)
    assert [job["jobname"] for job in jobs(cron)] == [None, None]


def test_unschedule_removes_the_job_of_a_name_or_number(cron: Database) -> None:
    schedule(cron, "* * * * *", "by name")
    number = schedule(cron, "* * * * *", "by number")
    assert cron.value("select cron.unschedule('by name')") is True
    assert [job["jobname"] for job in jobs(cron)] == ["by number"]
    with pytest.raises(errors.InsufficientPrivilege), cron.connection.transaction():
        cron.execute("delete from cron.job where jobid = %s", (number,))
    assert cron.value("select cron.unschedule(%s::bigint)", (number,)) is True
    assert jobs(cron) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("select cron.unschedule('nobody')", "could not find valid entry for job 'nobody'"),
        ("select cron.unschedule(-1)", "could not find valid entry for job -1"),
        ("select cron.alter_job(-1, active => false)", "Job -1 does not exist or you don't own it"),
    ],
)
def test_change_is_refused_if_there_is_no_such_job(cron: Database, statement: str, message: str) -> None:
    with pytest.raises(errors.RaiseException, match=message), cron.connection.transaction():
        cron.execute(statement)


def test_alter_job_changes_what_it_is_given_and_keeps_the_rest(cron: Database) -> None:
    number = schedule(cron, "* * * * *")
    (before,) = jobs(cron)
    cron.execute("select cron.alter_job(%s, schedule => '1 second', command => 'select 3')", (number,))
    (after,) = jobs(cron)
    assert after == {**before, "schedule": "1 second", "command": "select 3"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [("schedule => 'never'", errors.InvalidParameterValue), ("username => 'anon'", errors.InsufficientPrivilege)],
)
def test_alter_job_is_refused_and_changes_nothing(cron: Database, arguments: str, error: type[Exception]) -> None:
    number = schedule(cron, "* * * * *")
    before = jobs(cron)
    with pytest.raises(error), cron.connection.transaction():
        cron.execute(f"select cron.alter_job(%s, active => false, {arguments})", (number,))
    assert jobs(cron) == before


@pytest.mark.parametrize(
    "statement",
    [
        "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')",
        "update cron.job set username = 'supabase_admin'",
        "delete from cron.job",
        "truncate cron.job",
        "select nextval('cron.jobid_seq')",
        "select cron._caller()",
    ],
)
def test_statement_is_refused_to_postgres(cron: Database, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), cron.connection.transaction():
        cron.execute(statement)


def test_rights_of_postgres_end_at_reading_jobs_and_clearing_their_runs(unmigrated: Database) -> None:
    job, runs = rights_on(unmigrated, "cron.job"), rights_on(unmigrated, "cron.job_run_details")
    assert job.keys() == runs.keys() == {"supabase_admin", "postgres"}
    assert job["postgres"] == "r*"
    assert runs["postgres"].replace("m*", "") == "a*r*w*d*D*x*"


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
@pytest.mark.parametrize("statement", ["select from cron.job", "select cron.schedule('x', '* * * * *', 'select 1')"])
def test_statement_is_refused_to_clients(cron: Database, role: str, statement: str) -> None:
    cron.execute(f"set local role {role}")
    with pytest.raises(errors.InsufficientPrivilege), cron.connection.transaction():
        cron.execute(statement)


def test_role_sees_and_names_its_own_jobs_alone(cron: Database, owner: str) -> None:
    other = schedule(cron, "* * * * *")
    cron.execute(f"set local role {owner}")
    own = schedule(cron, "0 0 * * *")
    assert own != other
    assert [(job["jobid"], job["username"]) for job in jobs(cron)] == [(own, owner)]
    # BYPASSRLS, as on a hosted project.
    cron.execute("set local role postgres")
    assert [job["jobid"] for job in jobs(cron)] == [other, own]


@pytest.mark.parametrize(
    "statement", ["select cron.unschedule({other})", "select cron.alter_job({other}, active => false)"]
)
def test_change_is_refused_if_the_job_is_anothers(cron: Database, owner: str, statement: str) -> None:
    other = schedule(cron, "* * * * *")
    before = jobs(cron)
    cron.execute(f"set local role {owner}")
    with pytest.raises((errors.InsufficientPrivilege, errors.RaiseException)), cron.connection.transaction():
        cron.execute(statement.format(other=other))
    cron.execute("set local role postgres")
    assert jobs(cron) == before
