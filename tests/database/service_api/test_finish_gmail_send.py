"""service_api.finish_gmail_send: what became of a send is recorded once it is certain, and then stays."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import Answer, Caller, Connected
from tests.database.looking import held_of, nothing_changes
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.databases import Database
from tests.personas import Person

NOTHING = dict.fromkeys(("message_id", "thread_id", "error_code", "google_status"))
SENT = NOTHING | {"state": "sent", "message_id": "18c2f", "thread_id": "18c2e"}
FAILED = NOTHING | {"state": "failed", "error_code": "invalid_argument", "google_status": 400}
UNKNOWN = NOTHING | {"state": "unknown"}
each_end = pytest.mark.parametrize("end", [SENT, FAILED, UNKNOWN], ids=lambda end: end["state"])
each_certain_end = pytest.mark.parametrize("end", [SENT, FAILED], ids=lambda end: end["state"])


def finish(service: Caller, person: Person, key: UUID, end: dict[str, Any]) -> Answer:
    return service.call("finish_gmail_send", user_id=person.id, idempotency_key=key, **end)


@pytest.fixture
def key(service: Caller, connected: Connected) -> UUID:
    """The key of a claimed send of `connected.person`."""
    claimed = uuid4()
    claim_send(service, connected.person, claimed)
    return claimed


@each_end
def test_finish_records_the_end_for_who_asks_again(
    shared: Database, service: Caller, connected: Connected, key: UUID, end: dict[str, Any]
) -> None:
    assert finish(service, connected.person, key, end) == {"outcome": "stored"}
    (row,) = held_of(shared, connected.person, "claim")
    assert {name: row["held"][name] for name in end} == end
    assert row["held"]["finished_at"]
    told = claim_send(service, connected.person, key)
    assert told["outcome"] == "already_claimed"
    assert {name: told.get(name) for name in end} == end


@each_certain_end
def test_finish_makes_an_unknown_end_certain(
    service: Caller, connected: Connected, key: UUID, end: dict[str, Any]
) -> None:
    finish(service, connected.person, key, UNKNOWN)
    assert finish(service, connected.person, key, end) == {"outcome": "stored"}
    assert claim_send(service, connected.person, key)["state"] == end["state"]


@each_certain_end
@pytest.mark.parametrize("later", [SENT, FAILED, UNKNOWN], ids=lambda end: end["state"])
def test_finish_changes_nothing_once_the_end_is_certain(
    shared: Database, service: Caller, connected: Connected, key: UUID, end: dict[str, Any], later: dict[str, Any]
) -> None:
    finish(service, connected.person, key, end)
    with nothing_changes(shared, connected.person):
        assert finish(service, connected.person, key, later) == {"outcome": "gone"}


@pytest.mark.parametrize("wrong", ["key", "user"])
def test_finish_answers_gone_if_there_is_no_such_claim(
    shared: Database, service: Caller, connected: Connected, stranger: Person, key: UUID, wrong: str
) -> None:
    person, named = (stranger, key) if wrong == "user" else (connected.person, uuid4())
    with nothing_changes(shared, connected.person, stranger):
        assert finish(service, person, named, SENT) == {"outcome": "gone"}


@pytest.mark.parametrize(
    "end",
    [
        SENT | {"message_id": None},
        SENT | {"message_id": "the message, in its own words"},
        SENT | {"error_code": "sent_all_the_same"},
        FAILED | {"error_code": None, "google_status": None},
        FAILED | {"error_code": "Ada's address does not exist"},
        FAILED | {"google_status": 500},
        UNKNOWN | {"google_status": 400},
        UNKNOWN | {"message_id": "18c2f"},
        UNKNOWN | {"state": "sending"},
        UNKNOWN | {"state": "lost"},
    ],
)
def test_finish_refuses_an_end_that_cannot_be(
    shared: Database, service: Caller, connected: Connected, key: UUID, end: dict[str, Any]
) -> None:
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.IntegrityError):
        finish(service, connected.person, key, end)
