"""Fixtures: a workspace of this test's own in the database that a worker's tests share."""

from __future__ import annotations

import pytest

from tests.database.find.shops import Shop, open_shop
from tests.databases import Database


@pytest.fixture
def shop(shared: Database) -> Shop:
    """A workspace with one member and no record."""
    return open_shop(shared)


@pytest.fixture
def neighbour(shared: Database) -> Shop:
    """Another workspace, with another member."""
    return open_shop(shared)
