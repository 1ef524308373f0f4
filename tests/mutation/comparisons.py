"""Tests that read the catalogue, asked directly: the first to look, as each takes milliseconds and one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from service.policy.comparison import differences
from service.policy.files import Declaration, promise_files
from tests.database.advisor_rules import ADVISOR_RULES
from tests.database.catalogue_rules import RULES
from tests.database.record_rules import RECORD_RULES
from tests.databases import Connection, Database
from tests.mutation.catalogue import Mutation
from tests.policies.promise_references import live_names, missing_enforcers

_ACCESS = "tests/policies/test_access.py::test_files_and_catalogue_say_the_same"
_RULE = "tests/database/test_catalogue.py::test_catalogue_keeps_the_rule[{}]"
_PROMISE = "tests/policies/test_promises.py::test_what_enforces_the_promise_exists[{}]"


@contextmanager
def planted(connection: Connection, mutation: Mutation) -> Iterator[None]:
    """The database with the mutation, in a transaction that is rolled back."""
    with connection.transaction(force_rollback=True):
        connection.execute(mutation.statement.encode())
        yield


def noticing_comparison(database: Database) -> str | None:
    """The first test that reads the catalogue and would fail now, by its pytest name."""
    if differences(database.connection):
        return _ACCESS
    for rule in (*RULES, *ADVISOR_RULES, *RECORD_RULES):
        if database.rows(rule.offenders):
            return _RULE.format(rule.name)
    live = live_names(database)
    for promise in _promises():
        if missing_enforcers(promise.content, live):
            return _PROMISE.format(promise.path.stem)
    return None


@cache
def _promises() -> list[Declaration]:
    """Read once: no mutation changes a file."""
    return promise_files()
