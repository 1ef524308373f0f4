"""service_api.retire_key: a key goes out of use only when nothing hangs on it, and then nothing is stored under it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database.connections import KID, Caller, claim, connect, store_arguments
from tests.database.rotations import list_entries, reseal
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person, add_person


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as caller:
        yield caller


@pytest.fixture
def caller(database: Database) -> Iterator[Caller]:
    with Caller(database) as service:
        yield service


@pytest.fixture
def person_here(database: Database) -> Person:
    """A user on a database of the test's own."""
    return add_person(database, "ada")


@pytest.mark.parametrize("use", ["connection", "attempt", "pending_revocation"])
def test_key_in_use_is_not_retired(
    database: Database, caller: Caller, operator: Caller, person_here: Person, use: str
) -> None:
    if use == "attempt":
        claim(caller, person_here)
    else:
        connect(caller, person_here)
    if use == "pending_revocation":
        database.execute("delete from auth.users where id = %s", (person_here.id,))
    answer = operator.call("retire_key", kid=KID)
    assert answer["outcome"] == "in_use"
    assert answer["uses"] == {
        "kid": KID,
        **{f"{name}_count": int(name == use) for name in ("connection", "attempt", "pending_revocation")},
    }
    assert database.rows("select * from private.retired_keys") == []


def test_nothing_is_stored_under_a_retired_key(
    database: Database, caller: Caller, operator: Caller, person_here: Person
) -> None:
    connect(caller, person_here)
    (entry,) = list_entries(operator)
    assert reseal(operator, entry) == {"outcome": "stored"}
    assert operator.call("retire_key", kid=KID) == {"outcome": "retired"}
    assert operator.call("retire_key", kid=KID) == {"outcome": "retired"}
    before = database.rows("select * from private.google_secrets")
    arguments = store_arguments(claim(caller, person_here))
    with pytest.raises(psycopg.DataError, match="retired"):
        caller.call("store_google_connection", **arguments)
    assert database.rows("select * from private.google_secrets") == before


def test_retiring_waits_for_a_document_that_is_being_stored(
    database: Database, caller: Caller, operator: Caller, person_here: Person
) -> None:
    arguments = store_arguments(claim(caller, person_here))
    with caller.connection.transaction():
        caller.call("store_google_connection", **arguments)
        with operator.connection.transaction(force_rollback=True):
            operator.connection.execute("set local lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable), operator.connection.transaction():
                operator.call("retire_key", kid=KID)
    assert operator.call("retire_key", kid=KID)["outcome"] == "in_use"


@pytest.mark.parametrize("kid", ["", "a b", "x" * 65, None])
def test_only_a_key_name_can_be_retired(operator: Caller, kid: str | None) -> None:
    with pytest.raises(psycopg.IntegrityError):
        operator.call("retire_key", kid=kid)
