"""service_api.remind_of_activities: whoever is to do it is reminded once, by whichever worker comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Answer, Caller
from tests.database.linked_records import add_activity, add_workspace
from tests.database.revocations import entries, outcomes
from tests.databases import Database, Row
from tests.personas import GOOGLE_OPERATOR, GOOGLE_SERVICE, Person, acting_as, add_person

NOTHING = {"done_count": 0, "not_needed_count": 0, "postponed_count": 0}


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    """The worker's role, on a database of the test's own: what is due is due for all."""
    with Caller(database, GOOGLE_OPERATOR) as worker:
        yield worker


@pytest.fixture
def person(database: Database) -> Person:
    return add_person(database, "ada")


@pytest.fixture
def workspace_id(database: Database, person: Person) -> UUID:
    return add_workspace(database, person)


def remind(operator: Caller, limit: int | None = 50) -> Answer:
    """Remind as a worker does."""
    return operator.call("remind_of_activities", limit=limit)


def make_due(database: Database) -> None:
    """Let the moment of every reminder be over, as waiting would."""
    database.execute("alter table public.activities disable trigger user")
    database.execute("update public.activities set remind_at = now() - interval '1 minute' where remind_at is not null")
    database.execute("alter table public.activities enable trigger user")
    database.execute(
        "update private.queued_reminders as queued set remind_at = activities.remind_at from public.activities "
        "where activities.workspace_id = queued.workspace_id and activities.id = queued.activity_id"
    )
    database.execute("update private.outbox set available_at = now() - interval '1 minute', lease_until = now() "
                     "where lease_id is not null")  # fmt: skip
    database.execute("update private.outbox set available_at = now() - interval '1 minute'")


def reminders(database: Database) -> list[Row]:
    """Whom what reminded of, oldest first."""
    return database.rows(
        "select activity_id, user_id, due_at, shown_at from public.activity_reminders order by due_at, activity_id"
    )


def due(database: Database, workspace_id: UUID, **columns: object) -> UUID:
    """An activity whose reminder is due."""
    activity_id = add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1), **columns)
    make_due(database)
    return activity_id


def test_what_is_due_is_reminded_of_once(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    activity_id = due(database, workspace_id, assignee_id=person.id)
    add_activity(database, workspace_id, assignee_id=person.id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    assert remind(operator) == NOTHING | {"done_count": 1}
    assert remind(operator) == NOTHING
    (row,) = reminders(database)
    assert (row["activity_id"], row["user_id"], row["shown_at"]) == (activity_id, person.id, None)
    remind_at = database.value("select remind_at from public.activities where id = %s", (activity_id,))
    assert row["due_at"] == remind_at
    assert (len(entries(database)), outcomes(database)) == (1, [("done", 1)])


@pytest.mark.parametrize("who", ["assignee", "creator"])
def test_assignee_is_reminded_else_the_creator(
    database: Database, operator: Caller, person: Person, workspace_id: UUID, who: str
) -> None:
    other = add_person(database)
    database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'member')",
        (workspace_id, other.id),
    )
    due(database, workspace_id, created_by=person.id, assignee_id=other.id if who == "assignee" else None)
    remind(operator)
    assert [row["user_id"] for row in reminders(database)] == [other.id if who == "assignee" else person.id]


def _nobody_left(database: Database, activity_id: UUID, other: Person) -> None:
    database.execute("delete from public.workspace_members where user_id = %s", (other.id,))


def _account_deleted(database: Database, activity_id: UUID, other: Person) -> None:
    database.execute("delete from auth.users where id = %s", (other.id,))


def _done_past_the_trigger(database: Database, activity_id: UUID, other: Person) -> None:
    with database.connection.transaction():
        database.execute("alter table public.activities disable trigger user")
        database.execute("update public.activities set done_at = now() where id = %s", (activity_id,))
        database.execute("alter table public.activities enable trigger user")


@pytest.mark.parametrize("happened", [_nobody_left, _account_deleted, _done_past_the_trigger])
def test_nobody_is_reminded_if_nobody_is_left_or_it_is_done(
    database: Database, operator: Caller, workspace_id: UUID, happened: Callable[[Database, UUID, Person], None]
) -> None:
    other = add_person(database)
    database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'member')",
        (workspace_id, other.id),
    )
    happened(database, due(database, workspace_id, created_by=other.id), other)
    assert remind(operator) == NOTHING | {"not_needed_count": 1}
    assert (reminders(database), entries(database), outcomes(database)) == ([], [], [("not_needed", 1)])


def test_each_moment_is_reminded_of_and_none_twice(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    activity_id = due(database, workspace_id, assignee_id=person.id)
    remind(operator)
    for _ in range(2):
        database.execute(
            "update public.activities set remind_at = clock_timestamp() + interval '1 hour' where id = %s",
            (activity_id,),
        )
    make_due(database)
    assert remind(operator) == NOTHING | {"done_count": 1}
    assert len(reminders(database)) == 2
    # An entry for a moment that was reminded of already, as only a hand could make it.
    database.execute(
        "with entry as (select private.add_outbox_entry('remind_of_activity', now(), now() + interval '1 day') as id) "
        "insert into private.queued_reminders select entry.id, workspace_id, activities.id, remind_at "
        "from entry cross join public.activities as activities"
    )
    assert remind(operator) == NOTHING | {"done_count": 1}
    assert len(reminders(database)) == 2


@pytest.mark.parametrize(("limit", "taken"), [(2, 2), (0, 1), (None, 1), (1000, 3)])
def test_so_many_are_taken_at_once(
    database: Database, operator: Caller, person: Person, workspace_id: UUID, limit: int | None, taken: int
) -> None:
    for _ in range(3):
        due(database, workspace_id, assignee_id=person.id)
    assert remind(operator, limit)["done_count"] == taken


def test_reminder_is_seen_and_marked_by_its_person_alone(
    database: Database, operator: Caller, person: Person, workspace_id: UUID
) -> None:
    colleague = add_person(database)
    database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'admin')",
        (workspace_id, colleague.id),
    )
    due(database, workspace_id, assignee_id=person.id)
    remind(operator)
    mark = b"update public.activity_reminders set shown_at = '2001-01-01' returning shown_at > '2020-01-01' as it"
    with acting_as(database, colleague.persona()) as connection:
        assert connection.execute(b"select 1 from public.activity_reminders").fetchall() == []
        assert connection.execute(mark).fetchall() == []
    for _ in range(2):
        with acting_as(database, person.persona()) as connection:
            assert connection.execute(mark).fetchall() == [{"it": True}]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(database, person.persona()) as connection:
        connection.execute(b"update public.activity_reminders set due_at = now()")


def test_service_of_the_users_may_not_remind(database: Database) -> None:
    with Caller(database, GOOGLE_SERVICE) as service, pytest.raises(psycopg.errors.InsufficientPrivilege):
        remind(service)
