"""service_api.undo_event_tie: what an opening changed in activities is taken back, and nothing that came after it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from tests.database.connections import Answer, Caller, Connected
from tests.database.linked_records import activity, add_activity, add_workspace, event_of
from tests.database.service_api.test_open_token_for_event import new_event_id, open_for_event
from tests.database.situations import Situation, if_session_ended
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import Person, add_person

_NONE = (None, None)
_UNDO = "service_api.undo_event_tie(uuid,uuid,text,boolean,boolean,jsonb)"


def undo(service: Caller, person: Person, event_id: str, ties: list[dict[str, str]], **changes: Any) -> Answer:
    """Take back what an opening answered as its ties."""
    arguments = {
        "user_id": person.id, "session_id": person.session_id, "event_id": event_id, "is_on_primary_calendar": True,
        "were_tied": False, "ties": json.dumps(ties),
    }  # fmt: skip
    return service.call("undo_event_tie", **arguments | changes)


@pytest.fixture
def tied(shared: Database, service: Caller, connected: Connected) -> tuple[UUID, UUID, str, list[dict[str, str]]]:
    """Workspace, activity and event of a tie that was just made, and what the opening said of it."""
    workspace_id, event_id = add_workspace(shared, connected.person), new_event_id()
    activity_id = add_activity(shared, workspace_id)
    ties = open_for_event(service, connected.person, event_id, activity_id)["ties"]
    assert event_of(shared, workspace_id, activity_id) == (event_id, True)
    return workspace_id, activity_id, event_id, ties


Tied = tuple[UUID, UUID, str, list[dict[str, str]]]


def test_undo_takes_the_tie_back(shared: Database, service: Caller, connected: Connected, tied: Tied) -> None:
    workspace_id, activity_id, event_id, ties = tied
    assert undo(service, connected.person, event_id, ties) == {"outcome": "undone"}
    assert event_of(shared, workspace_id, activity_id) == _NONE
    assert activity(shared, workspace_id, activity_id)["updated_by"] == connected.person.id
    assert undo(service, connected.person, event_id, ties) == {"outcome": "gone"}


def test_undo_gives_an_event_back_that_was_taken_away(
    shared: Database, service: Caller, connected: Connected, tied: Tied
) -> None:
    workspace_id, activity_id, event_id, _ = tied
    ties = open_for_event(service, connected.person, event_id, None)["ties"]
    assert event_of(shared, workspace_id, activity_id) == _NONE
    assert undo(service, connected.person, event_id, ties, were_tied=True) == {"outcome": "undone"}
    assert event_of(shared, workspace_id, activity_id) == (event_id, True)


@pytest.mark.parametrize("were_tied", [True, False])
def test_undo_leaves_what_came_after(
    shared: Database, service: Caller, connected: Connected, tied: Tied, were_tied: bool
) -> None:
    workspace_id, activity_id, event_id, ties = tied
    later = new_event_id()
    shared.execute("update public.activities set google_event_id = %s where id = %s", (later, activity_id))
    assert undo(service, connected.person, event_id, ties, were_tied=were_tied) == {"outcome": "gone"}
    assert event_of(shared, workspace_id, activity_id) == (later, True)


def test_undo_gives_no_event_to_a_second_activity(
    shared: Database, service: Caller, connected: Connected, tied: Tied
) -> None:
    workspace_id, _, event_id, ties = tied
    second = add_activity(shared, workspace_id)
    named = [ties[0] | {"activity_id": str(second)}]
    assert undo(service, connected.person, event_id, named, were_tied=True) == {"outcome": "gone"}
    assert event_of(shared, workspace_id, second) == _NONE


@pytest.mark.parametrize("were_tied", [True, False])
def test_undo_touches_nothing_of_a_workspace_that_is_not_the_users(
    shared: Database, service: Caller, connected: Connected, stranger: Person, tied: Tied, were_tied: bool
) -> None:
    workspace_id, activity_id, event_id, ties = tied
    if were_tied:
        open_for_event(service, connected.person, event_id, None)
    before = activity(shared, workspace_id, activity_id)
    assert undo(service, stranger, event_id, ties, were_tied=were_tied) == {"outcome": "gone"}
    assert activity(shared, workspace_id, activity_id) == before


@if_session_ended
def test_undo_changes_nothing_without_the_session(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    workspace_id, event_id = add_workspace(shared, add_person(shared), connected.person), new_event_id()
    activity_id = add_activity(shared, workspace_id, google_event_id=event_id, is_on_primary_calendar=True)
    ties = [{"workspace_id": str(workspace_id), "activity_id": str(activity_id)}]
    user_id, session_id = situation.arrange(shared, connected.person)
    answer = undo(service, connected.person, event_id, ties, user_id=user_id, session_id=session_id)
    assert answer == {"outcome": "session_ended"}
    assert event_of(shared, workspace_id, activity_id) == (event_id, True)


def test_guard_of_membership_is_seen_if_it_is_gone(database: Database) -> None:
    workspace_id, event_id = add_workspace(database, add_person(database)), new_event_id()
    activity_id = add_activity(database, workspace_id, google_event_id=event_id, is_on_primary_calendar=True)
    ties = [{"workspace_id": str(workspace_id), "activity_id": str(activity_id)}]
    thief = add_person(database)
    with Caller(database) as service:
        assert undo(service, thief, event_id, ties) == {"outcome": "gone"}
        remove_guard(database, _UNDO, " and members.user_id = p_user_id")
        assert undo(service, thief, event_id, ties) == {"outcome": "undone"}
