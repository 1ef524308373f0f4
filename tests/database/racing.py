"""Two connections at once, without luck: the second is seen waiting for the first's lock before the first commits."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from tests.databases import Connection, Database

_DEADLINE_SECONDS = 10
First = TypeVar("First")
Second = TypeVar("Second")


def race(
    database: Database,
    first: tuple[Connection, Callable[[], First]],
    second: tuple[Connection, Callable[[], Second]],
    then: Callable[[], object] = lambda: None,
) -> tuple[First, Second]:
    """Run two actions, each on its own connection; the first commits only once the second waits for it.

    Args:
        then: what the first does while the second waits: what it needs then must not be held by the second.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        with first[0].transaction():
            answer = first[1]()
            other = pool.submit(second[1])
            wait_until_it_waits(database, second[0].info.backend_pid, other)
            then()
        return answer, other.result(timeout=_DEADLINE_SECONDS)


def wait_until_it_waits(database: Database, pid: int, other: Future[Any]) -> None:
    """Return once the backend waits for a lock that somebody else holds."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline and not other.done():
        if database.value("select count(*) from pg_catalog.pg_locks where pid = %s and not granted", (pid,)):
            return
        time.sleep(0.01)
    raise AssertionError("the second connection did not wait for the first")
