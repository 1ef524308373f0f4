"""service_api.receive_google_callback: a state is good for one return from Google, within its time."""

from datetime import timedelta

import pytest

from tests.database.connections import RETURN_TO, Attempt, Caller, begin, come_back, new_state_hash
from tests.database.looking import held_of, nothing_changes
from tests.databases import Database
from tests.personas import Person

REFUSED = pytest.mark.parametrize("is_refused", [False, True], ids=["allowed", "refused"])


def _receive(service: Caller, state_hash: str, is_refused: bool) -> dict[str, str]:
    return service.call("receive_google_callback", state_hash=state_hash, is_refused=is_refused)


def test_callback_gives_two_minutes_to_finish(shared: Database, service: Caller, person: Person) -> None:
    attempt = begin(service, person)
    assert _receive(service, attempt.state_hash, False) == {"outcome": "returned", "return_to": RETURN_TO}
    (row,) = shared.rows(
        "select status, expires_at - clock_timestamp() as time_left from private.google_authorization_attempts "
        "where id = %s",
        (attempt.id,),
    )
    assert row["status"] == "returned"
    assert timedelta(seconds=110) < row["time_left"] <= timedelta(minutes=2)


def test_callback_ends_the_attempt_if_google_or_the_user_refused(
    shared: Database, service: Caller, person: Person
) -> None:
    attempt = begin(service, person)
    assert _receive(service, attempt.state_hash, True) == {"outcome": "refused", "return_to": RETURN_TO}
    assert held_of(shared, person, "attempt") == []


@REFUSED
def test_callback_redirects_nowhere_if_the_state_is_unknown(
    shared: Database, service: Caller, person: Person, is_refused: bool
) -> None:
    begin(service, person)
    with nothing_changes(shared, person):
        assert _receive(service, new_state_hash(), is_refused) == {"outcome": "state_unknown"}


@REFUSED
def test_callback_redirects_nowhere_if_the_state_was_used(
    shared: Database, service: Caller, person: Person, is_refused: bool
) -> None:
    attempt = come_back(service, person)
    with nothing_changes(shared, person):
        assert _receive(service, attempt.state_hash, is_refused) == {"outcome": "state_used"}


@REFUSED
def test_callback_redirects_nowhere_if_the_state_expired(
    shared: Database, service: Caller, person: Person, is_refused: bool
) -> None:
    attempt: Attempt = begin(service, person)
    shared.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '31 minutes', "
        "expires_at = now() - interval '1 minute' where id = %s",
        (attempt.id,),
    )
    with nothing_changes(shared, person):
        assert _receive(service, attempt.state_hash, is_refused) == {"outcome": "state_expired"}
