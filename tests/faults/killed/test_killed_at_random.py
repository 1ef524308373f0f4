"""Workers of the real service and connections of the database killed at random moments while people use it."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from tests.databases import Database
from tests.faults.conftest import IS_FULL
from tests.faults.killed.invariants import assert_goes_on, broken_invariants
from tests.faults.killing import kill_workers, wait_until_it_answers
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor
from tests.service.routes.token_life import expire

_SEEDS = range(10 if IS_FULL else 3)
_PEOPLE, _SECONDS = 4, 2.0


def _use(actor: Actor, database: Database, seed: str, until: float) -> None:
    """Connect, refresh and disconnect in a random order; errors are what the killing is about."""
    chance = random.Random(seed)
    with database.connect() as connection:
        own = Database(database.name, database.cluster, connection)
        while time.monotonic() < until:
            with suppress(httpx.HTTPError, AssertionError, KeyError):
                match chance.randrange(4):
                    case 0:
                        actor.call("DELETE", "/v1/google/connection")
                    case 1:
                        expire(actor, own)
                        actor.call("GET", "/v1/calendar/events")
                    case _:
                        actor.connect()


def _end_database_sessions(database: Database, chance: random.Random, until: float) -> int:
    ended = 0
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 0.3))
        # Those of PostgREST, in whatever transaction they are.
        ended += database.value(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where datname = current_database() and usename = 'authenticator'"
        )
    return ended


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("victim", ["service", "database"])
def test_state_is_before_or_after_whenever_somebody_is_killed(
    web: tuple[httpx.Client, int], module_platform: Platform, module_database: Database, http: httpx.Client,
    victim: str, seed: int,
):  # fmt: skip
    client, parent = web
    google = GoogleControl(module_platform.google_url)
    people = [new_actor(sign_up(module_platform, http), module_platform, client, google) for _ in range(_PEOPLE)]
    chance, until = random.Random(f"{victim} {seed}"), time.monotonic() + _SECONDS
    with ThreadPoolExecutor(_PEOPLE) as pool:
        using = [
            pool.submit(_use, actor, module_database, f"{seed} {number}", until) for number, actor in enumerate(people)
        ]
        killed = (
            kill_workers(parent, chance, lambda: time.monotonic() >= until)
            if victim == "service"
            else _end_database_sessions(module_database, chance, until)
        )
        for each in using:
            each.result()
    assert killed > 0
    wait_until_it_answers(client)
    for actor in people:
        assert broken_invariants(module_database, actor) == [], f"{victim}, seed {seed}"
        assert_goes_on(module_database, actor)
