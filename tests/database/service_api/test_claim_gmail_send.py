"""service_api.claim_gmail_send: at most one send per Idempotency-Key, and a refused opening claims nothing."""

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import ALL_SCOPES, Answer, Caller, Connected, connect
from tests.database.linked_records import recipient
from tests.database.looking import held_of, nothing_changes, openings_of
from tests.database.racing import race
from tests.database.situations import Situation, if_not_live
from tests.databases import Database
from tests.personas import Person

REQUEST = "local-tests:" + "0" * 64


def claim_send(service: Caller, person: Person, key: UUID, **changes: Any) -> Answer:
    arguments = {
        "user_id": person.id,
        "session_id": person.session_id,
        "idempotency_key": key,
        "request_hmac": REQUEST,
        "may_refresh": True,
        "recipients": [recipient("stranger@example.com")],
        "workspace_id": None,
    }
    arguments |= changes
    return service.call("claim_gmail_send", **arguments | {"recipients": json.dumps(arguments["recipients"])})


def test_claim_opens_the_token_and_keeps_nothing_of_the_message(
    shared: Database, service: Caller, connected: Connected
) -> None:
    key = uuid4()
    answer = claim_send(service, connected.person, key)
    (row,) = held_of(shared, connected.person, "claim")
    assert answer["outcome"] == "opened"
    assert answer["document"]
    assert row["held"].pop("created_at")
    assert row["held"] == {
        "user_id": str(connected.person.id),
        "idempotency_key": str(key),
        "request_hmac": REQUEST,
        "state": "sending",
        "message_id": None,
        "thread_id": None,
        "error_code": None,
        "google_status": None,
        "finished_at": None,
    }
    assert openings_of(shared, connected.person) == [("send_message", "opened")]


def test_claim_opens_nothing_for_a_key_that_was_claimed(
    shared: Database, service: Caller, connected: Connected
) -> None:
    key = uuid4()
    claim_send(service, connected.person, key)
    with nothing_changes(shared, connected.person):
        answer = claim_send(service, connected.person, key, request_hmac="local-tests:" + "1" * 64)
    assert answer == {"outcome": "already_claimed", "state": "sending", "request_hmac": REQUEST}
    assert openings_of(shared, connected.person) == [("send_message", "opened")]


def test_claim_is_given_once_if_the_same_key_comes_twice_at_once(
    shared: Database, service: Caller, second_service: Caller, connected: Connected
) -> None:
    key = uuid4()
    first, second = race(
        shared,
        (service.connection, lambda: claim_send(service, connected.person, key)),
        (second_service.connection, lambda: claim_send(second_service, connected.person, key)),
    )
    assert (first["outcome"], second["outcome"]) == ("opened", "already_claimed")
    assert "document" not in second


def test_claim_of_one_user_says_nothing_about_the_key_of_another(
    service: Caller, connected: Connected, stranger: Person
) -> None:
    connect(service, stranger)
    key = uuid4()
    assert claim_send(service, connected.person, key)["outcome"] == "opened"
    assert claim_send(service, stranger, key)["outcome"] == "opened"


@if_not_live
def test_claim_is_refused_if_the_session_may_start_nothing(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    with nothing_changes(shared, connected.person):
        answer = claim_send(service, connected.person, uuid4(), user_id=user_id, session_id=session_id)
    assert answer == {"outcome": situation.outcome}


@pytest.mark.parametrize("outcome", ["not_connected", "scope_not_granted", "expired"])
def test_claim_leaves_the_key_free_if_the_opening_is_refused(
    shared: Database, service: Caller, person: Person, outcome: str
) -> None:
    if outcome != "not_connected":
        scopes = ALL_SCOPES[1:] if outcome == "scope_not_granted" else ALL_SCOPES
        connected = connect(service, person, scopes=scopes)
        if outcome == "expired":
            shared.execute(
                "update private.google_secrets set access_expires_at = now(), refresh_after = now() "
                "where connection_id = %s",
                (connected.connection_id,),
            )
    key = uuid4()
    with nothing_changes(shared, person):
        assert claim_send(service, person, key)["outcome"] == outcome
    connect(service, person)
    assert claim_send(service, person, key)["outcome"] == "opened"


@pytest.mark.parametrize("request_hmac", ["the message itself", "0" * 64, "local-tests:short", None])
def test_claim_refuses_what_is_no_keyed_hash(
    shared: Database, service: Caller, connected: Connected, request_hmac: str | None
) -> None:
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.IntegrityError):
        claim_send(service, connected.person, uuid4(), request_hmac=request_hmac)
