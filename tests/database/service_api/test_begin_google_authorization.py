"""service_api.begin_google_authorization: an attempt is bound to a live session, and kept for 30 minutes."""

from datetime import timedelta

import psycopg
import pytest

from tests.database.connections import Caller, begin, begin_arguments, claim
from tests.database.documents import each_bad_document
from tests.database.looking import held_of, nothing_changes
from tests.database.situations import Situation, add_second_factor, if_not_live
from tests.databases import Database
from tests.personas import Person, add_session, raise_to_aal2


def test_begin_records_an_attempt_of_user_and_session(shared: Database, service: Caller, person: Person) -> None:
    arguments = begin_arguments(person)
    answer = service.call("begin_google_authorization", **arguments)
    (attempt,) = shared.rows("select * from private.google_authorization_attempts where user_id = %s", (person.id,))
    assert answer["outcome"] == "started"
    assert attempt["status"] == "started"
    assert {name: attempt[name] for name in ("id", "session_id", "state_hash", "sealed_secrets", "return_to")} == {
        "id": arguments["attempt_id"],
        **{name: arguments[name] for name in ("session_id", "state_hash", "sealed_secrets", "return_to")},
    }
    assert abs(attempt["expires_at"] - attempt["created_at"] - timedelta(minutes=30)) < timedelta(seconds=1)


@if_not_live
def test_begin_records_nothing_if_the_session_may_start_nothing(
    shared: Database, service: Caller, person: Person, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, person)
    arguments = begin_arguments(person) | {"user_id": user_id, "session_id": session_id}
    with nothing_changes(shared, person):
        assert service.call("begin_google_authorization", **arguments) == {"outcome": situation.outcome}


def test_begin_asks_for_the_second_factor_if_the_user_has_one(
    shared: Database, service: Caller, person: Person
) -> None:
    add_second_factor(shared, person)
    with nothing_changes(shared, person):
        assert service.call("begin_google_authorization", **begin_arguments(person)) == {"outcome": "mfa_required"}
    raise_to_aal2(shared.connection, person.session_id)
    assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] == "started"


def test_begin_takes_no_second_factor_of_another_session(shared: Database, service: Caller, person: Person) -> None:
    add_second_factor(shared, person)
    raise_to_aal2(shared.connection, add_session(shared, person.id))
    assert service.call("begin_google_authorization", **begin_arguments(person)) == {"outcome": "mfa_required"}


def test_begin_keeps_the_five_newest_attempts(shared: Database, service: Caller, person: Person) -> None:
    attempts = [begin(service, person).id for _ in range(7)]
    held = {row["held"]["id"] for row in held_of(shared, person, "attempt")}
    assert held == {str(attempt) for attempt in attempts[-5:]}


def test_begin_keeps_an_attempt_that_is_being_exchanged(shared: Database, service: Caller, person: Person) -> None:
    exchanging = claim(service, person).attempt
    for _ in range(6):
        begin(service, person)
    assert str(exchanging.id) in {row["held"]["id"] for row in held_of(shared, person, "attempt")}


@each_bad_document("attempt")
def test_begin_refuses_verifier_and_nonce_if_they_are_not_sealed(
    shared: Database, service: Caller, person: Person, document: str | None
) -> None:
    with nothing_changes(shared, person), pytest.raises((psycopg.DataError, psycopg.IntegrityError)):
        service.call("begin_google_authorization", **begin_arguments(person) | {"sealed_secrets": document})


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("state_hash", "the state itself"),
        ("state_hash", None),
        ("return_to", ""),
        ("return_to", "x" * 2049),
        ("requested_scopes", None),
    ],
)
def test_begin_refuses_a_value_that_no_attempt_may_hold(
    shared: Database, service: Caller, person: Person, argument: str, value: str | None
) -> None:
    with nothing_changes(shared, person), pytest.raises(psycopg.IntegrityError):
        service.call("begin_google_authorization", **begin_arguments(person) | {argument: value})


def test_begin_refuses_a_state_that_another_user_has(
    shared: Database, service: Caller, person: Person, stranger: Person
) -> None:
    state_hash = begin(service, stranger).state_hash
    with nothing_changes(shared, person, stranger), pytest.raises(psycopg.errors.UniqueViolation):
        service.call("begin_google_authorization", **begin_arguments(person) | {"state_hash": state_hash})
