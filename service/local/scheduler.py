"""`python -m service.local.scheduler`: runs the due rows of cron.job, as pg_cron's background worker does.

Does not imitate: more than one job at a time, commands that refuse to run in a transaction (VACUUM), the settings of
the job's role (its statement_timeout), and the rows of runs that have begun but not ended. A job runs in the database
that holds its row, whatever the row says: in a cloned database it still names the one it was cloned from. A job could
give itself back the superuser's rights by `reset session authorization`, which the real one's connection does not have.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

import psycopg
from psycopg import sql

DATABASE_VARIABLE = "LOCAL_SCHEDULER_DATABASE_URL"
_SECONDS = re.compile(r"\s*(\d+)\s+seconds?\s*", re.IGNORECASE)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@dataclass(frozen=True, slots=True)
class Job:
    """An active row of cron.job."""

    jobid: int
    schedule: str
    command: str
    username: str


def is_due(schedule: str, moment: datetime, last_run: datetime | None) -> bool:
    """Whether a schedule is due at this moment (UTC), given when it last ran.

    Args:
        schedule: five cron fields, `$` for the last day of a month, or `N seconds`.
    """
    if seconds := _SECONDS.fullmatch(schedule):
        return last_run is None or moment - last_run >= timedelta(seconds=int(seconds[1]))
    minute = moment.replace(second=0, microsecond=0)
    return (last_run is None or last_run < minute) and _matches(schedule, minute)


def run_job(connection: psycopg.Connection, job: Job) -> str:
    """Run one job under its own role and record the run.

    Returns:
        The status that cron.job_run_details shows: `succeeded` or `failed`.
    """
    started_at = datetime.now(UTC)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("set local session authorization {}").format(sql.Identifier(job.username)))
            message = connection.execute(job.command.encode()).statusmessage
        status = "succeeded"
    except psycopg.Error as error:
        status, message = "failed", f"ERROR:  {error.diag.message_primary or type(error).__name__}"
    connection.execute(
        """
        insert into cron.job_run_details
        (jobid, job_pid, database, username, command, status, return_message, start_time, end_time)
        values (%s, pg_backend_pid(), current_database(), %s, %s, %s, %s, %s, clock_timestamp())
        """,
        [job.jobid, job.username, job.command, status, message, started_at],
    )
    return status


def run_job_now(admin_url: str, name: str) -> str:
    """Run the job of this name at once, whenever it is due; for tests.

    Returns:
        The status that cron.job_run_details shows: `succeeded` or `failed`.

    Raises:
        LookupError: no job has this name.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        jobs = _jobs(connection, "jobname = %s", name)
        if not jobs:
            raise LookupError(f"no job is named {name}")
        return run_job(connection, jobs[0])


def run_scheduler(admin_url: str, stop: threading.Event) -> None:
    """Run due jobs until told to stop; the connection is made again when it was lost."""
    last_runs: dict[int, datetime] = {}
    while not stop.is_set():
        try:
            with psycopg.connect(admin_url, autocommit=True) as connection:
                while not stop.wait(0.5):
                    for job in _jobs(connection, "active"):
                        moment = datetime.now(UTC)
                        if is_due(job.schedule, moment, last_runs.setdefault(job.jobid, moment)):
                            last_runs[job.jobid] = moment
                            run_job(connection, job)
        except psycopg.OperationalError:
            stop.wait(1)


def _jobs(connection: psycopg.Connection, rule: str, *values: str) -> list[Job]:
    query = f"select jobid, schedule, command, username from cron.job where {rule} order by jobid"
    return [Job(*row) for row in connection.execute(query.encode(), values or None).fetchall()]


def _matches(schedule: str, minute: datetime) -> bool:
    fields = schedule.lower().split()
    last_day = (minute + timedelta(days=1)).day == 1
    now = (minute.minute, minute.hour, minute.day, minute.month, minute.isoweekday() % 7)
    hits = []
    for position, (field, value) in enumerate(zip(fields, now, strict=True)):
        if field == "$":
            hits.append(last_day)
        else:
            hits.append(value in _values(field, position))
    # Vixie's rule: if both day fields are restricted, one of them is enough.
    if not fields[2].startswith("*") and not fields[4].startswith("*"):
        return all((*hits[:2], hits[3])) and (hits[2] or hits[4])
    return all(hits)


def _values(field: str, position: int) -> set[int]:
    lowest, highest = _RANGES[position]
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            start, end = lowest, highest
        else:
            start = _number(first, position)
            end = _number(last, position) if last else (highest if step else start)
        values.update(range(start, end + 1, int(step or 1)))
    # Sunday is 0 and 7.
    return {value % 7 for value in values} if position == len(_RANGES) - 1 else values


def _number(text: str, position: int) -> int:
    if text in _MONTHS:
        return _MONTHS.index(text) + 1
    return _DAYS.index(text) if position == len(_RANGES) - 1 and text in _DAYS else int(text)


def main() -> None:
    """Run until SIGTERM."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    run_scheduler(os.environ[DATABASE_VARIABLE], stop)


if __name__ == "__main__":
    main()
