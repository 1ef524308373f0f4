"""service_api.claim_google_authorization: only the starter may have the code exchanged, once, in the same session."""

import pytest

from tests.database.connections import (
    Caller,
    Connected,
    begin,
    claim_arguments,
    come_back,
    new_state_hash,
    require_reconnect,
)
from tests.database.looking import held_of, nothing_changes
from tests.database.racing import race
from tests.database.situations import Situation, add_second_factor, if_not_live
from tests.databases import Database
from tests.personas import Person, add_session

FUNCTION = "claim_google_authorization"


def test_claim_hands_the_sealed_secrets_to_the_starter(shared: Database, service: Caller, person: Person) -> None:
    attempt = come_back(service, person)
    (before,) = held_of(shared, person, "attempt")
    answer = service.call(FUNCTION, **claim_arguments(attempt))
    assert answer == {
        "outcome": "claimed",
        "attempt_id": str(attempt.id),
        "sealed_secrets": before["held"]["sealed_secrets"],
        "connection_id": str(attempt.id),
        "token_version": 0,
        "next_token_version": answer["next_token_version"],
    }
    assert answer["next_token_version"] > 0
    assert held_of(shared, person, "attempt")[0]["held"]["status"] == "exchanging"


def test_claim_names_the_connection_and_version_to_replace_if_connected(
    service: Caller, person: Person, connected: Connected
) -> None:
    answer = service.call(FUNCTION, **claim_arguments(come_back(service, person)))
    assert (answer["connection_id"], answer["token_version"]) == (
        str(connected.connection_id),
        connected.token_version,
    )
    assert answer["next_token_version"] > connected.token_version


def test_claim_starts_above_every_old_version_if_a_reconnect_is_required(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    require_reconnect(shared, connected)
    answer = service.call(FUNCTION, **claim_arguments(come_back(service, person)))
    assert (answer["connection_id"], answer["token_version"]) == (str(connected.connection_id), 0)
    assert answer["next_token_version"] > connected.token_version


@if_not_live
def test_claim_gives_nothing_if_the_session_may_start_nothing(
    shared: Database, service: Caller, person: Person, situation: Situation
) -> None:
    attempt = come_back(service, person)
    user_id, session_id = situation.arrange(shared, person)
    with nothing_changes(shared, person):
        answer = service.call(FUNCTION, state_hash=attempt.state_hash, user_id=user_id, session_id=session_id)
    assert answer == {"outcome": situation.outcome}


def test_claim_burns_the_attempt_and_tells_the_starter_if_another_user_comes(
    shared: Database, service: Caller, person: Person, stranger: Person
) -> None:
    attempt = come_back(service, person)
    stolen = claim_arguments(attempt) | {"user_id": stranger.id, "session_id": stranger.session_id}
    with nothing_changes(shared, stranger):
        assert service.call(FUNCTION, **stolen) == {"outcome": "attempt_of_another_user"}
    assert held_of(shared, person, "attempt") == []
    assert [row["held"]["kind"] for row in held_of(shared, person, "notice")] == [
        "google_authorization_used_by_another_user"
    ]
    assert service.call(FUNCTION, **claim_arguments(attempt)) == {"outcome": "attempt_unknown"}


def test_claim_burns_the_attempt_if_another_session_comes(shared: Database, service: Caller, person: Person) -> None:
    attempt = come_back(service, person)
    other_session = add_session(shared, person.id)
    answer = service.call(FUNCTION, **claim_arguments(attempt) | {"session_id": other_session})
    assert answer == {"outcome": "attempt_of_another_session"}
    assert held_of(shared, person, "attempt") == []


def test_claim_keeps_the_attempt_if_the_second_factor_is_missing(
    shared: Database, service: Caller, person: Person
) -> None:
    attempt = come_back(service, person)
    add_second_factor(shared, person)
    with nothing_changes(shared, person):
        assert service.call(FUNCTION, **claim_arguments(attempt)) == {"outcome": "mfa_required"}


def test_claim_is_refused_if_the_state_is_unknown(shared: Database, service: Caller, person: Person) -> None:
    attempt = come_back(service, person)
    with nothing_changes(shared, person):
        answer = service.call(FUNCTION, **claim_arguments(attempt) | {"state_hash": new_state_hash()})
    assert answer == {"outcome": "attempt_unknown"}


@pytest.mark.parametrize("step", ["before_the_callback", "a_second_time"])
def test_claim_is_refused_if_the_step_is_wrong(shared: Database, service: Caller, person: Person, step: str) -> None:
    attempt = begin(service, person) if step == "before_the_callback" else come_back(service, person)
    if step == "a_second_time":
        assert service.call(FUNCTION, **claim_arguments(attempt))["outcome"] == "claimed"
    with nothing_changes(shared, person):
        assert service.call(FUNCTION, **claim_arguments(attempt)) == {"outcome": "attempt_used"}


def test_claim_is_refused_if_its_time_is_over(shared: Database, service: Caller, person: Person) -> None:
    attempt = come_back(service, person)
    shared.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '3 minutes', "
        "expires_at = now() - interval '1 second' where id = %s",
        (attempt.id,),
    )
    with nothing_changes(shared, person):
        assert service.call(FUNCTION, **claim_arguments(attempt)) == {"outcome": "attempt_expired"}


def test_claim_is_given_once_if_two_come_at_the_same_time(
    shared: Database, service: Caller, second_service: Caller, person: Person
) -> None:
    arguments = claim_arguments(come_back(service, person))
    first, second = race(
        shared,
        (service.connection, lambda: service.call(FUNCTION, **arguments)),
        (second_service.connection, lambda: second_service.call(FUNCTION, **arguments)),
    )
    assert first["outcome"] == "claimed"
    assert second == {"outcome": "attempt_used"}
