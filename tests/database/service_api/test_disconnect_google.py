"""service_api.disconnect_google: connection, attempts and both secrets go at once, and the receipt says so."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import (
    CLIENT_ID,
    SEALER,
    Answer,
    Caller,
    Connected,
    begin,
    claim,
    come_back,
    connect,
    require_reconnect,
)
from tests.database.looking import held_of, nothing_changes, openings_of, secret_ids, secrets_left
from tests.database.racing import race
from tests.database.service_api.test_open_token import open_token
from tests.database.situations import Situation, if_account_shut, if_session_ended
from tests.databases import Database
from tests.personas import Person, add_person


def disconnect(service: Caller, person: Person) -> Answer:
    return service.call("disconnect_google", user_id=person.id, session_id=person.session_id)


def test_disconnect_deletes_everything_and_says_how_much(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    for step in (begin, come_back, claim):
        step(service, person)
    open_token(service, person)
    answer = disconnect(service, person)
    binding = TokenBinding(connected.connection_id, person.id, connected.token_version)
    opened = SEALER.open(Use.REFRESH, binding, answer.pop("document"))
    deleted_at = datetime.fromisoformat(answer.pop("deleted_at"))
    began_at = datetime.fromisoformat(answer.pop("revocation_began_at"))
    assert answer == {
        "outcome": "disconnected",
        "secrets_deleted": 2,
        "attempts_deleted": 3,
        "calls_in_flight": 1,
        "is_account_shared": False,
        "account_key": shared.value("select private.google_account_key(%s)", (connected.google_sub,)),
        "connection_id": str(connected.connection_id),
        "token_version": connected.token_version,
        "client_id": CLIENT_ID,
    }
    assert opened == {"refresh_token": f"refresh {connected.token_version}"}
    assert abs(datetime.now(UTC) - deleted_at) < timedelta(seconds=10)
    assert abs(began_at - deleted_at) < timedelta(seconds=1)
    assert secrets_left(shared, ids) == 0
    assert [row["what"] for row in held_of(shared, person)] == ["profile"]
    assert openings_of(shared, person)[-1] == ("revoke", "opened")


def test_disconnect_counts_only_the_openings_of_the_last_five_seconds(
    shared: Database, service: Caller, connected: Connected
) -> None:
    shared.execute(
        "insert into audit.token_openings (opened_at, purpose, outcome, subject) "
        "values (clock_timestamp() - interval '6 seconds', 'show_events', 'opened', %s)",
        (connected.person.id,),
    )
    assert disconnect(service, connected.person)["calls_in_flight"] == 0


def test_disconnect_may_be_repeated(shared: Database, service: Caller, connected: Connected) -> None:
    disconnect(service, connected.person)
    with nothing_changes(shared, connected.person):
        assert disconnect(service, connected.person) == {"outcome": "not_connected", "attempts_deleted": 0}


def test_disconnect_deletes_attempts_if_not_connected(shared: Database, service: Caller, person: Person) -> None:
    begin(service, person)
    assert disconnect(service, person) == {"outcome": "not_connected", "attempts_deleted": 1}
    assert held_of(shared, person, "attempt") == []


def test_disconnect_leaves_other_users_alone(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    connect(service, stranger)
    begin(service, stranger)
    with nothing_changes(shared, stranger):
        disconnect(service, connected.person)


def test_disconnect_hands_out_no_document_if_another_user_has_the_same_account(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    connect(service, stranger, google_sub=connected.google_sub)
    answer = disconnect(service, connected.person)
    assert (answer["outcome"], answer["is_account_shared"], answer["secrets_deleted"]) == ("disconnected", True, 2)
    assert "document" not in answer
    assert secrets_left(shared, ids) == 0
    assert ("revoke", "opened") not in openings_of(shared, connected.person)


def test_disconnect_hands_out_the_document_if_the_other_connection_of_the_account_is_dead(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    require_reconnect(shared, connect(service, stranger, google_sub=connected.google_sub))
    answer = disconnect(service, connected.person)
    assert not answer["is_account_shared"]
    assert "document" in answer


def test_last_of_two_who_disconnect_the_same_account_at_once_gets_the_document(
    shared: Database, service: Caller, second_service: Caller, connected: Connected, stranger: Person
) -> None:
    connect(service, stranger, google_sub=connected.google_sub)
    first, last = race(
        shared,
        (service.connection, lambda: disconnect(service, connected.person)),
        (second_service.connection, lambda: disconnect(second_service, stranger)),
    )
    assert (first["is_account_shared"], last["is_account_shared"]) == (True, False)
    assert "document" in last


def test_disconnect_counts_an_opening_that_is_under_way(
    shared: Database, service: Caller, second_service: Caller, connected: Connected
) -> None:
    opened, receipt = race(
        shared,
        (service.connection, lambda: open_token(service, connected.person)),
        (second_service.connection, lambda: disconnect(second_service, connected.person)),
    )
    assert (opened["outcome"], receipt["calls_in_flight"]) == ("opened", 1)


def test_opening_finds_nothing_after_a_disconnect_that_came_first(
    shared: Database, service: Caller, second_service: Caller, connected: Connected
) -> None:
    receipt, opening = race(
        shared,
        (service.connection, lambda: disconnect(service, connected.person)),
        (second_service.connection, lambda: open_token(second_service, connected.person)),
    )
    assert receipt["calls_in_flight"] == 0
    assert opening == {"outcome": "not_connected"}


def test_disconnect_works_if_a_reconnect_is_required(shared: Database, service: Caller, connected: Connected) -> None:
    require_reconnect(shared, connected)
    answer = disconnect(service, connected.person)
    assert (answer["outcome"], answer["secrets_deleted"]) == ("disconnected", 0)
    assert "document" not in answer
    assert held_of(shared, connected.person, "connection") == []


def test_disconnect_works_if_vault_cannot_open_the_document(
    shared: Database, service: Caller, connected: Connected
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    with shared.connect("supabase_admin") as admin:
        admin.execute("update vault.secrets set secret = 'YWx0ZXJlZA==' where id = %s", (ids[1],))
    answer = disconnect(service, connected.person)
    assert (answer["outcome"], answer["secrets_deleted"]) == ("disconnected", 2)
    assert secrets_left(shared, ids) == 0


def test_disconnect_deletes_nothing_rather_than_leave_a_secret(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connected = connect(service, person)
        database.execute("alter table private.google_secrets disable trigger delete_vault_secrets")
        with nothing_changes(database, person), pytest.raises(psycopg.DataError, match="nothing was deleted"):
            disconnect(service, person)
    assert len(secret_ids(database, connected.connection_id)) == 2


@if_session_ended
def test_disconnect_deletes_nothing_if_the_session_ended(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    with nothing_changes(shared, connected.person):
        answer = service.call("disconnect_google", user_id=user_id, session_id=session_id)
    assert answer == {"outcome": "session_ended"}


@if_account_shut
def test_disconnect_never_closes_to_a_signed_in_user(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    situation.arrange(shared, connected.person)
    assert disconnect(service, connected.person)["outcome"] == "disconnected"
    assert held_of(shared, connected.person, "connection") == []
