"""The service on a platform of its own whose limits are out of the way, so that every call reaches what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.platform import running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import cloned_database
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor


@pytest.fixture(scope="session")
def tested(cluster: Cluster, template_database: str, log_dir: Path, http: httpx.Client) -> Iterator[Actor]:
    """A connected user of that service."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    folder = log_dir / "contract"
    folder.mkdir()
    with (
        cloned_database(cluster, template_database) as database,
        running_platform(log_dir=folder, cluster=cluster, database=database.name, identity=identity) as platform,
        service_processes(platform, log_dir=folder, with_worker=False),
        httpx.Client(base_url=identity.public_url, timeout=30, trust_env=False) as client,
    ):
        database.execute("update private.purposes set limit_count = 10000, limit_seconds = 1")
        google = GoogleControl(platform.google_url)
        actor = new_actor(sign_up(platform, http), platform, client, google)
        actor.connect()
        yield actor
        google.close()
