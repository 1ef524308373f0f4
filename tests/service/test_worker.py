"""The worker as a process: it tells Google of deleted accounts, waits out faults, and may be killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.parts import Part
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes, start_worker
from tests.databases import Database, cloned_database
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor

_DEADLINE_SECONDS = 30
StartWorker = Callable[..., Part]


@pytest.fixture(scope="module")
def database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    with cloned_database(cluster, template_database) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def platform(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform on which no worker runs but those of a test."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with running_platform(
        log_dir=tmp_path_factory.mktemp("platform"), cluster=database.cluster, database=database.name, identity=identity
    ) as running:
        yield running


@pytest.fixture(scope="module")
def service(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        service_processes(platform, log_dir=tmp_path_factory.mktemp("service"), with_worker=False),
        httpx.Client(base_url=platform.identity.public_url, timeout=30, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def gone(platform: Platform, database: Database, service: httpx.Client, http: httpx.Client) -> Actor:
    """A user who had connected Google and whom an administrator has just deleted."""
    database.execute("delete from private.outbox")
    google = GoogleControl(platform.google_url)
    google.clear_faults()
    actor = new_actor(sign_up(platform, http), platform, service, google)
    actor.connect()
    answer = http.delete(
        f"{platform.supabase_url}/auth/v1/admin/users/{actor.id}",
        headers={"apikey": platform.secret_key},
    )
    assert answer.status_code == 200, answer.text
    return actor


@pytest.fixture
def work(platform: Platform, tmp_path: Path) -> Iterator[StartWorker]:
    """A function that starts a worker."""
    with ExitStack() as stack:

        def start(name: str = "worker", **environ: str) -> Part:
            part = start_worker(platform, tmp_path, name=name, **environ)
            stack.callback(part.child.terminate)
            part.wait_until_ready()
            return part

        yield start


def _until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _entries(database: Database) -> list[dict[str, object]]:
    return database.rows("select * from private.outbox")


def _make_due(database: Database) -> None:
    """Let the back-off be over."""
    database.execute("update private.outbox set available_at = now(), lease_until = now() where lease_id is not null")
    database.execute("update private.outbox set available_at = now()")


def test_google_is_told_and_the_document_is_deleted(gone: Actor, database: Database, work: StartWorker):
    assert len(gone.google.grants(gone.sub)) == 1
    assert database.value("select count(*) from private.pending_revocations") == 1
    work()
    _until(lambda: gone.google.grants(gone.sub) == [], "the grant is still there")
    _until(lambda: _entries(database) == [], "the entry is still there")
    assert database.value("select count(*) from private.pending_revocations") == 0
    assert database.value("select orphan_count from ops.vault_health") == 0
    assert database.rows("select kind, outcome from ops.outbox_outcomes order by id desc limit 1") == [
        {"kind": "revoke_google_grant", "outcome": "done"}
    ]


@pytest.mark.parametrize(
    ("kind", "error"), [("status_503", "google_unavailable"), ("drop_before", "google_unreachable")]
)
def test_fault_of_google_is_waited_out(gone: Actor, database: Database, work: StartWorker, kind: str, error: str):
    gone.google.add_fault(kind, "/revoke")
    work()
    _until(lambda: [entry["last_error"] for entry in _entries(database)] == [error], "the fault was not put down")
    assert len(gone.google.grants(gone.sub)) == 1
    _make_due(database)
    _until(lambda: gone.google.grants(gone.sub) == [], "it was not tried again")


def test_two_workers_tell_google_once(gone: Actor, database: Database, work: StartWorker):
    before = len(gone.google.received("/revoke"))
    gone.google.add_fault("latency", "/revoke", seconds=1)
    work("one")
    work("two")
    _until(lambda: _entries(database) == [], "the entry is still there")
    assert len(gone.google.received("/revoke")) == before + 1


def test_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(gone: Actor, database: Database, work: StartWorker):
    before = len(gone.google.received("/revoke"))
    gone.google.add_fault("latency", "/revoke", seconds=1)
    part = work()
    _until(lambda: len(gone.google.received("/revoke")) > before, "google was not asked")
    os.kill(part.child.pid, signal.SIGTERM)
    _until(lambda: part.child.poll() is not None, "the worker did not end")
    assert part.child.poll() == 0
    assert _entries(database) == []
    assert gone.google.grants(gone.sub) == []


def test_entry_of_a_killed_worker_is_taken_over(gone: Actor, database: Database, work: StartWorker):
    before = len(gone.google.received("/revoke"))
    gone.google.add_fault("latency", "/revoke", seconds=2)
    part = work("killed")
    _until(lambda: len(gone.google.received("/revoke")) > before, "google was not asked")
    os.kill(part.child.pid, signal.SIGKILL)
    _until(lambda: part.child.poll() is not None, "the worker did not end")
    (entry,) = _entries(database)
    assert entry["lease_id"] is not None
    _make_due(database)
    work("heir")
    # Revoking twice is harmless: Google says that the grant had ended.
    _until(lambda: _entries(database) == [], "nobody took the entry over")
    assert gone.google.grants(gone.sub) == []
    assert database.value("select orphan_count from ops.vault_health") == 0


def test_what_can_never_succeed_is_put_aside(gone: Actor, database: Database, work: StartWorker):
    database.execute(
        "delete from vault.secrets where id in (select refresh_secret_id from private.pending_revocations)"
    )
    part = work()
    _until(lambda: any(entry["parked_at"] for entry in _entries(database)), "nothing was put aside")
    (shown,) = database.rows("select parked_because, last_error from ops.parked_outbox_entries")
    assert shown == {"parked_because": "poison", "last_error": "secret_missing"}
    assert database.value("select count(*) from private.pending_revocations") == 0
    _until(lambda: '"alert": "outbox_entry_parked"' in part.child.log_path.read_text(), "nobody was told")
    text = part.child.log_path.read_text()
    for secret in ("1//", "ya29.", gone.account, str(gone.id), gone.sub):
        assert secret not in text


def _other_secret_under_the_same_name(token_keys: str) -> str:
    keys, others = json.loads(token_keys), json.loads(ServiceIdentity().token_keys)
    return json.dumps({"keys": [keys["keys"][0] | {"k": others["keys"][0]["k"]}]})


@pytest.mark.parametrize(
    ("wrong", "error", "alert"),
    [
        ("client", "issued_to_another_client", "google_client_mismatch"),
        ("key", "token_key_unknown", "token_key_unknown"),
        ("secret of the key", "sealed_document_refused", "sealed_document_refused"),
    ],
)
def test_wrong_deploy_keeps_the_document_and_is_tried_again(
    gone: Actor, platform: Platform, database: Database, work: StartWorker, wrong: str, error: str, alert: str
):
    environ = {
        "client": {"GOOGLE_CLIENT_ID": "local-another.apps.googleusercontent.com"},
        "key": {"TOKEN_KEYS": ServiceIdentity().token_keys},
        "secret of the key": {"TOKEN_KEYS": _other_secret_under_the_same_name(platform.identity.token_keys)},
    }[wrong]
    part = work("wrong", **environ)
    _until(lambda: [entry["last_error"] for entry in _entries(database)] == [error], "the fault was not put down")
    assert database.value("select count(*) from private.pending_revocations") == 1
    assert f'"alert": "{alert}"' in part.child.log_path.read_text()
    part.child.terminate()
    _make_due(database)
    work("mended")
    _until(lambda: gone.google.grants(gone.sub) == [], "it was not tried again")
