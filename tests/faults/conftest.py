"""Platforms that a test of faults has for itself, and how much of a long suite is run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from service.local.environment import ServiceIdentity
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import Database, cloned_database

# `make torture` sets it; everywhere else the short form runs.
IS_FULL = os.environ.get("TORTURE") == "full"


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A database that the tests of one module share with nobody."""
    with cloned_database(cluster, template_database) as fresh:
        fresh.execute("update private.purposes set limit_count = 10000")
        yield fresh


@pytest.fixture(scope="module")
def module_platform(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform on it; the test starts the service."""
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with running_platform(
        log_dir=tmp_path_factory.mktemp("platform"), cluster=module_database.cluster, database=module_database.name,
        identity=identity,
    ) as running:  # fmt: skip
        yield running


@pytest.fixture(scope="module")
def web(module_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, int]]:
    """The service with four processes, and the pid of their parent, which replaces whoever dies."""
    with (
        service_processes(
            module_platform, log_dir=tmp_path_factory.mktemp("service"), with_worker=False, WEB_CONCURRENCY="4"
        ) as parts,
        httpx.Client(
            base_url=module_platform.identity.public_url,
            timeout=30,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        ) as client,
    ):
        yield client, parts[0].child.pid
