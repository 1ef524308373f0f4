"""service_api.begin_google_revocation: a grant is revoked only if that ends nobody's connection, live or under way."""

from datetime import datetime

import pytest

from tests.database.connections import Answer, Caller, Connected, claim, connect, require_reconnect
from tests.databases import Database
from tests.personas import Person


def begin(service: Caller, google_sub: str | None, account_key: int | None = None) -> Answer:
    return service.call("begin_google_revocation", google_sub=google_sub, account_key=account_key)


def _key(database: Database, google_sub: str) -> int:
    return database.value("select private.google_account_key(%s)", (google_sub,))


def test_revocation_begins_if_nobody_has_the_account(shared: Database, service: Caller, person: Person) -> None:
    answer = begin(service, f"sub-{person.id}")
    (row,) = shared.rows(
        "select began_at, revoke_until - began_at as lasts from private.google_revocations where account_key = %s",
        (answer["account_key"],),
    )
    # PostgreSQL leaves out the zeros at the end of a second's fraction, Python writes them.
    assert datetime.fromisoformat(answer.pop("began_at")) == row["began_at"]
    assert answer == {"outcome": "began", "account_key": _key(shared, f"sub-{person.id}")}
    assert 14 < row["lasts"].total_seconds() < 16


@pytest.mark.parametrize("names", ["sub", "key"])
def test_revocation_is_refused_while_somebody_is_connected(
    shared: Database, service: Caller, connected: Connected, names: str
) -> None:
    sub = connected.google_sub
    answer = begin(service, sub) if names == "sub" else begin(service, None, _key(shared, sub))
    assert answer == {"outcome": "in_use"}


def test_revocation_is_refused_while_an_exchange_has_named_the_account(service: Caller, person: Person) -> None:
    claimed = claim(service, person)
    assert begin(service, claimed.google_sub) == {"outcome": "in_use"}
    service.call("end_google_authorization", attempt_id=claimed.attempt.id, user_id=person.id)
    assert begin(service, claimed.google_sub)["outcome"] == "began"


def test_revocation_begins_if_the_exchange_was_given_up(shared: Database, service: Caller, person: Person) -> None:
    claimed = claim(service, person)
    shared.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '1 minute', "
        "expires_at = now() where id = %s",
        (claimed.attempt.id,),
    )
    assert begin(service, claimed.google_sub)["outcome"] == "began"


@pytest.mark.parametrize("end", ["disconnected", "reconnect_required", "replaced"])
def test_revocation_begins_once_the_connection_has_ended(
    shared: Database, service: Caller, person: Person, connected: Connected, end: str
) -> None:
    if end == "disconnected":
        service.call("disconnect_google", user_id=person.id, session_id=person.session_id)
    elif end == "reconnect_required":
        require_reconnect(shared, connected)
    else:
        connect(service, person, google_sub="another account")
    assert begin(service, connected.google_sub)["outcome"] == "began"


def test_revocation_of_no_account_is_refused(service: Caller) -> None:
    assert begin(service, None) == {"outcome": "in_use"}
