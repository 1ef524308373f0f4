"""Lets the tests look for one mutation after the other, in processes that are forked once all tests are collected.

A fork has every module in memory and a database of its own: what is left to pay for a mutation are the tests that run.
"""

from __future__ import annotations

import gc
import io
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from _pytest.fixtures import FixtureDef, SubRequest
from _pytest.runner import runtestprotocol

from service.local.postgres import Cluster
from tests.database.workspaces.stage import Stage, build_stage
from tests.databases import Connection, cloned_database

# They make a database of their own from the migrations, or look at files: no mutation reaches them.
_OUT_OF_REACH = ("tests/database/test_default_privileges.py", "tests/database/test_migration_texts.py")
# Where a guard is taken out to show that its test sees that, it is an error if the guard is gone before.
_TAKES_GUARDS_OUT = "unguarded.py"
_IS_GONE_BEFORE = re.compile(r'(?:trigger|constraint|policy) "[^"]+" .*does not exist')
# They start PostgREST, of whose database a fork knows nothing.
_OVER_HTTP = "platform"
_FORKS = get_context("fork")


@dataclass(frozen=True)
class Task:
    """Find a test that fails once the statement is planted.

    Attributes:
        statement: the mutation; nothing is planted if it is empty.
        order: the tests to try.
        stops: at the first test that notices; otherwise all are run and those that fail are named.
    """

    statement: str
    order: Sequence[pytest.Item]
    seconds: float
    stops: bool = True


@dataclass(frozen=True)
class Found:
    """What became of a task.

    Attributes:
        noticed_by: names of the tests that failed, and failed again when they were repeated.
        is_over: whether every test had its turn, or one noticed; otherwise the time was up.
    """

    noticed_by: tuple[str, ...]
    is_over: bool
    tests: int
    seconds: float


@dataclass
class _Running:
    task: Task
    databases: tuple[str, str]
    process: BaseProcess
    pipe: Pipe
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        return self.began + self.task.seconds - time.monotonic()


class Hunt:
    """A pytest plugin that replaces the loop over the tests, and gives each fork its databases.

    The stage is built before a mutation is planted: a test has to notice it, and not what sets the scene for tests.
    """

    def __init__(
        self, cluster: Cluster, template: str, stage: Stage, run: Callable[[Hunt, list[pytest.Item]], None]
    ) -> None:
        self._cluster = cluster
        self._template = template
        self._stage = stage
        self._run = run
        self._given: dict[str, Any] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # Collecting garbage would copy every page that a fork shares with this process.
        gc.collect()
        gc.freeze()
        self._run(self, [item for item in session.items if _OVER_HTTP not in getattr(item, "fixturenames", ())])
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: FixtureDef[Any], request: SubRequest) -> Any:
        if fixturedef.argname not in self._given:
            return None
        value = self._given[fixturedef.argname]
        fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
        return value

    def outcomes(self, tasks: Iterable[tuple[Any, Task]], workers: int) -> Iterator[tuple[Any, Found]]:
        """Run tasks side by side; each comes with a key, and its outcome with the same."""
        waiting, running = iter(tasks), dict[Any, tuple[Any, _Running]]()
        while True:
            while len(running) < workers and (next_one := next(waiting, None)) is not None:
                begun = self._begin(next_one[1])
                running[begun.pipe] = (next_one[0], begun)
            if not running:
                return
            patience = min(each.seconds_left for _, each in running.values())
            ready = wait([*running], timeout=max(patience, 0))
            late = [pipe for pipe, (_, each) in running.items() if each.seconds_left <= 0]
            for pipe in {*ready, *late}:
                key, ended = running.pop(pipe)
                yield key, self._end(ended, is_ready=pipe in ready)

    def _begin(self, task: Task) -> _Running:
        number = time.monotonic_ns()
        databases = (f"mutated_{number}", f"mutated_{number}_staged")
        for name, template in zip(databases, (self._template, self._stage.database.name), strict=True):
            self._cluster.create_database(name, template=template)
            if task.statement:
                with Connection.connect(self._cluster.url(name, "supabase_admin"), autocommit=True) as admin:
                    admin.execute(task.statement.encode())
        pipe, other_end = _FORKS.Pipe(duplex=False)
        process = _FORKS.Process(target=self._look, args=(task, databases, other_end))
        process.start()
        other_end.close()
        return _Running(task, databases, process, pipe)

    def _end(self, ended: _Running, *, is_ready: bool) -> Found:
        seconds = time.monotonic() - ended.began
        answer: tuple[tuple[str, ...], int] | str | None = None
        if is_ready:
            try:
                answer = ended.pipe.recv()
            except EOFError:
                answer = "the process that looked for it ended without an answer"
        ended.process.kill()
        ended.process.join()
        ended.pipe.close()
        self._drop_databases(ended)
        if isinstance(answer, str):
            raise RuntimeError(answer)
        noticed_by, tests = answer or ((), 0)
        return Found(noticed_by, answer is not None, tests, seconds)

    def _drop_databases(self, ended: _Running) -> None:
        with Connection.connect(self._cluster.url(role="supabase_admin"), autocommit=True) as admin:
            query = "select datname from pg_database where datname like %s"
            names = [row[0] for row in admin.execute(query, (f"test\\_{ended.process.pid}\\_%",))]  # type: ignore[index]
        for name in (*names, *ended.databases):
            self._cluster.drop_database(name)

    def _look(self, task: Task, databases: tuple[str, str], pipe: Pipe) -> None:
        """Run in the fork."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        template, staged = databases
        stage = replace(self._stage, database=replace(self._stage.database, name=staged))
        self._given = {"cluster": self._cluster, "template_database": template, "staged_template": stage}
        failed, tests = [], 0
        try:
            for item, following in zip_longest(task.order, task.order[1:]):
                tests += 1
                # Twice: a test that failed by chance passes when it is repeated.
                if _fails(item, following) and _fails(item, following):
                    failed.append(item.nodeid)
                    if task.stops:
                        break
            pipe.send((tuple(failed), tests))
        except BaseException as error:
            pipe.send(f"{type(error).__name__}: {error}")


def hunt(cluster: Cluster, template: str, paths: Sequence[str], run: Callable[[Hunt, list[pytest.Item]], None]) -> None:
    """Collect the tests of these paths and go on with `run`.

    Raises:
        RuntimeError: the tests cannot be collected.
    """
    ignored = [f"--ignore={path}" for path in _OUT_OF_REACH]
    options = ["-p", "no:xdist", "-p", "no:cacheprovider", "--capture=no", "-q", *ignored, *paths]
    failure: list[BaseException] = []

    def guarded(hunt: Hunt, items: list[pytest.Item]) -> None:
        # pytest would print an error of ours as one of its own, and go on.
        try:
            run(hunt, items)
        except BaseException as error:
            failure.append(error)

    with cloned_database(cluster, template) as database, redirect_stdout(io.StringIO()) as printed:
        stage = build_stage(database)
        # A database that somebody is connected to cannot be cloned.
        database.connection.close()
        code = pytest.main(options, plugins=[Hunt(cluster, template, stage, guarded)])
    if failure:
        raise failure[0]
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"The tests could not be collected:\n{printed.getvalue()}")


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return any(report.failed and not _is_its_own_fault(report) for report in reports)


def _is_its_own_fault(report: pytest.TestReport) -> bool:
    """Whether the test wanted to take out what the mutation took out before."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash is not None and (_TAKES_GUARDS_OUT in crash.path or _IS_GONE_BEFORE.search(crash.message) is not None)
