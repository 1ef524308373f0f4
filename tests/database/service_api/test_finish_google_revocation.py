"""service_api.finish_google_revocation: the document dies once Google was told; a failure waits and is tried again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.database.connections import Caller, claim_arguments, come_back, name_arguments
from tests.database.looking import secrets_left
from tests.database.revocations import add_deleted, entries, finish, make_due, outcomes, pending_of, take_one
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, add_person


@pytest.fixture
def service(database: Database) -> Iterator[Caller]:
    with Caller(database) as caller:
        yield caller


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as caller:
        yield caller


def test_document_and_entry_are_deleted_once_google_was_told(
    database: Database, service: Caller, operator: Caller
) -> None:
    gone = add_deleted(database, service)
    ids = [pending_of(database, gone.person)[0]["refresh_secret_id"]]
    assert finish(operator, take_one(operator), "revoked") == "stored"
    assert (entries(database), pending_of(database, gone.person), secrets_left(database, ids)) == ([], [], 0)
    assert outcomes(database) == [("done", 1)]


def test_failure_waits_and_keeps_the_document(database: Database, service: Caller, operator: Caller) -> None:
    gone = add_deleted(database, service)
    ids = [pending_of(database, gone.person)[0]["refresh_secret_id"]]
    began = datetime.now(UTC)
    assert finish(operator, take_one(operator), "failed", "google_unavailable") == "stored"
    (entry,) = entries(database)
    assert timedelta(seconds=15) <= entry["available_at"] - began <= timedelta(seconds=46)
    assert (entry["last_error"], entry["lease_id"], entry["parked_at"]) == ("google_unavailable", None, None)
    assert secrets_left(database, ids) == 1
    assert outcomes(database) == []


def test_poison_is_put_aside_and_its_document_deleted(database: Database, service: Caller, operator: Caller) -> None:
    gone = add_deleted(database, service)
    ids = [pending_of(database, gone.person)[0]["refresh_secret_id"]]
    assert finish(operator, take_one(operator), "poison", "issued_to_another_client") == "stored"
    (entry,) = entries(database)
    assert (entry["parked_because"], entry["last_error"]) == ("poison", "issued_to_another_client")
    assert (pending_of(database, gone.person), secrets_left(database, ids)) == ([], 0)
    assert outcomes(database) == [("poison", 1)]


@pytest.mark.parametrize("outcome", ["revoked", "failed", "poison"])
def test_finishing_changes_nothing_if_another_worker_has_taken_over(
    database: Database, service: Caller, operator: Caller, outcome: str
) -> None:
    add_deleted(database, service)
    late = take_one(operator)
    make_due(database)
    take_one(operator)
    before = entries(database)
    assert finish(operator, late, outcome, "google_unavailable") == "superseded"
    assert finish(operator, late | {"lease_id": str(uuid4())}, outcome, "google_unavailable") == "superseded"
    assert entries(database) == before
    assert database.value("select count(*) from vault.secrets") == 1


def test_finishing_counts_even_after_the_lease_if_nobody_has_taken_over(
    database: Database, service: Caller, operator: Caller
) -> None:
    add_deleted(database, service)
    late = take_one(operator)
    database.execute("update private.outbox set lease_until = clock_timestamp()")
    assert finish(operator, late, "revoked") == "stored"


def test_finishing_an_entry_of_another_kind_changes_nothing(database: Database, operator: Caller) -> None:
    lease_id = uuid4()
    database.execute(
        "insert into private.outbox (kind, ends_at, lease_id, lease_until) values "
        "('check_unused_connection', now() + interval '1 day', %s, now() + interval '1 minute')",
        (lease_id,),
    )
    (entry,) = entries(database)
    taken = {"outbox_id": entry["id"], "lease_id": str(lease_id)}
    assert finish(operator, taken, "revoked") == "superseded"
    assert entries(database) == [entry]


@pytest.mark.parametrize(
    ("outcome", "reason", "is_waiting"),
    [
        ("revoked", None, False),
        ("failed", "google_unavailable", False),
        ("poison", "issued_to_another_client", False),
        # The call may still be under way to Google.
        ("failed", "google_unreachable", True),
    ],
)
def test_account_may_be_connected_again_once_google_has_answered(
    database: Database, service: Caller, operator: Caller, outcome: str, reason: str | None, is_waiting: bool
) -> None:
    gone = add_deleted(database, service)
    finish(operator, take_one(operator), outcome, reason)
    attempt = come_back(service, add_person(database))
    service.call("claim_google_authorization", **claim_arguments(attempt))
    answer = service.call("name_google_account", **name_arguments(attempt, gone.google_sub))
    assert answer["outcome"] == ("revoking" if is_waiting else "named")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("done", None), ("failed", None), ("poison", None), ("failed", "Google said: no"), ("failed", "x" * 65)],
)
def test_finishing_is_refused_if_it_says_nothing_that_is_known(
    database: Database, service: Caller, operator: Caller, outcome: str, reason: str | None
) -> None:
    add_deleted(database, service)
    taken, before = take_one(operator), entries(database)
    with pytest.raises((psycopg.errors.InvalidParameterValue, psycopg.errors.CheckViolation)):
        finish(operator, taken, outcome, reason)
    assert entries(database) == before
