"""service_api.end_google_authorization: an exchange that failed leaves no attempt behind."""

from uuid import uuid4

import pytest

from tests.database.connections import Caller, begin, claim, come_back
from tests.database.looking import held_of, nothing_changes
from tests.databases import Database
from tests.personas import Person

FUNCTION = "end_google_authorization"


@pytest.mark.parametrize("step", [begin, come_back, claim], ids=["started", "returned", "exchanging"])
def test_end_deletes_the_attempt(shared: Database, service: Caller, person: Person, step) -> None:
    step(service, person)
    (attempt,) = held_of(shared, person, "attempt")
    answer = service.call(FUNCTION, attempt_id=attempt["held"]["id"], user_id=person.id)
    assert answer == {"outcome": "ended"}
    assert held_of(shared, person, "attempt") == []


def test_end_changes_nothing_if_the_attempt_is_another_users(
    shared: Database, service: Caller, person: Person, stranger: Person
) -> None:
    attempt = claim(service, person).attempt
    with nothing_changes(shared, person, stranger):
        answer = service.call(FUNCTION, attempt_id=attempt.id, user_id=stranger.id)
    assert answer == {"outcome": "attempt_unknown"}


def test_end_changes_nothing_if_the_attempt_is_unknown(shared: Database, service: Caller, person: Person) -> None:
    claim(service, person)
    with nothing_changes(shared, person):
        assert service.call(FUNCTION, attempt_id=uuid4(), user_id=person.id) == {"outcome": "attempt_unknown"}
