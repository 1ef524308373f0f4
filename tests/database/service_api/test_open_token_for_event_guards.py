"""service_api.open_token_for_event when two come at once, and when one of its guards is gone."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import Caller, Connected, connect
from tests.database.linked_records import add_activity, add_workspace, event_of
from tests.database.racing import race
from tests.database.service_api.test_open_token_for_event import elsewhere, in_the_trash, new_event_id, open_for_event
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import add_person

_NONE = (None, None)


@pytest.fixture
def workspace_id(shared: Database, connected: Connected) -> UUID:
    """A workspace of `connected.person`."""
    return add_workspace(shared, connected.person)


def test_activity_is_tied_once_if_two_events_come_at_once(
    shared: Database, service: Caller, second_service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    activity_id, event_ids = add_activity(shared, workspace_id), (new_event_id(), new_event_id())
    first, second = race(
        shared,
        (service.connection, lambda: open_for_event(service, connected.person, event_ids[0], activity_id)),
        (
            second_service.connection,
            lambda: open_for_event(second_service, connected.person, event_ids[1], activity_id),
        ),
    )
    assert (first["outcome"], second) == ("opened", {"outcome": "activity_has_an_event"})
    assert event_of(shared, workspace_id, activity_id) == (event_ids[0], True)


def test_event_is_given_to_one_activity_if_two_come_at_once(
    shared: Database, service: Caller, second_service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    first_id, second_id, event_id = (
        add_activity(shared, workspace_id),
        add_activity(shared, workspace_id),
        new_event_id(),
    )
    first, second = race(
        shared,
        (service.connection, lambda: open_for_event(service, connected.person, event_id, first_id)),
        (second_service.connection, lambda: open_for_event(second_service, connected.person, event_id, second_id)),
    )
    assert (first["outcome"], second) == ("opened", {"outcome": "event_has_an_activity"})
    assert event_of(shared, workspace_id, second_id) == _NONE


_FIND = "private.activity_for_event(uuid,uuid,text,boolean)"
_OPEN = "service_api.open_token_for_event(uuid,uuid,text,boolean,uuid,boolean)"


def test_guards_of_whose_activity_it_is_are_seen_if_they_are_gone(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        workspace_id = add_workspace(database, person)
        wall = "activities.workspace_id = any(array(select private.editable_workspaces(p_user_id)))\n        and "
        for guard, arrange in {wall: elsewhere, " and not activities.is_trashed": in_the_trash}.items():
            activity_id = arrange(database, person, workspace_id)
            assert open_for_event(service, person, new_event_id(), activity_id)["outcome"] == "activity_not_found"
            remove_guard(database, _FIND, guard)
            assert open_for_event(service, person, new_event_id(), activity_id)["outcome"] == "opened"


def test_guard_of_the_session_is_seen_if_it_is_gone(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        activity_id = add_activity(database, add_workspace(database, person))
        database.execute("delete from auth.sessions where id = %s", (person.session_id,))
        other = open_for_event(service, person, new_event_id(), uuid4())
        assert other == {"outcome": "session_ended"}
        remove_guard(
            database, _OPEN, "if private.new_processing_outcome(p_user_id, p_session_id) = 'live' then", "if true then"
        )
        # Whoever has no session would learn which activities there are.
        assert open_for_event(service, person, new_event_id(), uuid4()) == {"outcome": "activity_not_found"}
        assert open_for_event(service, person, new_event_id(), activity_id) == {"outcome": "session_ended"}


def test_guard_of_the_other_event_is_seen_if_it_is_gone(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        activity_id = add_activity(database, add_workspace(database, person))
        open_for_event(service, person, new_event_id(), activity_id)
        assert open_for_event(service, person, new_event_id(), activity_id)["outcome"] == "activity_has_an_event"
        remove_guard(database, _FIND, "when v_activity.google_event_id is not null", "when false")
        assert open_for_event(service, person, new_event_id(), activity_id)["outcome"] == "opened"


def test_constraint_holds_if_the_guard_of_the_other_activity_is_gone(database: Database) -> None:
    with Caller(database) as service:
        person, event_id = connect(service, add_person(database)).person, new_event_id()
        workspace_id = add_workspace(database, person)
        open_for_event(service, person, event_id, add_activity(database, workspace_id))
        second = add_activity(database, workspace_id)
        assert open_for_event(service, person, event_id, second) == {"outcome": "event_has_an_activity"}
        remove_guard(database, _FIND, "and others.id <> v_activity.id", "and false")
        with pytest.raises(psycopg.errors.UniqueViolation):
            open_for_event(service, person, event_id, second)


def test_lock_on_the_event_is_seen_if_it_is_gone(database: Database) -> None:
    remove_guard(database, _OPEN, "perform private.lock_event(p_event_id);", "perform 1;")
    with Caller(database) as service, Caller(database) as second_service:
        ada, eve = (connect(each, add_person(database)).person for each in (service, second_service))
        workspace_id, event_id = add_workspace(database, ada, eve), new_event_id()
        first, second = (add_activity(database, workspace_id) for _ in range(2))
        with pytest.raises(psycopg.errors.UniqueViolation):
            race(
                database,
                (service.connection, lambda: open_for_event(service, ada, event_id, first)),
                (
                    second_service.connection,
                    lambda: open_for_event(second_service, eve, event_id, second),
                ),
            )
