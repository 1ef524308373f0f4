"""A worker that is stopped, cut off from the database or met by a broken entry leaves nothing half done or undone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from service.local.gateway import start_gateway
from service.local.parts import REPOSITORY, Part, base_environment
from service.local.platform import Platform
from service.local.ports import unused_port
from tests.databases import Database
from tests.people import open_client, sign_up
from tests.service.routes.actors import Actor, new_actor
from tests.service.test_worker import StartWorker, _entries, _make_due, _until, database, gone, platform, service, work

__all__ = ["database", "gone", "platform", "service", "work"]

_STOPS_WITHIN_SECONDS = 15
_CANNOT_FINISH = """
import threading
from service.worker import stop_on_signals
stop_on_signals(threading.Event(), within_seconds=0.5)
print("ready", flush=True)
while True:
    threading.Event().wait(60)
"""


def _another(gone: Actor, http: httpx.Client) -> Actor:
    """Somebody else, connected."""
    actor = new_actor(sign_up(gone.platform, http), gone.platform, gone.service, gone.google)
    actor.connect()
    return actor


def _run_once(platform: Platform, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service", "worker", "--once"],
        env={**base_environment(), **platform.settings_env(), **environ}, cwd=REPOSITORY,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_nothing_more_is_begun_if_told_to_stop(gone: Actor, http: httpx.Client, database: Database, work: StartWorker):
    other = _another(gone, http)
    database.execute("delete from auth.users where id = %s", (other.id,))
    before = len(gone.google.received("/revoke"))
    gone.google.add_fault("latency", "/revoke", seconds=2)
    worker = work().child
    _until(lambda: len(gone.google.received("/revoke")) > before, "google was not asked")
    began = time.monotonic()
    os.kill(worker.pid, signal.SIGINT)
    _until(lambda: worker.poll() is not None, "the worker did not end")
    assert worker.poll() == 0
    assert time.monotonic() - began < _STOPS_WITHIN_SECONDS
    assert gone.google.grants(gone.sub) == []
    (untouched,) = _entries(database)
    assert (untouched["attempt_count"], untouched["lease_id"]) == (0, None)
    assert len(gone.google.grants(other.sub)) == 1


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_idle_worker_ends_if_told_to_stop(work: StartWorker, stop_signal: signal.Signals):
    worker = work().child
    os.kill(worker.pid, stop_signal)
    _until(lambda: worker.poll() is not None, "the worker did not end")
    assert worker.poll() == 0
    assert '"worker ends"' in worker.log_path.read_text()


def test_worker_that_cannot_finish_in_time_ends_all_the_same():
    with subprocess.Popen(
        [sys.executable, "-c", _CANNOT_FINISH], env=base_environment(), cwd=REPOSITORY, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()


def test_outage_is_logged_once_and_waited_out(
    gone: Actor, platform: Platform, database: Database, work: StartWorker, tmp_path: Path
):
    port = unused_port()
    with ExitStack() as stack:
        # A gateway of the test's own, which it may take away and give back.
        gateway = _start_gateway(platform, port, stack, tmp_path)
        database.execute("update private.outbox set available_at = now() + interval '1 hour'")
        worker = work(SUPABASE_URL=f"http://127.0.0.1:{port}").child
        gateway.child.terminate(first_signal=signal.SIGKILL)
        _until(lambda: "the worker waits for the database" in worker.log_path.read_text(), "it was not noticed")
        _refuse_connections(port, 2)
        assert worker.poll() is None
        errors = [line["event"] for line in _lines(worker.log_path) if line["level"] == "error"]
        assert errors == ["database unreachable", "the worker waits for the database"]

        _start_gateway(platform, port, stack, tmp_path)
        _make_due(database)
        _until(lambda: gone.google.grants(gone.sub) == [], "the worker did not go on")
        _until(lambda: "the database answers again" in worker.log_path.read_text(), "the end was not noted")
    (over,) = [line for line in _lines(worker.log_path) if line["event"] == "the database answers again"]
    assert over["failed_tries"] >= 3


def _refuse_connections(port: int, count: int) -> None:
    """Stand where the gateway was and hang up on so many tries."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(30)
        for _ in range(count):
            listener.accept()[0].close()


def _start_gateway(platform: Platform, port: int, stack: ExitStack, log_dir: Path) -> Part:
    ports = {part.name: urlsplit(part.url).port for part in platform.parts}
    part = start_gateway(
        platform.keys, port=port, auth_port=ports["Auth stand-in"] or 0, postgrest_port=ports["PostgREST"] or 0,
        log_dir=log_dir,
    )  # fmt: skip
    stack.callback(part.child.terminate)
    part.wait_until_ready()
    return part


def _lines(log_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log_path.read_text().splitlines()]


def test_once_does_all_that_is_due_and_ends(gone: Actor, http: httpx.Client, platform: Platform, database: Database):
    other = _another(gone, http)
    database.execute("delete from auth.users where id = %s", (other.id,))
    answer = _run_once(platform)
    assert answer.returncode == 0, answer.stderr
    assert (gone.google.grants(gone.sub), gone.google.grants(other.sub), _entries(database)) == ([], [], [])


def test_once_fails_if_the_database_does_not_answer(platform: Platform):
    answer = _run_once(platform, SUPABASE_URL=f"http://127.0.0.1:{unused_port()}")
    assert answer.returncode == 1
    assert "the database does not answer" in answer.stderr


def test_worker_refuses_to_start_without_the_operators_credential(platform: Platform):
    answer = _run_once(platform, SUPABASE_OPERATOR_JWT="")
    assert answer.returncode == 1
    assert "SUPABASE_OPERATOR_JWT: is missing" in answer.stderr


@pytest.mark.parametrize("end", ["soft deletion", "closing"])
def test_google_is_told_after_every_ending_of_an_account(
    gone: Actor, http: httpx.Client, platform: Platform, database: Database, end: str
):
    other = _another(gone, http)
    if end == "closing":
        database.execute("select ops.close_account(%s)", (other.id,))
    else:
        admin = open_client(platform, http, key=platform.secret_key).auth.admin
        admin.delete_user(other.user.id, should_soft_delete=True)
    assert _run_once(platform).returncode == 0
    assert other.google.grants(other.sub) == []


def test_grant_stays_if_another_user_is_connected_to_the_account(
    gone: Actor, http: httpx.Client, platform: Platform, database: Database
):
    other = _another(gone, http)
    other.sub, other.account = gone.sub, gone.account
    other.connect()
    assert _run_once(platform).returncode == 0
    assert _entries(database) == []
    assert len(gone.google.grants(gone.sub)) == 1
    assert other.call("GET", "/v1/calendar/events").status_code == 200


def test_document_that_somebody_swapped_revokes_nothing_and_is_kept_for_its_day(
    gone: Actor, http: httpx.Client, platform: Platform, database: Database
):
    other = _another(gone, http)
    database.execute(
        "select vault.update_secret(pending.refresh_secret_id, held.decrypted_secret) "
        "from private.pending_revocations as pending, vault.decrypted_secrets as held "
        "join private.google_secrets as named on named.refresh_secret_id = held.id "
        "join public.google_connections as connections on connections.id = named.connection_id "
        "where connections.user_id = %s",
        (other.id,),
    )
    assert _run_once(platform).returncode == 0
    assert [entry["last_error"] for entry in _entries(database)] == ["sealed_document_refused"]
    assert database.value("select count(*) from private.pending_revocations") == 1
    assert len(gone.google.grants(other.sub)) == 1


def test_entry_that_breaks_does_not_stop_those_behind_it(
    gone: Actor, http: httpx.Client, platform: Platform, database: Database
):
    other = _another(gone, http)
    # No binding can be made of such a version: it does not fit into its eight bytes.
    database.execute("alter table private.pending_revocations drop constraint token_version_counts_up")
    try:
        database.execute("update private.pending_revocations set token_version = -1")
        database.execute("delete from auth.users where id = %s", (other.id,))
        assert _run_once(platform).returncode == 0
        assert [entry["last_error"] for entry in _entries(database)] == ["unexpected_error"]
        assert (len(gone.google.grants(gone.sub)), gone.google.grants(other.sub)) == (1, [])
    finally:
        database.execute("delete from private.outbox")
        database.execute(
            "alter table private.pending_revocations add constraint token_version_counts_up check (token_version >= 1)"
        )
