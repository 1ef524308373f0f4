"""The service on a platform of its own: no limits of ours in the way, and its requests at Supabase counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from service.local import binaries
from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.parts import base_environment, http_answers
from service.local.platform import running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.processes import start_child, wait_until
from service.local.serve import service_processes
from tests.databases import Database, cloned_database
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor

_CADDYFILE = Path(__file__).with_name("Caddyfile")


@pytest.fixture(scope="session")
def tested_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """The database of that platform."""
    with cloned_database(cluster, template_database) as database:
        database.execute("update private.purposes set limit_count = 10000, limit_seconds = 1")
        yield database


@pytest.fixture(scope="session")
def tested_logs(log_dir: Path) -> Path:
    """Where that platform and the service write their logs."""
    folder = log_dir / "contract"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def tested(tested_database: Database, tested_logs: Path, http: httpx.Client) -> Iterator[Actor]:
    """A connected user of that service."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with (
        running_platform(
            log_dir=tested_logs, cluster=tested_database.cluster, database=tested_database.name, identity=identity
        ) as platform,
        _counted(platform.supabase_url, tested_logs) as counted_url,
        service_processes(
            platform, log_dir=tested_logs, with_worker=False, SUPABASE_URL=counted_url,
            SUPABASE_JWT_ISSUER=f"{platform.supabase_url}/auth/v1",
        ),
        httpx.Client(base_url=identity.public_url, timeout=30, trust_env=False) as client,
    ):  # fmt: skip
        google = GoogleControl(platform.google_url)
        actor = new_actor(sign_up(platform, http), platform, client, google)
        actor.connect()
        yield actor
        google.close()


@contextmanager
def _counted(supabase_url: str, folder: Path) -> Iterator[str]:
    port = unused_port()
    child = start_child(
        "counting",
        [str(binaries.caddy()), "run", "--config", str(_CADDYFILE), "--adapter", "caddyfile"],
        env={
            **base_environment(), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
            "COUNTING_PORT": str(port), "COUNTING_LOG": str(folder / "counted.json"), "COUNTED_URL": supabase_url,
        },
        log_path=folder / "counting.log",
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: http_answers(f"{url}/auth/v1/.well-known/jwks.json", 200), what="the counter", timeout=20)
        yield url
    finally:
        child.terminate()


def rpcs(folder: Path) -> list[str]:
    """The functions of the database that the service has called, oldest first."""
    lines = (folder / "counted.json").read_text().splitlines()
    paths = [json.loads(line)["request"]["uri"] for line in lines]
    return [path.rpartition("/")[2] for path in paths if path.startswith("/rest/v1/rpc/")]
