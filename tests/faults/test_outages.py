"""PostgREST, the database or the address of Google's endpoints is gone: 503 or 502, nothing claimed, nothing lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import Database, cloned_database, make_template
from tests.people import sign_up
from tests.service.routes.actors import Actor, assert_refused, new_actor, stored

_CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/v1/google/authorizations", {"json": {"return_to": "http://127.0.0.1:3000/settings/google"}}),
    ("GET", "/v1/google/connection", {}),
    ("DELETE", "/v1/google/connection", {}),
    ("GET", "/v1/calendar/events", {}),
    (
        "POST",
        "/v1/gmail/messages",
        {
            "json": {"to": ["grace@example.com"], "subject": "s", "text": "t"},
            "headers": {"Idempotency-Key": str(uuid4())},
        },
    ),
]


@pytest.fixture
def own_cluster(log_dir: Path) -> Iterator[Cluster]:
    """A cluster that the test may kill."""
    with Cluster.start(log_dir) as cluster:
        yield cluster


@pytest.fixture
def own_database(own_cluster: Cluster) -> Iterator[Database]:
    template = make_template(own_cluster, "template_outage")
    # The server may be dead by the end, and then nothing is left to drop.
    with suppress(psycopg.OperationalError), cloned_database(own_cluster, template) as database:
        yield database


@pytest.fixture
def own_platform(own_database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A platform that the test may break."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with running_platform(
        log_dir=tmp_path, cluster=own_database.cluster, database=own_database.name, identity=identity
    ) as platform:
        yield platform


@pytest.fixture
def person(own_platform: Platform, http: httpx.Client, tmp_path: Path) -> Iterator[Actor]:
    """A connected user of the service on that platform."""
    with (
        service_processes(own_platform, log_dir=tmp_path),
        httpx.Client(base_url=own_platform.identity.public_url, timeout=40, trust_env=False) as service,
    ):
        actor = new_actor(sign_up(own_platform, http), own_platform, service, GoogleControl(own_platform.google_url))
        actor.connect()
        yield actor


def _part(platform: Platform, name: str) -> int:
    return next(part.child.pid for part in platform.parts if name.lower() in part.name.lower())


def test_everything_answers_503_and_nothing_changes_if_postgrest_is_down(
    person: Actor, own_platform: Platform, own_database: Database
):
    before = stored(own_database, person)
    os.kill(_part(own_platform, "PostgREST"), signal.SIGKILL)
    for method, path, options in _CALLS:
        answer = person.call(method, path, **options)
        assert_refused(answer, 503, "service_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    state = person.service.get("/v1/google/callback", params={"state": "A" * 43, "code": "x"})
    assert_refused(state, 503, "service_unavailable")
    assert stored(own_database, person) == before
    assert own_database.value("select count(*) from private.gmail_send_claims") == 0
    ready = person.service.get("/readyz")
    assert (ready.status_code, person.service.get("/healthz").status_code) == (503, 200)
    assert len(person.google.grants(person.sub)) == 1


def test_everything_answers_503_if_the_database_is_down(person: Actor, own_cluster: Cluster):
    os.kill(own_cluster.pid, signal.SIGQUIT)
    for method, path, options in _CALLS:
        answer = person.call(method, path, **options)
        assert_refused(answer, 503, "service_unavailable")
        assert "Retry-After" in answer.headers
    assert person.service.get("/readyz").status_code == 503
    # Nothing was claimed to be deleted, so Google was not told either.
    assert len(person.google.grants(person.sub)) == 1


def test_disconnect_works_here_and_finish_ends_the_attempt_if_google_is_gone(
    person: Actor, own_platform: Platform, own_database: Database
):
    completion = person.completion()
    os.kill(_part(own_platform, "Google"), signal.SIGKILL)
    assert_refused(person.finish(completion), 502, "google_unavailable")
    assert stored(own_database, person)["attempts"] == 0
    assert_refused(person.call("GET", "/v1/calendar/events"), 502, "google_unavailable")
    receipt = person.call("DELETE", "/v1/google/connection").json()
    assert (receipt["secrets_deleted"], receipt["google"]["reason"]) == (2, "google_unreachable")
    assert stored(own_database, person) == {"connections": 0, "attempts": 0, "vault_secrets": 0}


def test_mail_certainly_failed_if_gmail_cannot_be_reached(
    person: Actor, own_platform: Platform, own_database: Database
):
    os.kill(_part(own_platform, "Google"), signal.SIGKILL)
    body = assert_refused(person.send(), 502, "google_unavailable")
    assert body["details"] == {"reason": "unreachable"}
    assert own_database.value("select state from private.gmail_send_claims") == "failed"
