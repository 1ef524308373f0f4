"""Fixtures: a scene on the database that a worker's tests share, and one on a database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.local.postgres import Cluster
from tests.database.lists.scene import Scene, build_scene
from tests.databases import Connection, Database, cloned_database


@pytest.fixture(scope="session")
def door(shared: Database) -> Iterator[Connection]:
    """A connection of PostgREST's role to the database that a worker's tests share."""
    with shared.connect("authenticator") as connection:
        yield connection


@pytest.fixture
def scene(shared: Database, door: Connection) -> Scene:
    """A workspace of this test's own; look only at what is in it."""
    return build_scene(shared, door)


@pytest.fixture(scope="session")
def staged(cluster: Cluster, template_database: str) -> Iterator[Scene]:
    """A scene in a database that nobody connects to any more, to clone from."""
    with cloned_database(cluster, template_database) as database:
        with database.connect("authenticator") as door:
            staged = build_scene(database, door)
        database.connection.close()
        yield staged


@pytest.fixture
def own_scene(staged: Scene) -> Iterator[Scene]:
    """A database of this test's own, whose guards it may take out."""
    with (
        cloned_database(staged.database.cluster, staged.database.name) as database,
        database.connect("authenticator") as door,
    ):
        yield replace(staged, database=database, door=door)


@pytest.fixture
def long_scene(own_scene: Scene) -> Scene:
    """Where two rows are a long list."""
    own_scene.database.execute(
        "create or replace function private.longest_immediate_import() returns bigint language sql immutable "
        "set search_path = '' as 'select 1::bigint'"
    )
    return own_scene
