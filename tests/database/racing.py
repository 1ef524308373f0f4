"""Two connections at once, without luck: the second is seen waiting for the first's lock before the first goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from tests.databases import Connection, Database

_DEADLINE_SECONDS = 10
Result = TypeVar("Result")


@contextmanager
def waiting(database: Database, second: Connection, action: Callable[[], Result]) -> Iterator[Future[Result]]:
    """Start an action on a second connection; the block runs once that connection waits for a lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(action)
        try:
            _wait_until_it_waits(database, second.info.backend_pid)
            yield future
        except BaseException:
            second.cancel()
            raise


def _wait_until_it_waits(database: Database, pid: int) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if database.value("select count(*) from pg_catalog.pg_locks where pid = %s and not granted", (pid,)):
            return
        time.sleep(0.01)
    raise AssertionError("the second connection never waited for the first")
