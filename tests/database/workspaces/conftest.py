"""Fixtures: the stage, built once per worker and never changed by a test that does not roll back; scenes to race in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from service.local.postgres import Cluster
from tests.database.workspaces.scene import Scene
from tests.database.workspaces.stage import Stage, build_stage
from tests.databases import Database, cloned_database


@pytest.fixture(scope="session")
def staged_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """The database of `stage`."""
    with cloned_database(cluster, template_database) as database:
        yield database


@pytest.fixture(scope="session")
def stage(staged_database: Database) -> Stage:
    """Look at it, and roll back whatever you change."""
    return build_stage(staged_database)


@pytest.fixture
def own_stage(database: Database) -> Stage:
    """A stage of this test's own, to change."""
    return build_stage(database)


@pytest.fixture
def scene(own_stage: Stage) -> Iterator[Scene]:
    """People around a workspace who do something at the same moment."""
    with ExitStack() as stack:
        yield Scene(own_stage, stack.enter_context(own_stage.database.connect()), stack)
