"""service_api.finish_unused_connection: done, or tried again later; only by the worker that has it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.database.connections import Caller, connect
from tests.database.service_api.test_take_unused_connection import queue, take
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, add_person

FUNCTION = "finish_unused_connection"


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    """The worker's role, with one unused connection that is due."""
    with Caller(database) as service:
        connect(service, add_person(database, "ada"))
    database.execute("update private.google_secrets set refreshed_at = now() - interval '8 days'")
    queue(database)
    with Caller(database, GOOGLE_OPERATOR) as worker:
        yield worker


def test_finish_ends_the_entry(database: Database, operator: Caller) -> None:
    taken = take(operator)
    answer = operator.call(FUNCTION, outbox_id=taken["outbox_id"], lease_id=taken["outbox_lease_id"], reason=None)
    assert answer == {"outcome": "stored"}
    assert database.value("select count(*) from private.unused_connection_checks") == 0
    assert database.rows("select kind, outcome from ops.outbox_outcomes") == [
        {"kind": "check_unused_connection", "outcome": "done"}
    ]


def test_finish_with_a_reason_lets_it_be_tried_again_later(database: Database, operator: Caller) -> None:
    taken = take(operator)
    arguments = {"outbox_id": taken["outbox_id"], "lease_id": taken["outbox_lease_id"]}
    assert operator.call(FUNCTION, **arguments, reason="google_unavailable") == {"outcome": "stored"}
    (entry,) = database.rows("select last_error, lease_id, available_at > now() as waits from private.outbox")
    assert (entry["last_error"], entry["lease_id"], entry["waits"]) == ("google_unavailable", None, True)


@pytest.mark.parametrize("reason", [None, "google_unavailable"])
def test_finish_changes_nothing_if_another_worker_has_the_entry(
    database: Database, operator: Caller, reason: str | None
) -> None:
    taken = take(operator)
    before = database.rows("select * from private.outbox")
    answer = operator.call(FUNCTION, outbox_id=taken["outbox_id"], lease_id=uuid4(), reason=reason)
    assert answer == {"outcome": "superseded"}
    assert database.rows("select * from private.outbox") == before
