"""service_api.read_gmail_send: what became of a send, told to nobody but its sender, and nothing is opened for it."""

from uuid import UUID, uuid4

import pytest

from tests.database.connections import Answer, Caller, Connected
from tests.database.looking import nothing_changes
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.database.service_api.test_finish_gmail_send import FAILED, SENT, UNKNOWN, finish
from tests.database.situations import Situation, if_account_shut, if_session_ended
from tests.databases import Database
from tests.personas import Person


def read(service: Caller, person: Person, key: UUID) -> Answer:
    return service.call("read_gmail_send", user_id=person.id, session_id=person.session_id, idempotency_key=key)


@pytest.fixture
def key(service: Caller, connected: Connected) -> UUID:
    """The key of a claimed send of `connected.person`."""
    claimed = uuid4()
    claim_send(service, connected.person, claimed)
    return claimed


def test_read_tells_that_a_send_is_under_way_and_changes_nothing(
    shared: Database, service: Caller, connected: Connected, key: UUID
) -> None:
    with nothing_changes(shared, connected.person):
        answer = read(service, connected.person, key)
    assert answer["outcome"] == "found"
    assert answer["send"].pop("created_at")
    assert answer["send"] == {"state": "sending"}


@pytest.mark.parametrize("end", [SENT, FAILED, UNKNOWN], ids=lambda end: end["state"])
def test_read_tells_the_end_of_a_send(service: Caller, connected: Connected, key: UUID, end: dict[str, object]) -> None:
    finish(service, connected.person, key, end)
    send = read(service, connected.person, key)["send"]
    assert send.pop("created_at") <= send.pop("finished_at")
    shown = {name: value for name, value in end.items() if value is not None and name != "google_status"}
    assert send == shown


def test_read_tells_a_stranger_nothing(service: Caller, connected: Connected, stranger: Person, key: UUID) -> None:
    assert read(service, stranger, key) == {"outcome": "not_found"}
    assert read(service, connected.person, uuid4()) == {"outcome": "not_found"}


@if_session_ended
def test_read_shows_nothing_if_the_session_ended(
    shared: Database, service: Caller, connected: Connected, key: UUID, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    answer = service.call("read_gmail_send", user_id=user_id, session_id=session_id, idempotency_key=key)
    assert answer == {"outcome": "session_ended"}


@if_account_shut
def test_read_never_closes_to_a_signed_in_user(
    shared: Database, service: Caller, connected: Connected, key: UUID, situation: Situation
) -> None:
    situation.arrange(shared, connected.person)
    assert read(service, connected.person, key)["outcome"] == "found"
