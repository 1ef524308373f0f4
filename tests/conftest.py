"""Fixtures of all tests. Each pytest worker has its own cluster, template database and platform; none are shared.

A cluster starts in about a second, so sharing one between workers would save little and let a test that alters roles
or the server disturb another worker's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.serve import service_processes
from tests.databases import Database, cloned_database, make_template
from tests.people import NewUser, User, sign_up


@pytest.fixture(scope="session")
def log_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this worker's processes write their logs."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def cluster(log_dir: Path) -> Iterator[Cluster]:
    """This worker's PostgreSQL, bootstrapped."""
    with Cluster.start(log_dir) as running:
        yield running


@pytest.fixture(scope="session")
def template_database(cluster: Cluster) -> str:
    """The name of a migrated database that nobody connects to; clone it with `cloned_database`."""
    return make_template(cluster, "template_migrated")


@pytest.fixture
def database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A migrated database of this test's own, with a connection as postgres."""
    with cloned_database(cluster, template_database) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def platform_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """The database behind `platform`, shared by the tests of this worker: look only at rows of your own users."""
    with cloned_database(cluster, template_database) as shared:
        yield shared


@pytest.fixture(scope="session")
def platform(platform_database: Database, log_dir: Path) -> Iterator[Platform]:
    """This worker's platform: own database, Auth, PostgREST, gateway, Google stand-in and scheduler."""
    # An address of its own: the workers' services run at the same time.
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with running_platform(
        log_dir=log_dir, cluster=platform_database.cluster, database=platform_database.name, identity=identity
    ) as running:
        yield running


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """One connection pool for all supabase clients of this worker."""
    with httpx.Client(timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture
def new_user(platform: Platform, http: httpx.Client) -> NewUser:
    """A function that signs up a new user through the real supabase client: `new_user(name="ada")`."""

    def create(name: str = "user", data: dict[str, object] | None = None) -> User:
        return sign_up(platform, http, name=name, data=data)

    return create


@pytest.fixture(scope="session")
def service(platform: Platform, log_dir: Path) -> Iterator[httpx.Client]:
    """A client of this worker's service, gunicorn as in production; redirects are not followed."""
    with (
        service_processes(platform, log_dir=log_dir),
        httpx.Client(base_url=platform.identity.public_url, timeout=30, trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def google_control(platform: Platform) -> Iterator[GoogleControl]:
    control = GoogleControl(platform.google_url)
    yield control
    control.close()


@pytest.fixture
def google(google_control: GoogleControl) -> Iterator[GoogleControl]:
    """The Google stand-in's control; faults are off before and after each test."""
    google_control.clear_faults()
    yield google_control
    google_control.clear_faults()
