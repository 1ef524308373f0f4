"""service_api.remind_of_activities when others are at work: two workers, one that dies, and deletions under way."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Caller
from tests.database.racing import race
from tests.database.revocations import entries
from tests.database.service_api.test_remind_of_activities import (
    NOTHING,
    due,
    make_due,
    operator,
    person,
    remind,
    reminders,
    workspace_id,
)
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person

__all__ = ["operator", "person", "workspace_id"]


def test_two_workers_remind_once(database: Database, operator: Caller, person: Person, workspace_id: UUID) -> None:
    due(database, workspace_id, assignee_id=person.id)
    with Caller(database, GOOGLE_OPERATOR) as second, operator.connection.transaction():
        assert remind(operator)["done_count"] == 1
        # Neither waits: the entry is somebody's.
        assert remind(second) == NOTHING
    assert remind(operator) == NOTHING
    assert len(reminders(database)) == 1


def test_worker_that_dies_in_the_middle_leaves_everything_to_the_next(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    due(database, workspace_id, assignee_id=person.id)
    with suppress(psycopg.OperationalError), operator.connection.transaction():
        assert remind(operator)["done_count"] == 1
        database.execute("select pg_terminate_backend(%s)", (operator.connection.info.backend_pid,))
    assert reminders(database) == []
    with Caller(database, GOOGLE_OPERATOR) as next_one:
        assert remind(next_one) == NOTHING | {"done_count": 1}
    assert len(reminders(database)) == 1


@pytest.mark.parametrize("table", ["activities", "workspace_members"])
def test_what_is_being_deleted_is_left_for_later_and_nobody_waits_for_it(
    database: Database, operator: Caller, person: Person, workspace_id: UUID, table: str
) -> None:
    due(database, workspace_id, assignee_id=person.id)
    with database.connect() as member, member.transaction():
        # As a deletion holds it before its cascade has reached the entry.
        member.execute(f"select from public.{table} for update".encode())
        assert remind(operator) == NOTHING | {"postponed_count": 1}
    assert (reminders(database), entries(database)[0]["last_error"]) == ([], "being_deleted")
    make_due(database)
    assert remind(operator) == NOTHING | {"done_count": 1}


def test_worker_that_waited_for_a_deletion_would_be_seen(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    remove_guard(database, "private.remind_of_activity(bigint)", " skip locked")
    due(database, workspace_id, assignee_id=person.id)
    with database.connect() as member:
        _, answer = race(
            database,
            (member, lambda: member.execute("select from public.activities for update")),
            (operator.connection, lambda: remind(operator)),
        )
    assert answer["postponed_count"] == 0


def test_activity_that_is_being_done_is_reminded_of_or_not_and_nobody_hangs(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    due(database, workspace_id, assignee_id=person.id)
    with database.connect() as member:
        answer, _ = race(
            database,
            (operator.connection, lambda: remind(operator)),
            (member, lambda: member.execute("update public.activities set done_at = now()")),
        )
    assert answer["done_count"] == 1
    assert (len(reminders(database)), entries(database)) == (1, [])
