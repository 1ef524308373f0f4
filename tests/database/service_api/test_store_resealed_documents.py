"""service_api.store_resealed_documents: the same tokens under another key, and never over a newer write."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import Caller, Connected, connect, seal_tokens
from tests.database.looking import held_of, nothing_changes, secret_ids, secrets_left
from tests.database.rotations import NEW_KID, NEW_SEALER, entry_of, reseal
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person


@pytest.fixture
def operator(shared: Database) -> Iterator[Caller]:
    with Caller(shared, GOOGLE_OPERATOR) as caller:
        yield caller


def test_both_documents_lie_under_the_new_key_with_the_same_tokens(
    shared: Database, operator: Caller, connected: Connected
) -> None:
    (before,) = held_of(shared, connected.person, "secrets")
    old = secret_ids(shared, connected.connection_id)
    assert reseal(operator, entry_of(operator, connected)) == {"outcome": "stored"}
    (after,) = held_of(shared, connected.person, "secrets")
    assert after["held"]["kid"] == NEW_KID
    kept = ("client_id", "access_expires_at", "refresh_after", "refreshed_at", "refresh_lease_id")
    assert {name: after["held"][name] for name in kept} == {name: before["held"][name] for name in kept}
    binding = TokenBinding(connected.connection_id, connected.person.id, after["held"]["token_version"])
    for use, secret_id, name in zip(
        (Use.ACCESS, Use.REFRESH), secret_ids(shared, connected.connection_id), ("access", "refresh"), strict=True
    ):
        document = shared.value("select decrypted_secret from vault.decrypted_secrets where id = %s", (secret_id,))
        assert NEW_SEALER.open(use, binding, document) == {f"{name}_token": f"{name} {connected.token_version}"}
    assert secrets_left(shared, old) == 0


@pytest.mark.parametrize("meanwhile", ["refreshed", "reconnected"])
def test_reseal_changes_nothing_if_there_are_newer_documents(
    shared: Database, service: Caller, operator: Caller, person: Person, connected: Connected, meanwhile: str
) -> None:
    entry = entry_of(operator, connected)
    if meanwhile == "refreshed":
        service.call("store_google_refresh", **refresh_arguments(lease(service, connected), connected))
    else:
        connect(service, person)
    with nothing_changes(shared, person):
        assert reseal(operator, entry) == {"outcome": "superseded"}


def test_reseal_waits_for_a_refresh_that_is_under_way(
    shared: Database, service: Caller, operator: Caller, connected: Connected
) -> None:
    entry = entry_of(operator, connected)
    leased = lease(service, connected)
    with nothing_changes(shared, connected.person):
        assert reseal(operator, entry) == {"outcome": "busy"}
    # The refresh is not made late: what Google gave it is stored.
    assert service.call("store_google_refresh", **refresh_arguments(leased, connected)) == {"outcome": "stored"}


def test_reseal_brings_nothing_back_after_a_disconnect(
    shared: Database, service: Caller, operator: Caller, person: Person, connected: Connected
) -> None:
    entry = entry_of(operator, connected)
    service.call("disconnect_google", user_id=person.id, session_id=person.session_id)
    before = shared.value("select count(*) from vault.secrets")
    with nothing_changes(shared, person):
        assert reseal(operator, entry) == {"outcome": "gone"}
    assert shared.value("select count(*) from vault.secrets") == before


def test_reseal_refuses_documents_under_two_keys(shared: Database, operator: Caller, connected: Connected) -> None:
    entry = entry_of(operator, connected)
    other = seal_tokens(connected.connection_id, connected.person.id, entry["next_token_version"])
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.DataError):
        reseal(operator, entry, refresh_document=other["refresh_document"])


@pytest.mark.parametrize("version", ["same", "never_given_out", None])
def test_reseal_refuses_a_version_that_does_not_go_up(
    shared: Database, operator: Caller, connected: Connected, version: str | None
) -> None:
    entry = entry_of(operator, connected)
    wrong = {"same": connected.token_version, "never_given_out": 10**12, None: None}[version]
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.DataError):
        reseal(operator, entry, next_token_version=wrong)


def test_reseal_answers_gone_for_another_users_connection(
    shared: Database, operator: Caller, connected: Connected, stranger: Person
) -> None:
    entry = entry_of(operator, connected)
    with nothing_changes(shared, connected.person, stranger):
        assert reseal(operator, entry, user_id=stranger.id) == {"outcome": "gone"}
        assert reseal(operator, entry, connection_id=uuid4()) == {"outcome": "gone"}
