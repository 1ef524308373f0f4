"""The worker as a process reminds once, however many workers there are and whenever one of them is killed."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.database.linked_records import add_activity, add_workspace
from tests.database.service_api.test_remind_of_activities import due, reminders
from tests.databases import Database
from tests.personas import Person, add_person
from tests.service.test_worker import StartWorker, _entries, _until, database, platform, work

__all__ = ["database", "platform", "work"]


@pytest.fixture
def person(database: Database) -> Person:
    """Somebody who has something to do; of others before, nothing is left."""
    database.execute("delete from auth.users")
    return add_person(database, "ada")


@pytest.fixture
def workspace_id(database: Database, person: Person) -> UUID:
    """Their workspace."""
    return add_workspace(database, person)


def _kinds(database: Database) -> list[object]:
    return [entry["kind"] for entry in _entries(database)]


def test_worker_reminds_when_the_moment_comes(
    database: Database, work: StartWorker, person: Person, workspace_id: UUID
):
    part = work()
    moment = datetime.now(UTC) + timedelta(seconds=1)
    activity_id = add_activity(database, workspace_id, assignee_id=person.id, remind_at=moment)
    _until(lambda: len(reminders(database)) == 1, "nobody was reminded")
    assert reminders(database) == [
        {"activity_id": activity_id, "user_id": person.id, "due_at": moment, "shown_at": None}
    ]
    _until(lambda: '"kind": "remind_of_activity", "outcome": "done"' in part.child.log_path.read_text(), "no line")
    assert str(person.id) not in part.child.log_path.read_text()


def test_two_workers_remind_once_of_each(database: Database, work: StartWorker, person: Person, workspace_id: UUID):
    activity_ids = [due(database, workspace_id, assignee_id=person.id) for _ in range(60)]
    work("one")
    work("two")
    _until(lambda: _kinds(database) == [], "entries are left")
    assert sorted(row["activity_id"] for row in reminders(database)) == sorted(activity_ids)


@pytest.mark.parametrize("victim", ["worker", "database session"])
def test_killed_in_the_middle_it_is_reminded_of_once(
    database: Database, work: StartWorker, person: Person, workspace_id: UUID, victim: str
):
    due(database, workspace_id, assignee_id=person.id)
    waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and usename = 'authenticator'"
    with database.connect() as other, other.transaction():
        # The worker's call stops right where the reminder is to be written.
        other.execute("lock table public.activity_reminders in share mode")
        part = work("killed")
        _until(lambda: bool(database.rows(waiting)), "the worker did not get that far")
        if victim == "worker":
            os.kill(part.child.pid, signal.SIGKILL)
            _until(lambda: part.child.poll() is not None, "the worker did not end")
        else:
            database.execute(f"select pg_terminate_backend(pid) from ({waiting}) as waiting")
            os.kill(part.child.pid, signal.SIGKILL)
        assert len(_kinds(database)) == 1
    work("heir")
    _until(lambda: _kinds(database) == [], "nobody took it over")
    assert len(reminders(database)) == 1


def test_outage_of_the_database_is_waited_out(
    database: Database, work: StartWorker, person: Person, workspace_id: UUID, tmp_path: Path
):
    work()
    database.execute("alter function service_api.remind_of_activities(integer) rename to away")
    due(database, workspace_id, assignee_id=person.id)
    _until(
        lambda: "the worker waits for the database" in (tmp_path / "worker.log").read_text(), "the outage was not seen"
    )
    database.execute("alter function service_api.away(integer) rename to remind_of_activities")
    _until(lambda: len(reminders(database)) == 1, "nobody was reminded")
