"""Fixtures: a scene on the database that a worker's tests share, and one on a database of the test's own."""

from __future__ import annotations

import pytest

from tests.database.lists.scene import Scene, build_scene
from tests.databases import Database


@pytest.fixture
def scene(shared: Database) -> Scene:
    """A workspace of this test's own; look only at what is in it."""
    return build_scene(shared)


@pytest.fixture
def own_scene(database: Database) -> Scene:
    """A database of this test's own, whose guards it may take out."""
    return build_scene(database)
