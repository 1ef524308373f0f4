"""service_api.open_token_for_event: the token for writing an event, and in the same step the tie to its activity."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.database.connections import ALL_SCOPES, Answer, Caller, Connected, connect
from tests.database.linked_records import activity, add_activity, add_workspace, event_of
from tests.database.looking import openings_of
from tests.database.situations import Situation, if_not_live
from tests.database.workspaces.stage import Stage, publish
from tests.databases import Database
from tests.personas import Person, add_person

_NONE = (None, None)


def new_event_id() -> str:
    """An id as a frontend chooses it."""
    return uuid4().hex


def open_for_event(service: Caller, person: Person, event_id: str, activity_id: UUID | None, **changes: Any) -> Answer:
    """Open the token for a write of an event that names an activity."""
    arguments = {
        "user_id": person.id, "session_id": person.session_id, "event_id": event_id, "is_on_primary_calendar": True,
        "activity_id": activity_id, "may_refresh": True,
    }  # fmt: skip
    return service.call("open_token_for_event", **arguments | changes)


@pytest.fixture
def workspace_id(shared: Database, connected: Connected) -> UUID:
    """A workspace of `connected.person`."""
    return add_workspace(shared, connected.person)


def test_opening_ties_the_activity_and_changes_nothing_else(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    activity_id, event_id = add_activity(shared, workspace_id), new_event_id()
    before = activity(shared, workspace_id, activity_id)
    answer = open_for_event(service, connected.person, event_id, activity_id)
    assert (answer["outcome"], bool(answer["document"])) == ("opened", True)
    assert answer["ties"] == [{"workspace_id": str(workspace_id), "activity_id": str(activity_id)}]
    after = activity(shared, workspace_id, activity_id)
    assert {name for name in after if after[name] != before[name]} == {
        "google_event_id", "is_on_primary_calendar", "updated_by", "updated_at", "version"
    }  # fmt: skip
    assert event_of(shared, workspace_id, activity_id) == (event_id, True)
    assert openings_of(shared, connected.person) == [("write_event", "opened")]


def test_activity_that_is_tied_already_is_not_written_again(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    activity_id, event_id = add_activity(shared, workspace_id), new_event_id()
    open_for_event(service, connected.person, event_id, activity_id)
    before = activity(shared, workspace_id, activity_id)
    assert open_for_event(service, connected.person, event_id, activity_id)["ties"] == []
    assert activity(shared, workspace_id, activity_id) == before


def elsewhere(database: Database, person: Person, workspace_id: UUID) -> UUID:
    """An activity of another workspace."""
    return add_activity(database, add_workspace(database, add_person(database)))


def in_the_trash(database: Database, person: Person, workspace_id: UUID) -> UUID:
    """An activity of this one, in the trash."""
    activity_id = add_activity(database, workspace_id)
    database.execute("update public.activities set trashed_at = now() where id = %s", (activity_id,))
    return activity_id


def _no_longer_theirs(database: Database, person: Person, workspace_id: UUID) -> UUID:
    left = add_workspace(database, add_person(database), person)
    database.execute("delete from public.workspace_members where workspace_id = %s and user_id = %s", (left, person.id))
    return add_activity(database, left)


@pytest.mark.parametrize("arrange", [elsewhere, in_the_trash, _no_longer_theirs, lambda *_: uuid4()])
def test_activity_that_the_user_may_not_edit_is_refused_in_one_way(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, arrange: Any
) -> None:
    activity_id = arrange(shared, connected.person, workspace_id)
    answer = open_for_event(service, connected.person, new_event_id(), activity_id)
    assert answer == {"outcome": "activity_not_found"}
    held = shared.rows("select google_event_id from public.activities where id = %s", (activity_id,))
    assert held in ([], [{"google_event_id": None}])
    assert openings_of(shared, connected.person) == [("write_event", "activity_not_found")]


def test_activity_of_a_workspace_without_terms_is_refused(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        workspace_id = add_workspace(database, person)
        activity_id = add_activity(database, workspace_id)
        publish(database, "service_agreement", "terms-1")
        answer = open_for_event(service, person, new_event_id(), activity_id)
    assert answer == {"outcome": "activity_not_found"}
    assert event_of(database, workspace_id, activity_id) == _NONE


@pytest.mark.parametrize("who", ["owner", "admin", "member", "unattested", "removed", "invited", "stranger"])
def test_workspaces_to_edit_are_those_that_row_policies_let_the_user_write(stage: Stage, who: str) -> None:
    ours = stage.database.rows("select private.editable_workspaces(%s) as workspace_id", (stage.id(who),))
    with stage.database.connection.transaction(force_rollback=True):
        # No client can call it by name: asked as a row policy asks it, for the user of the claims.
        stage.database.rows(
            "select set_config('request.jwt.claims', %s, true)", (json.dumps(stage.persona(who).claims),)
        )
        theirs = stage.database.rows("select private.writable_workspaces() as workspace_id")
    assert ours == theirs


@if_not_live
def test_opening_is_refused_as_any_other_if_the_session_may_start_nothing(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, situation: Situation
) -> None:
    activity_id = add_activity(shared, add_workspace(shared, add_person(shared), connected.person))
    user_id, session_id = situation.arrange(shared, connected.person)
    changes = {"user_id": user_id, "session_id": session_id}
    answer = open_for_event(service, connected.person, new_event_id(), activity_id, **changes)
    assert answer == {"outcome": situation.outcome}
    assert shared.value("select google_event_id from public.activities where id = %s", (activity_id,)) is None


@pytest.mark.parametrize("missing", ["adult_attestation_missing", "agreement_missing"])
def test_what_is_missing_is_told_before_any_activity_is_looked_for(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, missing: str
) -> None:
    activity_id = add_activity(shared, workspace_id)
    if missing == "agreement_missing":
        shared.execute("alter table public.agreements disable trigger user")
        shared.execute("delete from public.agreements where user_id = %s", (connected.person.id,))
        shared.execute("alter table public.agreements enable trigger user")
    else:
        shared.execute("update public.profiles set adult_attested_at = null where user_id = %s", (connected.person.id,))
    for named in (activity_id, uuid4()):
        assert open_for_event(service, connected.person, new_event_id(), named) == {"outcome": missing}
    assert event_of(shared, workspace_id, activity_id) == _NONE


@pytest.mark.parametrize("outcome", ["not_connected", "scope_not_granted", "expired"])
def test_nothing_is_tied_if_the_token_does_not_open(
    shared: Database, service: Caller, person: Person, outcome: str
) -> None:
    if outcome != "not_connected":
        connected = connect(service, person, scopes=ALL_SCOPES[:-1] if outcome == "scope_not_granted" else ALL_SCOPES)
        if outcome == "expired":
            shared.execute(
                "update private.google_secrets set access_expires_at = now(), refresh_after = now() "
                "where connection_id = %s",
                (connected.connection_id,),
            )
    workspace_id = add_workspace(shared, person)
    activity_id = add_activity(shared, workspace_id)
    answer = open_for_event(service, person, new_event_id(), activity_id)
    assert (answer["outcome"], "ties" in answer) == (outcome, False)
    assert event_of(shared, workspace_id, activity_id) == _NONE


def test_id_that_two_workspaces_have_is_of_the_one_with_the_event_then_of_the_oldest(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    activity_id, other_id = uuid4(), add_workspace(shared, connected.person)
    for each in (workspace_id, other_id):
        add_activity(shared, each, id=activity_id)
    first, second = new_event_id(), new_event_id()
    answer = open_for_event(service, connected.person, first, activity_id)
    assert [each["workspace_id"] for each in answer["ties"]] == [str(workspace_id)]
    shared.execute(
        "update public.activities set google_event_id = %s, is_on_primary_calendar = true "
        "where workspace_id = %s and id = %s",
        (second, other_id, activity_id),
    )
    for event_id in (first, second):
        answer = open_for_event(service, connected.person, event_id, activity_id)
        assert (answer["outcome"], answer["ties"]) == ("opened", [])


def test_event_is_taken_away_from_the_activity_that_has_it(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    activity_id, event_id = add_activity(shared, workspace_id), new_event_id()
    open_for_event(service, connected.person, event_id, activity_id)
    assert open_for_event(service, connected.person, new_event_id(), None)["ties"] == []
    assert open_for_event(service, connected.person, event_id, None, is_on_primary_calendar=False)["ties"] == []
    assert event_of(shared, workspace_id, activity_id) == (event_id, True)
    answer = open_for_event(service, connected.person, event_id, None)
    assert answer["ties"] == [{"workspace_id": str(workspace_id), "activity_id": str(activity_id)}]
    assert event_of(shared, workspace_id, activity_id) == _NONE


def test_event_of_somebody_elses_activity_is_not_taken_away(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    theirs, event_id = add_workspace(shared, stranger), new_event_id()
    activity_id = add_activity(shared, theirs, google_event_id=event_id, is_on_primary_calendar=True)
    assert open_for_event(service, connected.person, event_id, None)["ties"] == []
    assert event_of(shared, theirs, activity_id) == (event_id, True)
