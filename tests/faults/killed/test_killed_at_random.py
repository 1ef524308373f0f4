"""Workers of the real service and connections of the database killed at random moments while people use it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from service.local.serve import service_processes
from tests.databases import Database
from tests.faults.conftest import IS_FULL
from tests.faults.killed.invariants import assert_goes_on, broken_invariants
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor
from tests.service.routes.test_token_life import expire

_SEEDS = range(10 if IS_FULL else 3)
_PEOPLE, _SECONDS = 4, 2.0
_DEADLINE_SECONDS = 30


@pytest.fixture(scope="module")
def web(module_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, int]]:
    """The service with four processes, and the pid of their parent, which replaces whoever dies."""
    with (
        service_processes(
            module_platform, log_dir=tmp_path_factory.mktemp("service"), with_worker=False, WEB_CONCURRENCY="4"
        ) as parts,
        httpx.Client(
            base_url=module_platform.identity.public_url,
            timeout=30,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        ) as client,
    ):
        yield client, parts[0].child.pid


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


def _kill_workers(parent: int, chance: random.Random, until: float) -> int:
    killed = 0
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 0.4))
        found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout.split()
        if found:
            with suppress(ProcessLookupError):
                os.kill(int(chance.choice(found)), signal.SIGKILL)
                killed += 1
    return killed


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


def _until_it_answers(web: httpx.Client) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while True:
        with suppress(httpx.HTTPError):
            if web.get("/readyz").status_code == 200:
                return
        assert time.monotonic() < deadline, "the service did not come back"
        time.sleep(0.1)


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
            _kill_workers(parent, chance, until)
            if victim == "service"
            else _end_database_sessions(module_database, chance, until)
        )
        for each in using:
            each.result()
    assert killed > 0
    _until_it_answers(client)
    for actor in people:
        assert broken_invariants(module_database, actor) == [], f"{victim}, seed {seed}"
        assert_goes_on(module_database, actor)
