"""One run: which mutations, which tests for each, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from service.local.postgres import Cluster
from tests.databases import Database, cloned_database
from tests.mutation.catalogue import BEHAVIOUR, Mutation
from tests.mutation.comparisons import noticing_comparison, planted
from tests.mutation.hunt import Found, Hunt, Task, hunt
from tests.mutation.redundant import REDUNDANT
from tests.mutation.relevance import is_comparison, relevant_first

Verdict = Literal["noticed", "survived", "not decided in time", "redundant", "no longer redundant"]
# How many tests are asked about what a comparison has noticed, or what is known to be redundant.
_SETTLED_TESTS = 30
_GOOD: frozenset[Verdict] = frozenset({"noticed", "redundant"})


@dataclass(frozen=True)
class Outcome:
    """What became of one mutation.

    Attributes:
        comparison: the test that noticed by reading the catalogue.
        behaviour: the test that noticed by acting; looked for where somebody could act.
        tests: how many were run.
    """

    mutation: Mutation
    comparison: str | None = None
    behaviour: str | None = None
    is_decided: bool = True
    tests: int = 0
    seconds: float = 0.0

    @property
    def noticed_by(self) -> str | None:
        """The test that noticed, rather one that acts."""
        return self.behaviour or self.comparison

    @property
    def verdict(self) -> Verdict:
        """Whether the run may be green with it."""
        if self.mutation.name in REDUNDANT:
            return "no longer redundant" if self.behaviour else "redundant"
        if self.noticed_by:
            return "noticed"
        return "survived" if self.is_decided else "not decided in time"

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done."""
        return self.verdict in _GOOD


@dataclass(frozen=True)
class Settings:
    """How to look.

    Attributes:
        seconds: the longest that tests look for one mutation; half of it if a comparison has noticed already.
        known: the test that noticed each mutation the last time, tried first.
    """

    paths: Sequence[str]
    workers: int
    seconds: float
    known: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """A whole run; `broken` are tests that noticed something and fail without any mutation, too."""

    outcomes: list[Outcome]
    broken: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether every mutation was noticed, by tests that pass without it."""
        return not self.broken and all(outcome.is_good for outcome in self.outcomes)


def run(
    cluster: Cluster, template: str, mutations: Sequence[Mutation], settings: Settings,
    report: Callable[[Outcome], None],
) -> Result:  # fmt: skip
    """Try each mutation; `report` is told of each outcome as it comes."""
    outcomes: list[Outcome] = []
    broken: tuple[str, ...] = ()

    def keep(outcome: Outcome) -> None:
        outcomes.append(outcome)
        report(outcome)

    def look(hunt: Hunt, items: list[pytest.Item]) -> None:
        nonlocal broken
        for compared, found in hunt.outcomes(_tasks(waiting, items, settings), settings.workers):
            keep(_joined(compared, found))
        broken = _broken(hunt, items, outcomes, settings)

    with cloned_database(cluster, template) as database:
        compared = list(_compare(database, mutations, keep))
    waiting = [outcome for outcome in compared if outcome.mutation.kind in BEHAVIOUR]
    if waiting:
        hunt(cluster, template, settings.paths, look)
    return Result(sorted(outcomes, key=lambda outcome: mutations.index(outcome.mutation)), broken)


def _compare(database: Database, mutations: Sequence[Mutation], keep: Callable[[Outcome], None]) -> Iterator[Outcome]:
    with database.connect("supabase_admin") as admin:
        # The comparisons read conditions as postgres sees them, and a name is short where the search path finds it.
        admin.execute("select set_config('search_path', %s, false)", (database.value("show search_path"),))
        looking = replace(database, connection=admin)
        assert noticing_comparison(looking) is None, "the database is not as the files say, without any mutation"
        for mutation in mutations:
            began = time.monotonic()
            with planted(admin, mutation):
                comparison = noticing_comparison(looking)
            outcome = Outcome(mutation, comparison, seconds=time.monotonic() - began)
            if mutation.kind not in BEHAVIOUR:
                keep(outcome)
            yield outcome


def _tasks(
    compared: Sequence[Outcome], items: Sequence[pytest.Item], settings: Settings
) -> Iterator[tuple[Outcome, Task]]:
    for outcome in compared:
        mutation = outcome.mutation
        order, relevant = relevant_first(items, mutation.subjects, settings.known.get(mutation.name))
        is_settled = outcome.comparison is not None or mutation.name in REDUNDANT
        if is_settled:
            # Nobody else is asked than the tests that speak of it most.
            order = [item for item in order[: min(relevant + 1, _SETTLED_TESTS)] if not is_comparison(item.nodeid)]
        yield outcome, Task(mutation.statement, order, settings.seconds / (2 if is_settled else 1))


def _joined(compared: Outcome, found: Found) -> Outcome:
    (noticed_by,) = found.noticed_by or (None,)
    is_read = noticed_by is not None and is_comparison(noticed_by)
    return Outcome(
        compared.mutation,
        comparison=noticed_by if is_read else compared.comparison,
        behaviour=None if is_read else noticed_by,
        is_decided=found.is_over,
        tests=found.tests,
        seconds=compared.seconds + found.seconds,
    )


def _broken(
    hunt: Hunt, items: Sequence[pytest.Item], outcomes: Sequence[Outcome], settings: Settings
) -> tuple[str, ...]:
    """Run the tests that noticed once more, on a database without any mutation."""
    names = {outcome.behaviour for outcome in outcomes}
    order = [item for item in items if item.nodeid in names]
    if not order:
        return ()
    ((_, found),) = hunt.outcomes([("control", Task("", order, 600, stops=False))], settings.workers)
    assert found.is_over, "the tests that noticed did not end without a mutation"
    return found.noticed_by
