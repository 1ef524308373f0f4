"""Two hundred calls at the moment an access token ends, on four processes of the service: Google is asked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from service.local.serve import service_processes
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.faults.conftest import IS_FULL
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor
from tests.service.routes.test_token_life import expire

_CALLS, _WORKERS = 200, 4
_ROUNDS = 20 if IS_FULL else 3
_LEASE = "private.lease_google_refresh(uuid,bigint)"
_GUARD = "if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then"


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each process of the service counts its requests."""
    return tmp_path_factory.mktemp("counts")


@pytest.fixture(scope="module")
def actor(
    module_platform: Platform, http: httpx.Client, counts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Actor]:
    """A connected user of a service with four processes."""
    with (
        service_processes(
            module_platform,
            log_dir=tmp_path_factory.mktemp("service"),
            with_worker=False,
            WEB_CONCURRENCY=str(_WORKERS),
            PROMETHEUS_MULTIPROC_DIR=str(counts),
        ),
        httpx.Client(
            base_url=module_platform.identity.public_url,
            timeout=60,
            trust_env=False,
            limits=httpx.Limits(max_connections=_CALLS, max_keepalive_connections=0),
        ) as service,
    ):
        google = GoogleControl(module_platform.google_url)
        someone = new_actor(sign_up(module_platform, http), module_platform, service, google)
        someone.connect()
        yield someone


def _all_at_once(actor: Actor) -> tuple[Counter[int], int]:
    """The statuses of 200 calls, and how often Google's token endpoint was asked."""
    before = len(actor.google.received("/token"))
    with ThreadPoolExecutor(_CALLS) as pool:
        statuses = Counter(pool.map(lambda _: actor.call("GET", "/v1/calendar/events").status_code, range(_CALLS)))
    return statuses, len(actor.google.received("/token")) - before


@pytest.mark.parametrize("number", range(_ROUNDS))
def test_one_refresh_serves_all(actor: Actor, module_database: Database, counts: Path, number: int):
    expire(actor, module_database)
    if number % 2:
        # A Google that takes its time, and gives a new refresh token: the old one is dead from now on.
        actor.google.add_fault("latency", "/token", seconds=1)
        actor.google.add_fault("rotate_refresh_token", "/token")
    assert _all_at_once(actor) == ({200: _CALLS}, 1)
    took_part = {path.stem.rpartition("_")[2] for path in counts.glob("histogram_*.db")}
    # Which of them take part is the kernel's choice, as long as it is not one alone.
    assert 1 < len(took_part) <= _WORKERS


def test_more_than_one_refresh_is_seen_without_the_lease(actor: Actor, module_database: Database):
    text = module_database.value("select pg_get_functiondef(%s::regprocedure)", (_LEASE,))
    remove_guard(module_database, _LEASE, _GUARD, "if false then")
    try:
        expire(actor, module_database)
        actor.google.add_fault("latency", "/token", seconds=0.5, times=50)
        _, asked = _all_at_once(actor)
        assert asked > 1
    finally:
        actor.google.clear_faults()
        with module_database.connect() as connection:
            connection.execute(text.encode())
