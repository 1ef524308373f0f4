"""Fixtures of the database tests: a database shared by a worker's tests, the service, and people in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.local.postgres import Cluster
from tests.database.connections import Caller, Connected, connect
from tests.databases import Database, cloned_database
from tests.personas import Person, add_person


@pytest.fixture(scope="session")
def shared(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A database that the tests of this worker share: look only at rows of your own users, change nothing else."""
    with cloned_database(cluster, template_database) as database:
        yield database


@pytest.fixture(scope="session")
def service(shared: Database) -> Iterator[Caller]:
    """The service, in its own role, on the shared database."""
    with Caller(shared) as caller:
        yield caller


@pytest.fixture
def second_service(shared: Database) -> Iterator[Caller]:
    """Another process of the service at the same time."""
    with Caller(shared) as caller:
        yield caller


@pytest.fixture
def person(shared: Database) -> Person:
    """A signed-in user."""
    return add_person(shared, "ada")


@pytest.fixture
def stranger(shared: Database) -> Person:
    """Another signed-in user, who has nothing to do with `person`."""
    return add_person(shared, "stranger")


@pytest.fixture
def connected(service: Caller, person: Person) -> Connected:
    """`person` with a connected Google account and every scope."""
    return connect(service, person)
