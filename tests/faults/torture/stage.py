"""Everything that a run tortures: a cluster, a platform and a service of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from service.local.environment import ServiceIdentity, new_token_keys
from service.local.google.client import GoogleControl
from service.local.parts import Part
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes, start_worker
from tests.databases import Database, cloned_database, make_template
from tests.scratch import refuse_unless_scratch


@dataclass
class Stage:
    """What a run is given."""

    platform: Platform
    database: Database
    service: httpx.Client
    http: httpx.Client
    google: GoogleControl
    web: Part
    worker: Part
    logs: Path

    def __post_init__(self) -> None:
        """Look for the scratch marker.

        Raises:
            NotScratch: it is not there.
        """
        refuse_unless_scratch(self.database.url())


@contextmanager
def staged(logs: Path) -> Iterator[Stage]:
    """Run everything until the block ends; must be called from the main thread."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}", token_keys=new_token_keys(2))
    # No connection outlives a call: whoever is killed takes none along that the next call would run into.
    limits = httpx.Limits(max_keepalive_connections=0)
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster.start(logs))
        template = make_template(cluster, "template_torture")
        database = stack.enter_context(cloned_database(cluster, template))
        database.execute("update private.purposes set limit_count = 10000")
        # What a killed server has confirmed has to be there afterwards.
        with database.connect("supabase_admin") as admin:
            admin.execute(f"alter database {database.name} set synchronous_commit = on".encode())
        platform = stack.enter_context(
            running_platform(log_dir=logs, cluster=cluster, database=database.name, identity=identity)
        )
        (web,) = stack.enter_context(service_processes(platform, log_dir=logs, with_worker=False, WEB_CONCURRENCY="2"))
        service = stack.enter_context(
            httpx.Client(base_url=identity.public_url, timeout=40, trust_env=False, limits=limits)
        )
        http = stack.enter_context(httpx.Client(timeout=20, trust_env=False, limits=limits))
        worker = start_worker(platform, logs)
        worker.wait_until_ready()
        yield Stage(platform, database, service, http, GoogleControl(platform.google_url), web, worker, logs)
