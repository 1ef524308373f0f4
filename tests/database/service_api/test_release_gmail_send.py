"""service_api.release_gmail_send: a claim whose send never began is given back, and no other claim."""

from uuid import UUID, uuid4

import pytest

from tests.database.connections import Answer, Caller, Connected
from tests.database.looking import held_of, nothing_changes
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.database.service_api.test_finish_gmail_send import FAILED, SENT, UNKNOWN, finish
from tests.databases import Database
from tests.personas import Person


def release(service: Caller, person: Person, key: UUID) -> Answer:
    return service.call("release_gmail_send", user_id=person.id, idempotency_key=key)


@pytest.fixture
def key(service: Caller, connected: Connected) -> UUID:
    """The key of a claimed send of `connected.person`."""
    claimed = uuid4()
    claim_send(service, connected.person, claimed)
    return claimed


def test_release_leaves_the_key_free(shared: Database, service: Caller, connected: Connected, key: UUID) -> None:
    assert release(service, connected.person, key) == {"outcome": "released"}
    assert held_of(shared, connected.person, "claim") == []
    assert claim_send(service, connected.person, key)["outcome"] == "opened"


@pytest.mark.parametrize("end", [SENT, FAILED, UNKNOWN], ids=lambda end: end["state"])
def test_release_changes_nothing_once_the_send_has_ended(
    shared: Database, service: Caller, connected: Connected, key: UUID, end: dict[str, str | None]
) -> None:
    finish(service, connected.person, key, end)
    with nothing_changes(shared, connected.person):
        assert release(service, connected.person, key) == {"outcome": "gone"}


@pytest.mark.parametrize("wrong", ["key", "user"])
def test_release_changes_nothing_if_there_is_no_such_claim(
    shared: Database, service: Caller, connected: Connected, stranger: Person, key: UUID, wrong: str
) -> None:
    person, named = (stranger, key) if wrong == "user" else (connected.person, uuid4())
    with nothing_changes(shared, connected.person, stranger):
        assert release(service, person, named) == {"outcome": "gone"}
