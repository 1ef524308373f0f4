"""Databases of the tests: a migrated template per worker, cloned in a fraction of a second for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from service.local.postgres import Cluster, Role
from service.local.seeding import seed
from service.migrations import apply_migrations

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
_numbers = itertools.count(1)


@dataclass
class Database:
    """One migrated database.

    Attributes:
        name: its name in the cluster.
        cluster: where it is.
        connection: an autocommit connection as `postgres`, the role of migrations and Studio: not a superuser.
    """

    name: str
    cluster: Cluster = field(repr=False)
    connection: Connection = field(repr=False)

    def url(self, role: Role = "postgres") -> str:
        """A connection URL for one of the cluster's login roles."""
        return self.cluster.url(self.name, role)

    def connect(self, role: Role = "postgres") -> Connection:
        """A further autocommit connection; the caller closes it."""
        return Connection.connect(self.url(role), autocommit=True, row_factory=dict_row)

    def rows(self, query: str, parameters: Any = None) -> list[Row]:
        """Run a query as `postgres` and return all rows."""
        return self.connection.execute(query.encode(), parameters).fetchall()

    def value(self, query: str, parameters: Any = None) -> Any:
        """Run a query as `postgres` and return the only value of its only row."""
        (row,) = self.rows(query, parameters)
        (value,) = row.values()
        return value

    def execute(self, statement: str, parameters: Any = None) -> None:
        """Run a statement as `postgres`."""
        self.connection.execute(statement.encode(), parameters)


def make_template(
    cluster: Cluster, name: str, *, default_privileges: Literal["granted", "withheld"] = "withheld"
) -> str:
    """Make a bootstrapped and migrated database to clone from.

    Args:
        default_privileges: which of the two settings of hosted projects the migrations meet.
    """
    cluster.create_database(name)
    cluster.bootstrap(name, default_privileges=default_privileges)
    apply_migrations(cluster.url(name))
    seed(cluster.url(name))
    return name


@contextmanager
def cloned_database(cluster: Cluster, template: str) -> Iterator[Database]:
    """A fresh clone, dropped at the end."""
    # Processes that share a cluster keep to names of their own.
    name = f"test_{os.getpid()}_{next(_numbers)}"
    cluster.create_database(name, template=template)
    try:
        with Connection.connect(cluster.url(name), autocommit=True, row_factory=dict_row) as connection:
            yield Database(name, cluster, connection)
    finally:
        cluster.drop_database(name)
