"""Fixtures of the database tests: a database shared by a worker's tests, the service, people in it, and the stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.local.postgres import Cluster
from tests.database.connections import Caller, Connected, connect
from tests.database.workspaces.stage import Stage, build_stage
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


@pytest.fixture(scope="session")
def staged_template(cluster: Cluster, template_database: str) -> Iterator[Stage]:
    """The stage in a database that nobody connects to any more, to clone from."""
    with cloned_database(cluster, template_database) as database:
        built = build_stage(database)
        database.connection.close()
        yield built


@pytest.fixture(scope="session")
def stage(cluster: Cluster, staged_template: Stage) -> Iterator[Stage]:
    """Look at it, and roll back whatever you change."""
    with cloned_database(cluster, staged_template.database.name) as database:
        yield replace(staged_template, database=database)


@pytest.fixture
def own_stage(cluster: Cluster, staged_template: Stage) -> Iterator[Stage]:
    """A stage of this test's own, to change."""
    with cloned_database(cluster, staged_template.database.name) as database:
        yield replace(staged_template, database=database)
