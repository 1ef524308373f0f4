"""service_api.store_google_refresh: no late answer writes over a newer one, or brings a connection back."""

from uuid import uuid4

import psycopg
import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import ALL_SCOPES, SEALER, Caller, Connected, connect
from tests.database.documents import each_bad_document
from tests.database.looking import held_of, nothing_changes, secret_ids, secrets_left
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.database.service_api.test_open_token import open_token
from tests.databases import Database
from tests.personas import Person

FUNCTION = "store_google_refresh"


def test_store_raises_the_version_and_ends_the_lease(shared: Database, service: Caller, connected: Connected) -> None:
    secrets_before = secret_ids(shared, connected.connection_id)
    leased = lease(service, connected)
    assert service.call(FUNCTION, **refresh_arguments(leased, connected)) == {"outcome": "stored"}
    (secrets,) = held_of(shared, connected.person, "secrets")
    assert secrets["held"]["token_version"] == leased["next_token_version"]
    assert (secrets["held"]["refresh_lease_id"], secrets["held"]["refresh_lease_until"]) == (None, None)
    assert secrets_left(shared, {*secrets_before, *secret_ids(shared, connected.connection_id)}) == 2


def test_stored_refresh_is_what_the_next_opening_hands_out(service: Caller, connected: Connected) -> None:
    leased = lease(service, connected)
    service.call(FUNCTION, **refresh_arguments(leased, connected))
    answer = open_token(service, connected.person)
    binding = TokenBinding(connected.connection_id, connected.person.id, leased["next_token_version"])
    assert answer["token_version"] == leased["next_token_version"]
    assert SEALER.open(Use.ACCESS, binding, answer["document"]) == {
        "access_token": f"access {leased['next_token_version']}"
    }


@pytest.mark.parametrize("granted", [None, ALL_SCOPES[:2]], ids=["not_told", "fewer"])
def test_store_keeps_the_scopes_unless_google_told_others(
    shared: Database, service: Caller, connected: Connected, granted: list[str] | None
) -> None:
    arguments = refresh_arguments(lease(service, connected), connected) | {"granted_scopes": granted}
    service.call(FUNCTION, **arguments)
    (connection,) = held_of(shared, connected.person, "connection")
    assert connection["held"]["granted_scopes"] == (granted or ALL_SCOPES)


def test_store_answers_superseded_if_the_user_reconnected_meanwhile(
    shared: Database, service: Caller, connected: Connected
) -> None:
    arguments = refresh_arguments(lease(service, connected), connected)
    connect(service, connected.person)
    with nothing_changes(shared, connected.person):
        assert service.call(FUNCTION, **arguments) == {"outcome": "superseded"}


def test_store_answers_superseded_if_it_comes_a_second_time(
    shared: Database, service: Caller, connected: Connected
) -> None:
    arguments = refresh_arguments(lease(service, connected), connected)
    service.call(FUNCTION, **arguments)
    with nothing_changes(shared, connected.person):
        assert service.call(FUNCTION, **arguments) == {"outcome": "superseded"}


def test_store_brings_nothing_back_if_the_user_disconnected_meanwhile(
    shared: Database, service: Caller, connected: Connected
) -> None:
    arguments = refresh_arguments(lease(service, connected), connected)
    service.call("disconnect_google", user_id=connected.person.id, session_id=connected.person.session_id)
    assert service.call(FUNCTION, **arguments) == {"outcome": "gone"}
    assert held_of(shared, connected.person, "connection") == []
    assert held_of(shared, connected.person, "vault") == []


@pytest.mark.parametrize("argument", ["user_id", "connection_id"])
def test_store_answers_gone_if_the_connection_is_not_that_users(
    shared: Database, service: Caller, connected: Connected, stranger: Person, argument: str
) -> None:
    changes = {argument: stranger.id if argument == "user_id" else uuid4()}
    arguments = refresh_arguments(lease(service, connected), connected)
    with nothing_changes(shared, connected.person, stranger):
        assert service.call(FUNCTION, **arguments | changes) == {"outcome": "gone"}


def test_store_refuses_a_version_that_does_not_rise(shared: Database, service: Caller, connected: Connected) -> None:
    arguments = refresh_arguments(lease(service, connected), connected)
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.errors.InvalidParameterValue):
        service.call(FUNCTION, **arguments | {"next_token_version": connected.token_version})


def test_store_changes_nothing_if_no_version_is_named(shared: Database, service: Caller, connected: Connected) -> None:
    arguments = refresh_arguments(lease(service, connected), connected)
    with nothing_changes(shared, connected.person):
        assert service.call(FUNCTION, **arguments | {"token_version": None}) == {"outcome": "superseded"}


@each_bad_document("access")
def test_store_refuses_an_access_document_that_is_not_sealed(
    shared: Database, service: Caller, connected: Connected, document: str | None
) -> None:
    arguments = refresh_arguments(lease(service, connected), connected) | {"access_document": document}
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.DataError):
        service.call(FUNCTION, **arguments)
