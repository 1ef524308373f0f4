"""service_api.end_google_revocation: once Google has answered, the account may be connected again."""

from datetime import timedelta

from tests.database.connections import Answer, Caller
from tests.database.service_api.test_begin_google_revocation import begin
from tests.databases import Database
from tests.personas import Person


def _end(service: Caller, began: Answer) -> Answer:
    return service.call("end_google_revocation", account_key=began["account_key"], began_at=began["began_at"])


def _lasts(database: Database, began: Answer) -> timedelta:
    return database.value(
        "select revoke_until - clock_timestamp() from private.google_revocations where account_key = %s",
        (began["account_key"],),
    )


def test_end_lets_the_account_be_connected_again(shared: Database, service: Caller, person: Person) -> None:
    began = begin(service, f"sub-{person.id}")
    assert _lasts(shared, began) > timedelta(0)
    assert _end(service, began) == {"outcome": "ended"}
    assert _lasts(shared, began) <= timedelta(0)


def test_end_leaves_a_later_revocation_alone(shared: Database, service: Caller, person: Person) -> None:
    first, second = begin(service, f"sub-{person.id}"), begin(service, f"sub-{person.id}")
    _end(service, first)
    assert _lasts(shared, second) > timedelta(0)
    _end(service, second)
    assert _lasts(shared, second) <= timedelta(0)


def test_end_never_makes_a_revocation_last_longer(shared: Database, service: Caller, person: Person) -> None:
    began = begin(service, f"sub-{person.id}")
    _end(service, began)
    before = _lasts(shared, began)
    _end(service, began)
    assert _lasts(shared, began) < before
