"""Races over one connection's tokens. Each is run twice: as it is, and with its guard taken out, to see it break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.database.connections import (
    Answer,
    Caller,
    Connected,
    claim,
    claim_arguments,
    come_back,
    connect,
    name_arguments,
    store_arguments,
)
from tests.database.looking import held_of, secret_ids, secrets_left
from tests.database.racing import race
from tests.database.rotations import entry_of, reseal
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.database.service_api.test_disconnect_google import disconnect
from tests.database.service_api.test_refuse_google_refresh import refuse
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person, add_person


@dataclass
class Scene:
    """Two processes of the service, and a person, on a database of the test's own."""

    database: Database
    first: Caller
    second: Caller
    person: Person

    def connect(self) -> Connected:
        """The person, connected."""
        return connect(self.first, self.person)

    def race(self, first: Callable[[], Answer], second: Callable[[], Answer]) -> tuple[Answer, Answer]:
        """The first holds its locks until the second is seen waiting for them."""
        return race(self.database, (self.first.connection, first), (self.second.connection, second))


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    with Caller(database) as first, Caller(database) as second:
        yield Scene(database, first, second, add_person(database, "ada"))


def _late_refresh_after_disconnect(scene: Scene) -> None:
    connected = scene.connect()
    late = refresh_arguments(lease(scene.first, connected), connected)
    ids = secret_ids(scene.database, connected.connection_id)
    _, answer = scene.race(
        lambda: disconnect(scene.first, scene.person), lambda: scene.second.call("store_google_refresh", **late)
    )
    assert answer == {"outcome": "gone"}
    assert secrets_left(scene.database, ids) == 0


def _late_invalid_grant_after_reconnect(scene: Scene) -> None:
    connected = scene.connect()
    leased = lease(scene.first, connected)
    again = store_arguments(claim(scene.first, scene.person))
    scene.race(
        lambda: scene.first.call("store_google_connection", **again), lambda: refuse(scene.second, leased, connected)
    )
    (connection,) = held_of(scene.database, scene.person, "connection")
    assert connection["held"]["status"] == "active"
    assert secrets_left(scene.database, secret_ids(scene.database, connected.connection_id)) == 2


def _late_invalid_grant_after_another_lease(scene: Scene) -> None:
    connected = scene.connect()
    leased = lease(scene.first, connected)
    scene.database.execute("update private.google_secrets set refresh_lease_until = now()")
    _, answer = scene.race(lambda: lease(scene.first, connected), lambda: refuse(scene.second, leased, connected))
    assert answer == {"outcome": "superseded"}


def _finish_after_disconnect(scene: Scene) -> None:
    arguments = store_arguments(claim(scene.first, scene.person))
    _, answer = scene.race(
        lambda: disconnect(scene.first, scene.person),
        lambda: scene.second.call("store_google_connection", **arguments),
    )
    assert answer == {"outcome": "gone"}
    assert held_of(scene.database, scene.person, "connection") == []


def _two_users_disconnect_one_account(scene: Scene) -> None:
    connected, other = scene.connect(), add_person(scene.database, "grace")
    connect(scene.first, other, google_sub=connected.google_sub)
    answers = scene.race(lambda: disconnect(scene.first, scene.person), lambda: disconnect(scene.second, other))
    # Exactly one of them, the last one, is to tell Google.
    assert ["document" in answer for answer in answers] == [False, True]


def _connect_while_the_account_is_being_revoked(scene: Scene) -> None:
    connected, other = scene.connect(), add_person(scene.database, "grace")
    attempt = come_back(scene.second, other)
    scene.second.call("claim_google_authorization", **claim_arguments(attempt))
    receipt, answer = scene.race(
        lambda: disconnect(scene.first, scene.person),
        lambda: scene.second.call("name_google_account", **name_arguments(attempt, connected.google_sub)),
    )
    assert "document" in receipt
    assert answer["outcome"] == "revoking"


def _disconnect_while_the_account_is_being_connected(scene: Scene) -> None:
    connected, other = scene.connect(), add_person(scene.database, "grace")
    attempt = come_back(scene.first, other)
    scene.first.call("claim_google_authorization", **claim_arguments(attempt))
    answer, receipt = scene.race(
        lambda: scene.first.call("name_google_account", **name_arguments(attempt, connected.google_sub)),
        lambda: disconnect(scene.second, scene.person),
    )
    assert answer == {"outcome": "named"}
    assert (receipt["is_account_shared"], "document" in receipt) == (True, False)


def _completion_used_twice(scene: Scene) -> None:
    arguments = claim_arguments(come_back(scene.first, scene.person))
    answers = scene.race(
        lambda: scene.first.call("claim_google_authorization", **arguments),
        lambda: scene.second.call("claim_google_authorization", **arguments),
    )
    assert [answer["outcome"] for answer in answers] == ["claimed", "attempt_used"]


def _second_refresh_at_the_same_instant(scene: Scene) -> None:
    connected = scene.connect()
    answers = scene.race(lambda: lease(scene.first, connected), lambda: lease(scene.second, connected))
    assert [answer["outcome"] for answer in answers] == ["leased", "busy"]


def _rotation_while_a_refresh_is_under_way(scene: Scene) -> None:
    connected = scene.connect()
    with Caller(scene.database, GOOGLE_OPERATOR) as operator:
        entry = entry_of(operator, connected)
        leased = lease(scene.first, connected)
        answer = reseal(operator, entry)
    assert answer == {"outcome": "busy"}
    # Google may have rotated the refresh token: what it gave must be stored.
    late = refresh_arguments(leased, connected)
    assert scene.first.call("store_google_refresh", **late) == {"outcome": "stored"}


def _rotation_after_a_refresh(scene: Scene) -> None:
    connected = scene.connect()
    refreshed = refresh_arguments(lease(scene.first, connected), connected)
    with Caller(scene.database, GOOGLE_OPERATOR) as operator:
        entry = entry_of(operator, connected)
        _, answer = race(
            scene.database,
            (scene.first.connection, lambda: scene.first.call("store_google_refresh", **refreshed)),
            (operator.connection, lambda: reseal(operator, entry)),
        )
    assert answer == {"outcome": "superseded"}


_STORE_CONNECTION = (
    "service_api.store_google_connection(uuid,uuid,uuid,uuid,bigint,bigint,text,text,text,text,text[],text,text,text,"
    "timestamptz)"
)
_STORE_REFRESH = "service_api.store_google_refresh(uuid,uuid,bigint,bigint,text,text,timestamptz,text[])"
_REFUSE = "service_api.refuse_google_refresh(uuid,uuid,uuid,bigint,text,text)"
_NAME = "service_api.name_google_account(uuid,uuid,uuid,text)"
_RESEAL = "service_api.store_resealed_documents(uuid,uuid,bigint,bigint,text,text)"
_LEASE = "private.lease_google_refresh(uuid,bigint)"
_DISCONNECT = "private.disconnect_google(uuid)"
_IN_USE = "private.is_google_account_in_use(bigint)"
_CLAIM = "service_api.claim_google_authorization(text,uuid,uuid)"

# What happens, which function keeps it right, and its guard with what stands there when it is taken out.
_RACES: dict[str, tuple[Callable[[Scene], None], str, str, str]] = {
    "late refresh, disconnected": (
        _late_refresh_after_disconnect, _STORE_REFRESH, "if not found then", "if false then",
    ),
    "late invalid_grant, reconnected": (
        _late_invalid_grant_after_reconnect, _REFUSE,
        "if v_secrets.token_version is distinct from p_token_version or v_secrets.refresh_lease_id", "if p_lease_id",
    ),
    "late invalid_grant, leased again": (
        _late_invalid_grant_after_another_lease, _REFUSE,
        "or v_secrets.refresh_lease_id is distinct from p_lease_id", "",
    ),
    "finish, disconnected": (
        _finish_after_disconnect, _STORE_CONNECTION, "or not exists (", "or false and not exists (",
    ),
    "two users, one account": (
        _two_users_disconnect_one_account, _DISCONNECT,
        "perform private.lock_google_account(v_connection.account_key);", "",
    ),
    "connect, being revoked": (
        _connect_while_the_account_is_being_revoked, _NAME,
        "where revocations.account_key = v_account_key and", "where false and",
    ),
    "disconnect, being connected": (
        _disconnect_while_the_account_is_being_connected, _IN_USE,
        "where attempts.google_account_key = p_account_key and", "where false and",
    ),
    "completion used twice": (
        _completion_used_twice, _CLAIM, "if v_attempt.status <> 'returned' then", "if false then",
    ),
    "rotation, under refresh": (
        _rotation_while_a_refresh_is_under_way, _RESEAL,
        "if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then", "if false then",
    ),
    "rotation, refreshed": (
        _rotation_after_a_refresh, _RESEAL,
        "if v_secrets.token_version is distinct from p_token_version then", "if false then",
    ),
    "two refreshes": (
        _second_refresh_at_the_same_instant, _LEASE,
        "if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then", "if false then",
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
