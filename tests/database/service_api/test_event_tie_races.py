"""A tie made or undone while its account goes or its event is given away; each race with and without its lock."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests.database.linked_records import add_activity, event_of
from tests.database.racing import race
from tests.database.service_api.scene import Scene
from tests.database.service_api.test_open_token_for_event import new_event_id, open_for_event
from tests.database.service_api.test_undo_event_tie import undo
from tests.database.unguarded import remove_guard

_NONE = (None, None)


def _begin_to_delete(scene: Scene) -> None:
    """How a deletion begins, before it reaches what the user has made; from there on it fails instead of waiting."""
    scene.studio.execute("select from public.profiles where user_id = %s for update", (scene.user.id,))
    scene.studio.execute("set local lock_timeout = '200ms'")


def _account_goes_before_a_tie(scene: Scene) -> None:
    """While it waits for the user, the tie must not hold the activity, from which the deletion takes their name."""
    activity_id = add_activity(scene.database, scene.workspace_id, created_by=scene.user.id)
    _, answer = race(
        scene.database,
        (scene.studio, lambda: _begin_to_delete(scene)),
        (
            scene.service.connection,
            lambda: open_for_event(scene.service, scene.user, new_event_id(), activity_id),
        ),
        scene.delete_account,
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
        (scene.studio, scene.delete_account),
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
