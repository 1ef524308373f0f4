"""A small pool of connections to GoTrue's tables."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

Connection = psycopg.Connection[dict[str, Any]]


class Database:
    """Hands out connections for one transaction each.

    The pool is this short because the platform needs four connections and no more; a broken one is replaced when it
    is taken out, so that a restart of PostgreSQL heals by itself.
    """

    def __init__(self, url: str, *, size: int = 4):
        self._url = url
        self._free: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        connection = self._free.get()
        try:
            if connection is None or connection.closed or connection.broken:
                connection = Connection.connect(self._url, row_factory=dict_row, application_name="local-auth")
            with connection.transaction():
                yield connection
        finally:
            if connection is not None and not connection.closed and connection.info.transaction_status != 0:
                connection.close()
            self._free.put(connection)
