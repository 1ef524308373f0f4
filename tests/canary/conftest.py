"""A platform for the canaries alone: its PostgreSQL logs every statement, its Google makes tokens of no known look."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service.local.environment import ServiceIdentity, new_token_keys
from service.local.google.client import GoogleControl
from service.local.parts import Part
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import Database, cloned_database, make_template
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor


@dataclass
class Stage:
    """What the paths are walked on."""

    platform: Platform
    database: Database
    service: httpx.Client
    google: GoogleControl
    web: Part
    logs: Path
    metrics_port: int
    http: httpx.Client
    began: float

    def person(self, *, is_connected: bool = True) -> Actor:
        """A new user with a Google account."""
        actor = new_actor(sign_up(self.platform, self.http), self.platform, self.service, self.google)
        if is_connected:
            actor.connect()
        return actor

    def metrics(self) -> str:
        """The metrics page."""
        return httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics", trust_env=False).text


@pytest.fixture(scope="package")
def stage(http: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running platform."""
    began, logs, port = time.time(), tmp_path_factory.mktemp("canary"), unused_port()
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}", token_keys=new_token_keys(2))
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster.start(logs))
        database = stack.enter_context(cloned_database(cluster, make_template(cluster, "template_canary")))
        database.execute("update private.purposes set limit_count = 10000")
        with database.connect("supabase_admin") as admin:
            admin.execute("alter system set log_statement = 'all'")
            # Parameters as well, of statements that fail and of those that do not.
            admin.execute("alter system set log_parameter_max_length_on_error = -1")
            admin.execute("select pg_reload_conf()")
        platform = stack.enter_context(
            running_platform(log_dir=logs, cluster=cluster, database=database.name, identity=identity)
        )
        web, _ = stack.enter_context(
            service_processes(platform, log_dir=logs, WEB_CONCURRENCY="2", METRICS_PORT=str(port))
        )
        service = stack.enter_context(httpx.Client(base_url=identity.public_url, timeout=40, trust_env=False))
        google = GoogleControl(platform.google_url)
        google.make_plain_secrets()
        yield Stage(platform, database, service, google, web, logs, port, http, began)
        google.close()
