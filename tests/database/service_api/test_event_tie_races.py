"""A tie made or undone while its account goes or its event is given away; each race with and without its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Caller, connect
from tests.database.linked_records import add_activity, add_workspace, event_of
from tests.database.racing import race
from tests.database.service_api.test_open_token_for_event import new_event_id, open_for_event
from tests.database.service_api.test_undo_event_tie import undo
from tests.database.unguarded import remove_guard
from tests.databases import Connection, Database
from tests.personas import Person, add_person

_NONE = (None, None)


@dataclass
class Scene:
    """A user and a workspace that is not theirs alone.

    Attributes:
        other_tab: the service, called for the user a second time.
        studio: an operator, whose statements fail instead of waiting for somebody.
    """

    database: Database
    service: Caller
    other_tab: Caller
    studio: Connection
    user: Person
    workspace_id: UUID

    def delete(self) -> None:
        """The account of the user goes."""
        self.studio.execute("delete from auth.users where id = %s", (self.user.id,))

    def lock_profile(self) -> None:
        """How a deletion begins, before it reaches what the user has made."""
        self.studio.execute("select from public.profiles where user_id = %s for update", (self.user.id,))


def _build(database: Database, stack: ExitStack) -> Scene:
    service, other_tab = (stack.enter_context(Caller(database)) for _ in range(2))
    studio = stack.enter_context(database.connect())
    studio.execute("set lock_timeout = '200ms'")
    user = connect(service, add_person(database)).person
    workspace_id = add_workspace(database, add_person(database), user)
    return Scene(database, service, other_tab, studio, user, workspace_id)


@pytest.fixture
def scene(shared: Database) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield _build(shared, stack)


@pytest.fixture
def own_scene(database: Database) -> Iterator[Scene]:
    """On a database of the test's own, whose locks it may take out."""
    with ExitStack() as stack:
        yield _build(database, stack)


def _account_goes_before_a_tie(scene: Scene) -> None:
    """While it waits for the user, the tie must not hold the activity, from which the deletion takes their name."""
    activity_id = add_activity(scene.database, scene.workspace_id, created_by=scene.user.id)
    _, answer = race(
        scene.database,
        (scene.studio, scene.lock_profile),
        (
            scene.service.connection,
            lambda: open_for_event(scene.service, scene.user, new_event_id(), activity_id),
        ),
        scene.delete,
    )
    assert answer == {"outcome": "session_ended"}
    assert event_of(scene.database, scene.workspace_id, activity_id) == _NONE


def _account_goes_before_an_undo(scene: Scene) -> None:
    event_id = new_event_id()
    activity_id = add_activity(
        scene.database, scene.workspace_id, google_event_id=event_id, is_on_primary_calendar=True
    )
    ties = [{"workspace_id": str(scene.workspace_id), "activity_id": str(activity_id)}]
    _, answer = race(
        scene.database,
        (scene.studio, scene.delete),
        (scene.service.connection, lambda: undo(scene.service, scene.user, event_id, ties)),
    )
    assert answer == {"outcome": "session_ended"}
    assert event_of(scene.database, scene.workspace_id, activity_id) == (event_id, True)


def _event_is_given_to_another_before_an_undo(scene: Scene) -> None:
    """The user took an event from an activity, which Google refused, and ties another to it in a second tab."""
    first, second = (add_activity(scene.database, scene.workspace_id) for _ in range(2))
    event_id = new_event_id()
    ties = [{"workspace_id": str(scene.workspace_id), "activity_id": str(first)}]
    tied, undone = race(
        scene.database,
        (scene.other_tab.connection, lambda: open_for_event(scene.other_tab, scene.user, event_id, second)),
        (scene.service.connection, lambda: undo(scene.service, scene.user, event_id, ties, were_tied=True)),
    )
    assert (tied["outcome"], undone) == ("opened", {"outcome": "gone"})
    assert event_of(scene.database, scene.workspace_id, first) == _NONE
    assert event_of(scene.database, scene.workspace_id, second) == (event_id, True)


_OPEN = "service_api.open_token_for_event(uuid,uuid,text,boolean,uuid,boolean)"
_UNDO = "service_api.undo_event_tie(uuid,uuid,text,boolean,boolean,jsonb)"
_PROFILE = "perform from public.profiles as profiles where profiles.user_id = p_user_id for share;"

# What happens, which function keeps it right, the lock that is taken out, and how the race is lost then.
_RACES: dict[str, tuple[Callable[[Scene], None], str, str, type[Exception]]] = {
    "account goes, then a tie": (_account_goes_before_a_tie, _OPEN, _PROFILE, psycopg.errors.LockNotAvailable),
    "account goes, then an undo": (
        _account_goes_before_an_undo, _UNDO, _PROFILE, psycopg.errors.ForeignKeyViolation,
    ),
    "event given away, then an undo": (
        _event_is_given_to_another_before_an_undo, _UNDO, "perform private.lock_event(p_event_id);",
        psycopg.errors.UniqueViolation,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _RACES)
def test_race_is_decided_as_it_must_be(scene: Scene, name: str) -> None:
    _RACES[name][0](scene)


@pytest.mark.parametrize("name", _RACES)
def test_race_is_lost_without_its_lock(own_scene: Scene, name: str) -> None:
    run, function, lock, loss = _RACES[name]
    remove_guard(own_scene.database, function, lock)
    with pytest.raises(loss):
        run(own_scene)
