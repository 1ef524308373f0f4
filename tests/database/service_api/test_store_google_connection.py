"""service_api.store_google_connection: connection and both sealed documents together, or nothing."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import (
    ALL_SCOPES,
    KID,
    SEALER,
    Caller,
    Connected,
    claim,
    come_back,
    connect,
    require_reconnect,
    seal_tokens,
    store_arguments,
)
from tests.database.documents import each_bad_document
from tests.database.looking import held_of, nothing_changes, secret_ids, secrets_left
from tests.database.situations import Situation, if_not_live
from tests.databases import Database
from tests.personas import Person

FUNCTION = "store_google_connection"


def test_store_keeps_the_account_and_deletes_the_attempt(shared: Database, service: Caller, person: Person) -> None:
    arguments = store_arguments(claim(service, person))
    answer = service.call(FUNCTION, **arguments)
    (connection,) = held_of(shared, person, "connection")
    shown = answer.pop("connection")
    assert (answer, shown["id"], shown["email"]) == (
        {"outcome": "stored"},
        str(arguments["connection_id"]),
        arguments["email"],
    )
    kept = ("google_sub", "email", "name", "picture", "granted_scopes")
    assert {name: connection["held"][name] for name in kept} == {name: arguments[name] for name in kept}
    assert connection["held"]["status"] == "active"
    assert held_of(shared, person, "attempt") == []


def test_store_keeps_sealed_documents_in_two_vault_secrets(shared: Database, connected: Connected) -> None:
    binding = TokenBinding(connected.connection_id, connected.person.id, connected.token_version)
    opened = {}
    for use, secret_id in zip((Use.ACCESS, Use.REFRESH), secret_ids(shared, connected.connection_id), strict=True):
        document = shared.value("select decrypted_secret from vault.decrypted_secrets where id = %s", (secret_id,))
        opened |= SEALER.open(use, binding, document)
    assert opened == {
        "access_token": f"access {connected.token_version}",
        "refresh_token": f"refresh {connected.token_version}",
    }
    (secrets,) = held_of(shared, connected.person, "secrets")
    assert (secrets["held"]["kid"], secrets["held"]["token_version"]) == (KID, connected.token_version)


def test_store_replaces_account_and_documents_if_connected_before(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    secrets_before = secret_ids(shared, connected.connection_id)
    again = connect(service, person, google_sub="another account", scopes=ALL_SCOPES[:1])
    (connection,) = held_of(shared, person, "connection")
    assert again.connection_id == connected.connection_id
    assert again.token_version > connected.token_version
    assert (connection["held"]["google_sub"], connection["held"]["granted_scopes"]) == (
        "another account",
        ALL_SCOPES[:1],
    )
    assert secrets_left(shared, secret_ids(shared, connected.connection_id)) == 2
    assert secrets_left(shared, {*secrets_before, *secret_ids(shared, connected.connection_id)}) == 2


def test_store_makes_the_connection_active_again_if_a_reconnect_was_required(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    require_reconnect(shared, connected)
    connect(service, person)
    (connection,) = held_of(shared, person, "connection")
    assert (connection["held"]["status"], connection["held"]["reconnect_reason"]) == ("active", None)
    assert secrets_left(shared, secret_ids(shared, connected.connection_id)) == 2


def test_store_ends_a_refresh_lease(shared: Database, service: Caller, person: Person, connected: Connected) -> None:
    identity = {"user_id": person.id, "session_id": person.session_id}
    service.call("begin_google_refresh", **identity, token_version=connected.token_version)
    connect(service, person)
    (secrets,) = held_of(shared, person, "secrets")
    assert (secrets["held"]["refresh_lease_id"], secrets["held"]["refresh_lease_until"]) == (None, None)


@if_not_live
def test_store_answers_gone_if_the_session_may_start_nothing(
    shared: Database, service: Caller, person: Person, situation: Situation
) -> None:
    arguments = store_arguments(claim(service, person))
    user_id, session_id = situation.arrange(shared, person)
    with nothing_changes(shared, person):
        answer = service.call(FUNCTION, **arguments | {"user_id": user_id, "session_id": session_id})
    assert answer == {"outcome": "gone"}


@pytest.mark.parametrize("attempt", ["unknown", "not_claimed", "of_another_user", "already_stored"])
def test_store_answers_gone_without_the_users_own_claimed_attempt(
    shared: Database, service: Caller, person: Person, stranger: Person, attempt: str
) -> None:
    claimed = claim(service, person)
    changes: dict[str, Any] = {
        "unknown": {"attempt_id": uuid4()},
        "not_claimed": {"attempt_id": come_back(service, person).id},
        "of_another_user": {"user_id": stranger.id, "session_id": stranger.session_id},
        "already_stored": {},
    }[attempt]
    arguments = store_arguments(claimed)
    if attempt == "already_stored":
        assert service.call(FUNCTION, **arguments)["outcome"] == "stored"
    with nothing_changes(shared, person, stranger):
        assert service.call(FUNCTION, **arguments | changes) == {"outcome": "gone"}


def test_store_answers_superseded_with_the_next_version_if_another_finish_came_first(
    shared: Database, service: Caller, person: Person
) -> None:
    late = claim(service, person)
    first = connect(service, person)
    with nothing_changes(shared, person):
        answer = service.call(FUNCTION, **store_arguments(late))
    assert answer == {
        "outcome": "superseded",
        "connection_id": str(first.connection_id),
        "token_version": first.token_version,
        "next_token_version": answer["next_token_version"],
    }
    sealed_again = replace(
        late,
        connection_id=first.connection_id,
        token_version=first.token_version,
        next_token_version=answer["next_token_version"],
    )
    assert service.call(FUNCTION, **store_arguments(sealed_again))["outcome"] == "stored"


def test_store_answers_superseded_if_the_connection_named_is_another(
    shared: Database, service: Caller, person: Person
) -> None:
    arguments = store_arguments(claim(service, person))
    with nothing_changes(shared, person):
        answer = service.call(FUNCTION, **arguments | {"connection_id": uuid4()})
    assert answer["outcome"] == "superseded"


def test_store_answers_superseded_if_no_version_is_named(
    shared: Database, service: Caller, connected: Connected
) -> None:
    arguments = store_arguments(claim(service, connected.person)) | {"token_version": None}
    with nothing_changes(shared, connected.person):
        assert service.call(FUNCTION, **arguments)["outcome"] == "superseded"


def test_store_refuses_a_version_that_does_not_rise(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    arguments = store_arguments(claim(service, person))
    with nothing_changes(shared, person), pytest.raises(psycopg.errors.InvalidParameterValue):
        service.call(FUNCTION, **arguments | {"next_token_version": connected.token_version})


@each_bad_document("access")
def test_store_refuses_an_access_document_that_is_not_sealed(
    shared: Database, service: Caller, person: Person, document: str | None
) -> None:
    _assert_refused(shared, service, person, access_document=document)


@each_bad_document("refresh")
def test_store_refuses_a_refresh_document_that_is_not_sealed(
    shared: Database, service: Caller, person: Person, document: str | None
) -> None:
    _assert_refused(shared, service, person, refresh_document=document)


def test_store_refuses_documents_that_are_swapped(shared: Database, service: Caller, person: Person) -> None:
    documents = seal_tokens(uuid4(), person.id, 1)
    _assert_refused(
        shared,
        service,
        person,
        access_document=documents["refresh_document"],
        refresh_document=documents["access_document"],
    )


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("email", "x"),
        ("name", "x" * 513),
        ("picture", "http://pictures.example.com/ada"),
        ("picture", "javascript:alert(1)"),
        ("granted_scopes", None),
        ("granted_scopes", [ALL_SCOPES[0], None]),
        ("client_id", ""),
        ("access_expires_at", None),
    ],
)
def test_store_refuses_a_value_that_no_connection_may_hold(
    shared: Database, service: Caller, person: Person, argument: str, value: str | None
) -> None:
    _assert_refused(shared, service, person, **{argument: value})


def _assert_refused(shared: Database, service: Caller, person: Person, **changes: Any) -> None:
    arguments = store_arguments(claim(service, person)) | changes
    vault_before = shared.value("select count(*) from vault.secrets")
    with nothing_changes(shared, person), pytest.raises((psycopg.DataError, psycopg.IntegrityError)):
        service.call(FUNCTION, **arguments)
    assert shared.value("select count(*) from vault.secrets") == vault_before
