"""Fixtures: a scene on the database that a worker's tests share, and one on a database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.database.service_api.scene import Scene, build_scene
from tests.databases import Database


@pytest.fixture
def scene(shared: Database) -> Iterator[Scene]:
    """A user of this test's own; look only at what is theirs."""
    with ExitStack() as stack:
        yield build_scene(shared, stack)


@pytest.fixture
def own_scene(database: Database) -> Iterator[Scene]:
    """On a database of this test's own, whose locks it may take out."""
    with ExitStack() as stack:
        yield build_scene(database, stack)
