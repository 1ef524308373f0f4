"""public.own_open_activities: what is the reader's to do, over all their workspaces, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.database.linked_records import add_activity, add_workspace
from tests.databases import Database, Row
from tests.personas import ANON, Person, add_person, run_as

_SHOWN = {
    "workspace_id", "id", "kind", "title", "contact_id", "company_id", "deal_id", "assignee_id", "created_by",
    "starts_at", "ends_at", "due_at", "time_zone", "location", "remind_at", "google_event_id", "is_on_primary_calendar",
    "created_at", "version",
}  # fmt: skip


@pytest.fixture
def colleague(shared: Database) -> Person:
    return add_person(shared, "colleague")


@pytest.fixture
def workspace_id(shared: Database, person: Person, colleague: Person) -> UUID:
    """A workspace of both."""
    return add_workspace(shared, person, colleague)


def _open(database: Database, person: Person) -> list[Row]:
    return run_as(database, person.persona(), "select * from public.own_open_activities order by created_at")


def _columns(person: Person, colleague: Person) -> dict[str, tuple[dict[str, Any], bool]]:
    """What an activity holds, and whether it is the person's to do."""
    mine, theirs = person.id, colleague.id
    return {
        "assigned": ({"assignee_id": mine, "created_by": theirs}, True),
        "made and not assigned": ({"created_by": mine}, True),
        "made and assigned to somebody": ({"assignee_id": theirs, "created_by": mine}, False),
        "of somebody": ({"created_by": theirs}, False),
        "of nobody": ({}, False),
        "done": ({"assignee_id": mine, "done_at": datetime.now(UTC)}, False),
        "in the trash": ({"assignee_id": mine, "trashed_at": datetime.now(UTC)}, False),
    }


def test_reader_sees_what_is_theirs_to_do(
    shared: Database, person: Person, colleague: Person, workspace_id: UUID
) -> None:
    wanted = []
    for columns, is_shown in _columns(person, colleague).values():
        activity_id = add_activity(shared, workspace_id, **columns)
        wanted += [activity_id] * is_shown
    assert [row["id"] for row in _open(shared, person)] == wanted


def test_all_workspaces_of_the_reader_are_in_it_and_none_that_they_left(
    shared: Database, person: Person, workspace_id: UUID
) -> None:
    other = add_workspace(shared, add_person(shared), person)
    for each in (workspace_id, other):
        add_activity(shared, each, created_by=person.id)
    assert {row["workspace_id"] for row in _open(shared, person)} == {workspace_id, other}
    shared.execute("delete from public.workspace_members where workspace_id = %s and user_id = %s", (other, person.id))
    assert {row["workspace_id"] for row in _open(shared, person)} == {workspace_id}


def test_of_an_event_the_id_is_shown_and_where_it_lies(shared: Database, person: Person, workspace_id: UUID) -> None:
    add_activity(
        shared, workspace_id, assignee_id=person.id, google_event_id="6f1c2f0e7c554a3a", is_on_primary_calendar=True
    )
    (row,) = _open(shared, person)
    assert set(row) == _SHOWN
    assert (row["google_event_id"], row["is_on_primary_calendar"]) == ("6f1c2f0e7c554a3a", True)


def test_nobody_else_sees_it(shared: Database, person: Person, workspace_id: UUID) -> None:
    add_activity(shared, workspace_id, assignee_id=person.id)
    assert _open(shared, add_person(shared)) == []
    with pytest.raises(Exception, match="permission denied"):
        run_as(shared, ANON, "select * from public.own_open_activities")


def test_view_that_ran_as_its_owner_would_be_seen(database: Database) -> None:
    person = add_person(database)
    left = add_workspace(database, add_person(database))
    add_activity(database, left, created_by=person.id)
    assert _open(database, person) == []
    database.execute("alter view public.own_open_activities set (security_invoker = false)")
    assert len(_open(database, person)) == 1
