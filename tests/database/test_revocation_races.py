"""Races of workers that tell Google of deleted accounts, each run twice: as it is, and with its guard taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import pytest

from tests.database.connections import (
    Attempt,
    Caller,
    Connected,
    claim_arguments,
    come_back,
    connect,
    name_arguments,
)
from tests.database.racing import race, wait_until_it_waits
from tests.database.revocations import (
    add_deleted,
    entries,
    finish,
    make_due,
    take,
    take_one,
)
from tests.database.unguarded import remove_guard
from tests.databases import Connection, Database
from tests.personas import GOOGLE_OPERATOR, add_person

_SECONDS = 10


@dataclass
class Scene:
    """The service, two workers and somebody in Studio, on a database of the test's own."""

    database: Database
    service: Caller
    worker: Caller
    second_worker: Caller
    studio: Connection

    def delete(self, connected: Connected) -> None:
        """Delete a user in Studio, on its own connection."""
        self.studio.execute("delete from auth.users where id = %s", (connected.person.id,))


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    with (
        Caller(database) as service,
        Caller(database, GOOGLE_OPERATOR) as worker,
        Caller(database, GOOGLE_OPERATOR) as second,
        database.connect() as studio,
    ):
        yield Scene(database, service, worker, second, studio)


def _two_workers_take_at_the_same_instant(scene: Scene) -> None:
    add_deleted(scene.database, scene.service)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with scene.worker.connection.transaction():
            first = take(scene.worker)["entries"]
            # Not even waiting: an entry that somebody is taking is passed over.
            other = pool.submit(lambda: take(scene.second_worker)["entries"])
            try:
                second = other.result(timeout=2)
            except TimeoutError:
                second = None
        assert (len(first), second) == (1, [])


def _second_worker_while_the_lease_runs(scene: Scene) -> None:
    add_deleted(scene.database, scene.service)
    take_one(scene.worker)
    assert take(scene.second_worker)["entries"] == []


def _late_finish_after_a_takeover(scene: Scene) -> None:
    add_deleted(scene.database, scene.service)
    late = take_one(scene.worker)
    make_due(scene.database)
    _, answer = race(
        scene.database,
        (scene.worker.connection, lambda: take_one(scene.worker)),
        (scene.second_worker.connection, lambda: finish(scene.second_worker, late, "poison", "made_up")),
    )
    assert answer == "superseded"
    assert scene.database.value("select count(*) from vault.secrets") == 1


def _connect_before_the_worker(scene: Scene) -> None:
    gone = add_deleted(scene.database, scene.service)
    named = name_arguments(_exchanging(scene), gone.google_sub)
    answer, taken = race(
        scene.database,
        (scene.service.connection, lambda: scene.service.call("name_google_account", **named)),
        (scene.worker.connection, lambda: take(scene.worker)),
    )
    assert answer == {"outcome": "named"}
    assert (taken["entries"], taken["not_needed_count"]) == ([], 1)


def _connect_after_the_worker(scene: Scene) -> None:
    gone = add_deleted(scene.database, scene.service)
    named = name_arguments(_exchanging(scene), gone.google_sub)
    taken, answer = race(
        scene.database,
        (scene.worker.connection, lambda: take(scene.worker)),
        (scene.service.connection, lambda: scene.service.call("name_google_account", **named)),
    )
    assert len(taken["entries"]) == 1
    assert answer["outcome"] == "revoking"


def _exchanging(scene: Scene) -> Attempt:
    """Somebody else's attempt whose code is being exchanged; which account it brings is not known yet."""
    attempt = come_back(scene.service, add_person(scene.database))
    scene.service.call("claim_google_authorization", **claim_arguments(attempt))
    return attempt


def _last_user_of_an_account_deleted_while_it_is_taken(scene: Scene) -> None:
    gone = add_deleted(scene.database, scene.service)
    other = connect(scene.service, add_person(scene.database), google_sub=gone.google_sub)
    race(
        scene.database,
        (scene.studio, lambda: scene.delete(other)),
        (scene.worker.connection, lambda: take(scene.worker)),
    )
    # Both documents were of one grant: whichever is still queued ends it.
    leased_or_waiting = [entry for entry in entries(scene.database) if entry["parked_at"] is None]
    assert len(leased_or_waiting) == 2


def _two_accounts_taken_while_one_connects_both(scene: Scene) -> None:
    """A worker that takes several locks them in the order of whoever reconnects from one account to the other."""
    gone = [add_deleted(scene.database, scene.service) for _ in range(2)]
    keys = {
        one.google_sub: scene.database.value("select private.google_account_key(%s)", (one.google_sub,)) for one in gone
    }
    low, high = sorted(keys.values())
    if keys[gone[0].google_sub] == low:
        # The worker meets the higher key first unless it sorts them.
        scene.database.execute(
            "with swapped as (select outbox_id, account_key from private.pending_revocations) "
            "update private.pending_revocations as pending set account_key = swapped.account_key from swapped "
            "where swapped.outbox_id <> pending.outbox_id"
        )
    with ThreadPoolExecutor(max_workers=1) as pool:
        with scene.studio.transaction():
            scene.studio.execute("select private.lock_google_account(%s)", (low,))
            taking = pool.submit(lambda: take(scene.worker, 2))
            wait_until_it_waits(scene.database, scene.worker.connection.info.backend_pid, taking)
            scene.studio.execute("set local lock_timeout = '2s'")
            scene.studio.execute("select private.lock_google_account(%s)", (high,))
        assert len(taking.result(timeout=_SECONDS)["entries"]) == 2


_LEASE = "private.lease_outbox_entries(text,integer)"
_QUEUE = "private.queue_google_revocation(uuid)"
_TAKE = "service_api.take_google_revocations(integer)"
_OPEN = "private.open_pending_revocation(bigint)"
_FINISH = "service_api.finish_google_revocation(bigint,uuid,text,text)"
# What happens, which function keeps it right, and its guard with what stands there when it is taken out.
_RACES: dict[str, tuple[Callable[[Scene], None], str, str, str]] = {
    "two workers, one instant": (
        _two_workers_take_at_the_same_instant, _LEASE, "for update skip locked", "",
    ),
    "two workers, one lease": (
        _second_worker_while_the_lease_runs, _LEASE,
        "and (entries.lease_until > pg_catalog.clock_timestamp()) is not true", "",
    ),
    "late finish, taken over": (
        _late_finish_after_a_takeover, _FINISH, "and entries.lease_id = p_lease_id", "",
    ),
    "connect, then the worker": (
        _connect_before_the_worker, _OPEN, "or private.is_google_account_in_use(v_taken.account_key)", "",
    ),
    "connect, then the worker without its lock": (
        _connect_before_the_worker, _TAKE,
        "perform private.lock_google_account(accounts.account_key)", "perform accounts.account_key",
    ),
    "the worker, then connect": (
        _connect_after_the_worker, _OPEN,
        "private.begin_google_revocation(v_taken.account_key)", "pg_catalog.clock_timestamp()",
    ),
    "taking, deletion of the other": (
        _last_user_of_an_account_deleted_while_it_is_taken, _QUEUE,
        "perform private.lock_google_account(v_account_key);", "",
    ),
    "two accounts, one order": (
        _two_accounts_taken_while_one_connects_both, _TAKE,
        "order by pending.account_key", "order by pending.account_key desc",
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
