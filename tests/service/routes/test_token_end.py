"""A token's end: disconnects, revocations under way, the breaker; nothing comes back that has gone."""

from __future__ import annotations

import concurrent.futures
import time

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.conftest import NewActor
from tests.service.routes.token_life import (
    _no_refreshes_so_far,  # noqa: F401 - for every test here
    expire,
    notices,
)

_PATH = "/v1/calendar/events"


def test_connecting_is_refused_for_a_moment_if_the_account_is_being_revoked(
    connected: Actor, new_person: NewActor, platform_database: Database
):
    other = new_person()
    other.account, other.sub = connected.account, connected.sub
    completion = other.completion()
    # Google does not answer the revocation: it may arrive at any time.
    connected.google.add_fault("drop_before", "/revoke")
    assert connected.call("DELETE", "/v1/google/connection").json()["google"]["reason"] == "google_unreachable"
    answer = other.finish(completion)
    body = assert_refused(answer, 409, "google_account_busy")
    assert 1 <= int(answer.headers["Retry-After"]) == body["details"]["retry_after_seconds"] <= 15
    assert stored(platform_database, other)["connections"] == 0
    assert stored(platform_database, other)["attempts"] == 0


def test_connecting_works_at_once_if_google_has_answered_the_revocation(connected: Actor, new_person: NewActor):
    other = new_person()
    other.account, other.sub = connected.account, connected.sub
    assert connected.call("DELETE", "/v1/google/connection").json()["google"]["is_revoked"] is True
    other.connect()
    assert other.call("GET", _PATH).status_code == 200


def test_refresh_that_comes_back_after_a_disconnect_brings_nothing_back(connected: Actor, platform_database: Database):
    expire(connected, platform_database)
    asked = len(connected.google.received("/token"))
    connected.google.add_fault("latency", "/token", seconds=1)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        late = pool.submit(connected.call, "GET", _PATH)
        deadline = time.monotonic() + 10
        while len(connected.google.received("/token")) == asked:
            assert time.monotonic() < deadline, "google was not asked"
            time.sleep(0.01)
        assert connected.call("DELETE", "/v1/google/connection").json()["secrets_deleted"] == 2
        assert_refused(late.result(), 409, "not_connected")
    assert stored(platform_database, connected) == {"connections": 0, "attempts": 0, "vault_secrets": 0}
    assert connected.google.grants(connected.sub) == []
    assert notices(connected, platform_database) == []


def test_reconnect_never_revokes_the_grant(connected: Actor):
    told = len(connected.google.received("/revoke"))
    connected.connect()
    assert len(connected.google.received("/revoke")) == told
    assert connected.call("GET", _PATH).status_code == 200


def test_nothing_is_refreshed_or_deleted_while_the_breaker_is_open(connected: Actor, platform_database: Database):
    expire(connected, platform_database)
    asked = len(connected.google.received("/token"))
    platform_database.execute(
        "insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)"
    )
    try:
        answer = connected.call("GET", _PATH)
        assert_refused(answer, 503, "refresh_stopped")
        assert answer.headers["Retry-After"] == "60"
        assert len(connected.google.received("/token")) == asked
    finally:
        platform_database.execute("select ops.close_refresh_breaker('a test')")
    assert connected.call("GET", _PATH).status_code == 200
