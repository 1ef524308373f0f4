"""service_api.open_token: the sealed access document for one declared purpose and a live session, or why not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import (
    ALL_SCOPES,
    CLIENT_ID,
    SCOPE_OF_PURPOSE,
    SEALER,
    Caller,
    Connected,
    connect,
    require_reconnect,
)
from tests.database.looking import nothing_changes, openings_of, secret_ids
from tests.database.racing import wait_until_it_waits
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.database.situations import Situation, if_not_live
from tests.databases import Database
from tests.personas import Person, add_person

each_purpose = pytest.mark.parametrize("purpose", SCOPE_OF_PURPOSE)


def open_token(
    service: Caller, person: Person, purpose: str = "send_message", *, may_refresh: bool = True
) -> dict[str, Any]:
    identity = {"user_id": person.id, "session_id": person.session_id}
    return service.call("open_token", **identity, purpose=purpose, may_refresh=may_refresh)


def _expire_access_token(database: Database, connection_id: UUID, interval: str) -> None:
    database.execute(
        "update private.google_secrets set access_expires_at = now() + %(in)s::interval, "
        "refresh_after = least(refresh_after, now() + %(in)s::interval) where connection_id = %(connection)s",
        {"in": interval, "connection": connection_id},
    )


@each_purpose
def test_open_hands_out_the_access_document_for_a_granted_purpose(
    shared: Database, service: Caller, connected: Connected, purpose: str
) -> None:
    answer = open_token(service, connected.person, purpose)
    binding = TokenBinding(connected.connection_id, connected.person.id, connected.token_version)
    opened = SEALER.open(Use.ACCESS, binding, answer.pop("document"))
    assert opened == {"access_token": f"access {connected.token_version}"}
    assert answer == {
        "outcome": "opened",
        "connection_id": str(connected.connection_id),
        "token_version": connected.token_version,
        "client_id": CLIENT_ID,
    }
    assert openings_of(shared, connected.person) == [(purpose, "opened")]


@if_not_live
def test_open_hands_out_nothing_if_the_session_may_start_nothing(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    with nothing_changes(shared, connected.person):
        answer = service.call(
            "open_token", user_id=user_id, session_id=session_id, purpose="send_message", may_refresh=True
        )
    assert answer == {"outcome": situation.outcome}


@pytest.mark.parametrize("purpose", ["refresh", "revoke", "read_messages", "", None])
def test_open_hands_out_nothing_for_a_purpose_that_opens_no_access_document(
    shared: Database, service: Caller, connected: Connected, purpose: str
) -> None:
    assert open_token(service, connected.person, purpose) == {"outcome": "purpose_unknown"}
    assert openings_of(shared, connected.person) == [(None, "purpose_unknown")]


def test_open_hands_out_nothing_if_not_connected(shared: Database, service: Caller, person: Person) -> None:
    assert open_token(service, person) == {"outcome": "not_connected"}
    assert openings_of(shared, person) == [("send_message", "not_connected")]


def test_open_hands_out_nothing_if_a_reconnect_is_required(
    shared: Database, service: Caller, connected: Connected
) -> None:
    require_reconnect(shared, connected)
    assert open_token(service, connected.person) == {"outcome": "reconnect_required", "reason": "grant_ended"}
    assert openings_of(shared, connected.person) == [("send_message", "reconnect_required")]


@each_purpose
def test_open_hands_out_nothing_if_the_scope_was_not_ticked(
    shared: Database, service: Caller, person: Person, purpose: str
) -> None:
    missing = SCOPE_OF_PURPOSE[purpose]
    connect(service, person, scopes=[scope for scope in ALL_SCOPES if scope != missing])
    assert open_token(service, person, purpose) == {"outcome": "scope_not_granted", "missing_scope": missing}
    assert openings_of(shared, person) == [(purpose, "scope_not_granted")]


@pytest.mark.parametrize(
    "loss",
    [
        "delete from vault.secrets where id = (select access_secret_id from private.google_secrets "
        "where connection_id = %s)",
        "delete from private.google_secrets where connection_id = %s",
    ],
    ids=["secret", "reference"],
)
def test_open_says_so_if_the_secret_is_missing(
    shared: Database, service: Caller, connected: Connected, loss: str
) -> None:
    shared.execute(loss, (connected.connection_id,))
    assert open_token(service, connected.person) == {"outcome": "secret_missing"}
    assert openings_of(shared, connected.person) == [("send_message", "secret_missing")]


@pytest.mark.parametrize("interval", ["-1 hour", "0 seconds", "29 seconds"])
def test_open_asks_for_a_refresh_and_records_nothing_if_the_access_token_is_about_to_end(
    shared: Database, service: Caller, connected: Connected, interval: str
) -> None:
    _expire_access_token(shared, connected.connection_id, interval)
    assert open_token(service, connected.person) == {"outcome": "expired", "token_version": connected.token_version}
    assert openings_of(shared, connected.person) == []


def test_open_hands_out_a_document_that_lasts_for_the_call_to_who_may_not_refresh(
    shared: Database, service: Caller, connected: Connected
) -> None:
    _expire_access_token(shared, connected.connection_id, "60 seconds")
    assert open_token(service, connected.person, may_refresh=False)["outcome"] == "opened"


def test_open_asks_one_caller_for_a_refresh_while_the_others_go_on(
    shared: Database, service: Caller, connected: Connected
) -> None:
    shared.execute(
        "update private.google_secrets set refresh_after = now() where connection_id = %s", (connected.connection_id,)
    )
    assert open_token(service, connected.person) == {
        "outcome": "refresh_due",
        "token_version": connected.token_version,
    }
    assert lease(service, connected)["outcome"] == "leased"
    assert open_token(service, connected.person)["outcome"] == "opened"


def test_open_asks_for_no_refresh_long_before_the_access_token_ends(
    shared: Database, service: Caller, connected: Connected
) -> None:
    before_the_end = shared.value(
        "select extract(epoch from access_expires_at - refresh_after) from private.google_secrets "
        "where connection_id = %s",
        (connected.connection_id,),
    )
    assert 120 <= before_the_end <= 300
    assert open_token(service, connected.person)["outcome"] == "opened"


def test_refreshes_of_many_connections_are_spread(shared: Database, service: Caller) -> None:
    for name in "abcdef":
        connect(service, add_person(shared, name))
    spread = shared.value(
        "select count(distinct access_expires_at - refresh_after) from private.google_secrets "
        "where access_expires_at - refresh_after between interval '2 minutes' and interval '5 minutes'"
    )
    assert spread >= 6


def test_open_hands_out_what_a_refresh_stored_while_it_waited(
    shared: Database, service: Caller, connected: Connected
) -> None:
    leased = lease(service, connected)
    stored = refresh_arguments(leased, connected)
    with shared.connect() as first, Caller(shared) as second, ThreadPoolExecutor(max_workers=1) as pool:
        with first.transaction():
            first.execute("select private.lock_openings(%s, 'send_message')", (connected.person.id,))
            opening = pool.submit(open_token, second, connected.person)
            wait_until_it_waits(shared, second.connection.info.backend_pid, opening)
            assert service.call("store_google_refresh", **stored)["outcome"] == "stored"
        answer = opening.result(timeout=10)
    assert (answer["outcome"], answer["document"]) == ("opened", stored["access_document"])


def test_open_refuses_another_users_connection_whatever_session_is_named(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    answer = service.call(
        "open_token",
        user_id=connected.person.id,
        session_id=stranger.session_id,
        purpose="send_message",
        may_refresh=True,
    )
    assert answer == {"outcome": "session_ended"}
    assert open_token(service, stranger) == {"outcome": "not_connected"}
    assert secret_ids(shared, connected.connection_id)
