"""The rotate-keys command on a platform with its service: everything moves, nothing is lost, whatever interrupts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.local.environment import ServiceIdentity, new_token_keys
from service.local.google.client import GoogleControl
from service.local.parts import base_environment
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import Database, cloned_database
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor

_USERS = 12


def _keys(*sets: str) -> str:
    return json.dumps({"keys": [key for each in sets for key in json.loads(each)["keys"]]})


OLD, NEW = new_token_keys(), new_token_keys()
OLD_KID, NEW_KID = (json.loads(each)["keys"][0]["kid"] for each in (OLD, NEW))


@pytest.fixture(scope="module")
def database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    with cloned_database(cluster, template_database) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def platform(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose service seals under the old key and opens both: the first step of a rotation."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}", token_keys=_keys(OLD, NEW))
    log_dir = tmp_path_factory.mktemp("rotation")
    with running_platform(
        log_dir=log_dir, cluster=database.cluster, database=database.name, identity=identity
    ) as running:
        yield running


@pytest.fixture(scope="module")
def people(platform: Platform, http: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Actor]]:
    """Connected users; the service runs on."""
    with (
        service_processes(platform, log_dir=tmp_path_factory.mktemp("service"), with_worker=False),
        httpx.Client(base_url=platform.identity.public_url, timeout=30, trust_env=False) as service,
    ):
        google = GoogleControl(platform.google_url)
        actors = [new_actor(sign_up(platform, http), platform, service, google) for _ in range(_USERS)]
        for actor in actors:
            actor.connect()
        yield actors


@pytest.fixture
def old(database: Database, platform: Platform, people: list[Actor]) -> None:
    """Everything lies under the old key."""
    database.execute("delete from private.retired_keys")
    moved = _run(platform, keys=_keys(OLD, NEW))
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert _kids(database) == {OLD_KID: _USERS}


def _environment(platform: Platform, keys: str) -> dict[str, str]:
    return {**base_environment(), **platform.settings_env(), "TOKEN_KEYS": keys}


def _run(
    platform: Platform, *arguments: str, keys: str | None = None, check: bool = False
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service", "rotate-keys", *arguments],
        env=_environment(platform, keys or _keys(NEW, OLD)),
        capture_output=True,
        text=True,
        timeout=60,
        check=check,
    )


def _kids(database: Database) -> dict[str, int]:
    rows = database.rows("select kid, count(*) as documents from private.google_secrets group by kid")
    return {row["kid"]: row["documents"] for row in rows}


def _orphans(database: Database) -> int:
    (row,) = database.rows("select * from ops.vault_health")
    return row["orphan_count"] + row["connections_missing_a_secret_count"]


@pytest.mark.usefixtures("old")
def test_rotation_moves_everything_while_the_service_goes_on(
    platform: Platform, database: Database, people: list[Actor]
):
    answer = _run(platform)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{_USERS} stored; 0 left under another key than {NEW_KID}" in answer.stdout
    assert _kids(database) == {NEW_KID: _USERS}
    assert _orphans(database) == 0
    for actor in people:
        assert actor.call("GET", "/v1/calendar/events").status_code == 200
    assert "nothing to do; 0 left" in _run(platform).stdout


@pytest.mark.usefixtures("old")
def test_dry_run_says_what_there_is_and_changes_nothing(platform: Platform, database: Database):
    before = database.rows("select * from private.google_secrets order by connection_id")
    answer = _run(platform, "--dry-run")
    assert answer.returncode == 0
    assert f"{_USERS} connections to seal anew under {NEW_KID}; nothing was changed" in answer.stdout
    assert database.rows("select * from private.google_secrets order by connection_id") == before


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_rotation_that_was_stopped_goes_on_where_it_is_started_again(
    platform: Platform, database: Database, people: list[Actor], number: signal.Signals
):
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "rotate-keys", "--batch-size", "1"],
        env=_environment(platform, _keys(NEW, OLD)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not _kids(database).get(NEW_KID):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=20)
    if number != signal.SIGKILL and _kids(database).get(OLD_KID):
        assert process.returncode == 130
        assert "Run the same command again" in output
    assert sum(_kids(database).values()) == _USERS
    assert _orphans(database) == 0
    assert _run(platform).returncode == 0
    assert _kids(database) == {NEW_KID: _USERS}
    assert people[0].call("GET", "/v1/calendar/events").status_code == 200


@pytest.mark.usefixtures("old")
def test_document_that_does_not_open_is_named_and_left_as_it_is(platform: Platform, database: Database):
    (row,) = database.rows("select connection_id, refresh_secret_id from private.google_secrets limit 1")
    document = database.value(
        "select decrypted_secret from vault.decrypted_secrets where id = %s", (row["refresh_secret_id"],)
    )
    broken = document[:-3] + ("AAA" if document[-3:] != "AAA" else "BBB")
    database.execute("select vault.update_secret(%s, %s)", (row["refresh_secret_id"], broken))
    try:
        answer = _run(platform)
        assert answer.returncode == 1
        assert f"did not open and was left as it is: connection {row['connection_id']}" in answer.stdout
        assert _kids(database) == {NEW_KID: _USERS - 1, OLD_KID: 1}
    finally:
        database.execute("select vault.update_secret(%s, %s)", (row["refresh_secret_id"], document))
    assert _run(platform).returncode == 0


@pytest.mark.usefixtures("old")
def test_nothing_is_touched_without_the_key_that_opens(platform: Platform, database: Database):
    answer = _run(platform, keys=NEW)
    assert answer.returncode == 1
    assert f"{_USERS} key_unknown" in answer.stdout
    assert _kids(database) == {OLD_KID: _USERS}


@pytest.mark.usefixtures("old")
def test_key_is_retired_only_when_nothing_hangs_on_it(platform: Platform, database: Database, people: list[Actor]):
    refused = _run(platform, "--retire", OLD_KID)
    assert refused.returncode == 1
    assert f"{OLD_KID} is in use: {_USERS} connections" in refused.stdout.replace("\n", " ")
    assert _run(platform, "--retire", NEW_KID).returncode == 1
    _run(platform, check=True)
    assert _run(platform, "--retire", OLD_KID).returncode == 0
    # The service still seals under the old key, as in a deploy that was forgotten: it is refused, and loses nothing.
    assert people[0].finish(people[0].completion()).status_code == 503
    assert people[0].call("GET", "/v1/calendar/events").status_code == 200


def test_rotation_wants_the_operators_credential(platform: Platform):
    environment = _environment(platform, _keys(NEW, OLD))
    del environment["SUPABASE_OPERATOR_JWT"]
    answer = subprocess.run(
        [sys.executable, "-m", "service", "rotate-keys"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 1
    assert "SUPABASE_OPERATOR_JWT" in answer.stderr


@pytest.mark.usefixtures("old")
def test_no_key_and_no_token_is_printed(platform: Platform, tmp_path: Path):
    output = "".join((_run(platform).stdout, _run(platform, "--dry-run").stdout, _run(platform).stderr))
    for secret in ("ya29.", "1//", "eyJ", *(json.loads(each)["keys"][0]["k"] for each in (OLD, NEW))):
        assert secret not in output
