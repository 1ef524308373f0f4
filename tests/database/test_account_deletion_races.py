"""Races of an account's end with what its user has begun, each run twice: as it is, and with its guard taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.database.connections import Caller, Connected, claim, connect, store_arguments
from tests.database.looking import held_of, secrets_left
from tests.database.racing import race
from tests.database.revocations import entries, pending_of
from tests.database.unguarded import remove_guard
from tests.databases import Connection, Database
from tests.personas import add_person


@dataclass
class Scene:
    """The service and somebody in Studio, on a database of the test's own."""

    database: Database
    service: Caller
    studio: Connection

    def delete(self, connected: Connected) -> None:
        """Delete a user in Studio, on its own connection."""
        self.studio.execute("delete from auth.users where id = %s", (connected.person.id,))


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    with Caller(database) as service, database.connect() as studio:
        yield Scene(database, service, studio)


def _connect_before_a_deletion(scene: Scene) -> None:
    person = add_person(scene.database)
    arguments = store_arguments(claim(scene.service, person))
    stored, _ = race(
        scene.database,
        (scene.service.connection, lambda: scene.service.call("store_google_connection", **arguments)),
        (scene.studio, lambda: scene.studio.execute("delete from auth.users where id = %s", (person.id,))),
    )
    assert stored["outcome"] == "stored"
    assert held_of(scene.database, person) == []
    left = [row["refresh_secret_id"] for row in pending_of(scene.database, person)]
    assert (len(left), secrets_left(scene.database, left)) == (1, 1)
    assert scene.database.value("select count(*) from vault.secrets") == 1


def _deletion_before_a_connect(scene: Scene) -> None:
    person = add_person(scene.database)
    arguments = store_arguments(claim(scene.service, person))
    _, stored = race(
        scene.database,
        (scene.studio, lambda: scene.studio.execute("delete from auth.users where id = %s", (person.id,))),
        (scene.service.connection, lambda: scene.service.call("store_google_connection", **arguments)),
    )
    assert stored == {"outcome": "gone"}
    assert (held_of(scene.database, person), entries(scene.database)) == ([], [])
    assert scene.database.value("select count(*) from vault.secrets") == 0


def _connection_deleted_in_studio_before_its_user(scene: Scene) -> None:
    connected = connect(scene.service, add_person(scene.database))
    with scene.database.connect() as somebody:
        race(
            scene.database,
            (somebody, lambda: somebody.execute("delete from public.google_connections")),
            (scene.studio, lambda: scene.delete(connected)),
        )
    # Both secrets are gone: nothing is left to tell Google with.
    assert (entries(scene.database), pending_of(scene.database, connected.person)) == ([], [])


_QUEUE = "private.queue_google_revocation(uuid)"
_STORE = (
    "service_api.store_google_connection(uuid,uuid,uuid,uuid,bigint,bigint,text,text,text,text,text[],text,text,text,"
    "timestamptz)"
)

# What happens, which function keeps it right, and its guard with what stands there when it is taken out.
_RACES: dict[str, tuple[Callable[[Scene], None], str, str, str]] = {
    "connect, then deletion": (
        _connect_before_a_deletion, "private.end_google_with_profile()",
        "perform private.queue_google_revocation(old.user_id);", "",
    ),
    "deletion, then connect": (
        _deletion_before_a_connect, _STORE, "<> 'live'\n        or not exists (", "= 'never' and not exists (",
    ),
    "connection deleted, then its user": (
        _connection_deleted_in_studio_before_its_user, _QUEUE, "for update of connections, secrets", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _RACES)
def test_race_is_decided_as_it_must_be(scene: Scene, name: str) -> None:
    _RACES[name][0](scene)


@pytest.mark.parametrize("name", _RACES)
def test_race_is_lost_without_its_guard(scene: Scene, name: str) -> None:
    run, function, guard, instead = _RACES[name]
    remove_guard(scene.database, function, guard, instead)
    with pytest.raises((AssertionError, psycopg.Error)):
        run(scene)


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_account_closed_and_deleted_at_once_is_queued_once(scene: Scene, is_closed_first: bool) -> None:
    connected = connect(scene.service, add_person(scene.database))
    with scene.database.connect() as operator:
        closing = operator, lambda: operator.execute("select ops.close_account(%s)", (connected.person.id,))
        deleting = scene.studio, lambda: scene.delete(connected)
        race(scene.database, *((closing, deleting) if is_closed_first else (deleting, closing)))
    assert len(pending_of(scene.database, connected.person)) == 1
    assert scene.database.value("select count(*) from vault.secrets") == 1
