"""service_api.name_google_account: an exchange says which account it brought, unless that is being revoked."""

from uuid import uuid4

import pytest

from tests.database.connections import (
    Attempt,
    Caller,
    Claim,
    Connected,
    claim_arguments,
    come_back,
    name_arguments,
    store_arguments,
)
from tests.database.looking import nothing_changes
from tests.database.service_api.test_begin_google_revocation import begin
from tests.database.situations import Situation, if_not_live
from tests.databases import Database
from tests.personas import Person

FUNCTION = "name_google_account"


@pytest.fixture
def exchanging(service: Caller, person: Person) -> Attempt:
    """An attempt of `person` whose code is being exchanged."""
    attempt = come_back(service, person)
    assert service.call("claim_google_authorization", **claim_arguments(attempt))["outcome"] == "claimed"
    return attempt


def test_name_is_kept_as_a_number_only(shared: Database, service: Caller, exchanging: Attempt) -> None:
    assert service.call(FUNCTION, **name_arguments(exchanging, "a name")) == {"outcome": "named"}
    row = shared.value(
        "select row_to_json(attempts)::text from private.google_authorization_attempts as attempts where id = %s",
        (exchanging.id,),
    )
    assert "a name" not in row
    assert str(shared.value("select private.google_account_key('a name')")) in row


@pytest.mark.parametrize("is_over", [False, True])
def test_name_is_refused_and_the_attempt_ends_if_the_account_was_revoked_meanwhile(
    shared: Database, service: Caller, exchanging: Attempt, is_over: bool
) -> None:
    sub = f"sub-{exchanging.person.id}"
    began = begin(service, sub)
    if is_over:
        service.call("end_google_revocation", account_key=began["account_key"], began_at=began["began_at"])
    answer = service.call(FUNCTION, **name_arguments(exchanging, sub))
    assert answer == {"outcome": "revoking", "retry_after": 1 if is_over else answer["retry_after"]}
    assert 1 <= answer["retry_after"] <= 15
    assert not shared.rows("select from private.google_authorization_attempts where id = %s", (exchanging.id,))


def test_name_is_taken_if_the_account_was_revoked_before_the_exchange(service: Caller, person: Person) -> None:
    began = begin(service, f"sub-{person.id}")
    service.call("end_google_revocation", account_key=began["account_key"], began_at=began["began_at"])
    attempt = come_back(service, person)
    service.call("claim_google_authorization", **claim_arguments(attempt))
    assert service.call(FUNCTION, **name_arguments(attempt, f"sub-{person.id}")) == {"outcome": "named"}


@if_not_live
def test_name_answers_gone_if_the_session_may_start_nothing(
    shared: Database, service: Caller, exchanging: Attempt, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, exchanging.person)
    arguments = name_arguments(exchanging, "sub") | {"user_id": user_id, "session_id": session_id}
    with nothing_changes(shared, exchanging.person):
        assert service.call(FUNCTION, **arguments) == {"outcome": "gone"}


@pytest.mark.parametrize("wrong", ["unknown", "not_claimed", "of_another_user"])
def test_name_answers_gone_without_the_users_own_claimed_attempt(
    shared: Database, service: Caller, exchanging: Attempt, stranger: Person, wrong: str
) -> None:
    changes = {
        "unknown": {"attempt_id": uuid4()},
        "not_claimed": {"attempt_id": come_back(service, exchanging.person).id},
        "of_another_user": {"user_id": stranger.id, "session_id": stranger.session_id},
    }[wrong]
    with nothing_changes(shared, exchanging.person, stranger):
        answer = service.call(FUNCTION, **name_arguments(exchanging, "sub") | changes)
    assert answer == {"outcome": "gone"}


def test_nothing_is_stored_under_another_name(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    attempt = come_back(service, person)
    answer = service.call("claim_google_authorization", **claim_arguments(attempt))
    service.call(FUNCTION, **name_arguments(attempt, "one account"))
    claimed = Claim(
        attempt, connected.connection_id, answer["token_version"], answer["next_token_version"], "another account"
    )
    with nothing_changes(shared, person):
        assert service.call("store_google_connection", **store_arguments(claimed)) == {"outcome": "gone"}
