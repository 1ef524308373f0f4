"""service_api.begin_google_refresh: one refresh at a time per connection gets the sealed refresh document."""

from datetime import timedelta

import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import CLIENT_ID, SEALER, Caller, Connected, connect, require_reconnect
from tests.database.looking import held_of, nothing_changes, openings_of, secret_ids
from tests.database.racing import race
from tests.database.service_api.refreshing import lease
from tests.database.situations import Situation, if_not_live
from tests.databases import Database
from tests.personas import Person


def test_refresh_is_leased_for_thirty_seconds_with_the_refresh_document(
    shared: Database, service: Caller, connected: Connected
) -> None:
    answer = lease(service, connected)
    binding = TokenBinding(connected.connection_id, connected.person.id, connected.token_version)
    opened = SEALER.open(Use.REFRESH, binding, answer.pop("document"))
    assert opened == {"refresh_token": f"refresh {connected.token_version}"}
    (row,) = shared.rows(
        "select refresh_lease_id::text as id, refresh_lease_until - clock_timestamp() as time_left "
        "from private.google_secrets where connection_id = %s",
        (connected.connection_id,),
    )
    assert answer == {
        "outcome": "leased",
        "lease_id": row["id"],
        "connection_id": str(connected.connection_id),
        "user_id": str(connected.person.id),
        "account_key": shared.value("select private.google_account_key(%s)", (connected.google_sub,)),
        "token_version": connected.token_version,
        "client_id": CLIENT_ID,
        "next_token_version": answer["next_token_version"],
    }
    assert answer["next_token_version"] > connected.token_version
    assert timedelta(seconds=25) < row["time_left"] <= timedelta(seconds=30)
    assert openings_of(shared, connected.person) == [("refresh", "opened")]


def test_refresh_is_busy_while_another_one_holds_the_lease(
    shared: Database, service: Caller, connected: Connected
) -> None:
    lease(service, connected)
    with nothing_changes(shared, connected.person):
        assert lease(service, connected) == {"outcome": "busy"}


def test_refresh_is_leased_once_if_two_ask_at_the_same_time(
    shared: Database, service: Caller, second_service: Caller, connected: Connected
) -> None:
    first, second = race(
        shared,
        (service.connection, lambda: lease(service, connected)),
        (second_service.connection, lambda: lease(second_service, connected)),
    )
    assert (first["outcome"], second) == ("leased", {"outcome": "busy"})


def test_refresh_is_leased_again_if_the_lease_ran_out(shared: Database, service: Caller, connected: Connected) -> None:
    first = lease(service, connected)
    shared.execute(
        "update private.google_secrets set refresh_lease_until = now() - interval '1 second' where connection_id = %s",
        (connected.connection_id,),
    )
    second = lease(service, connected)
    assert second["outcome"] == "leased"
    assert second["lease_id"] != first["lease_id"]
    assert second["next_token_version"] > first["next_token_version"]


def test_refresh_is_superseded_if_the_version_is_an_old_one(
    shared: Database, service: Caller, connected: Connected
) -> None:
    connect(service, connected.person)
    with nothing_changes(shared, connected.person):
        assert lease(service, connected) == {"outcome": "superseded"}


@if_not_live
def test_refresh_is_refused_if_the_session_may_start_nothing(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    with nothing_changes(shared, connected.person):
        answer = lease(service, connected, user_id=user_id, session_id=session_id)
    assert answer == {"outcome": situation.outcome}


def test_refusal_of_a_refresh_is_recorded(shared: Database, service: Caller, connected: Connected) -> None:
    shared.execute("delete from auth.sessions where id = %s", (connected.person.session_id,))
    lease(service, connected)
    assert openings_of(shared, connected.person) == [("refresh", "session_ended")]


def test_refresh_is_refused_if_not_connected(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    with nothing_changes(shared, connected.person, stranger):
        answer = lease(service, connected, user_id=stranger.id, session_id=stranger.session_id)
    assert answer == {"outcome": "not_connected"}


def test_refresh_is_refused_if_a_reconnect_is_required(shared: Database, service: Caller, connected: Connected) -> None:
    require_reconnect(shared, connected)
    assert lease(service, connected)["outcome"] == "not_connected"


def test_refresh_says_so_if_the_secret_is_missing(shared: Database, service: Caller, connected: Connected) -> None:
    shared.execute("delete from vault.secrets where id = %s", (secret_ids(shared, connected.connection_id)[1],))
    with nothing_changes(shared, connected.person):
        assert lease(service, connected) == {"outcome": "secret_missing"}
    assert openings_of(shared, connected.person) == [("refresh", "secret_missing")]


def test_refresh_is_limited(shared: Database, service: Caller, connected: Connected) -> None:
    shared.execute(
        "insert into audit.token_openings (opened_at, purpose, outcome, subject) "
        "select clock_timestamp() - interval '1 minute', 'refresh', 'opened', %s "
        "from generate_series(1, (select limit_count from private.purposes where name = 'refresh'))",
        (connected.person.id,),
    )
    with nothing_changes(shared, connected.person):
        answer = lease(service, connected)
    assert answer["outcome"] == "limited"
    assert 530 <= answer["retry_after"] <= 540
    assert openings_of(shared, connected.person)[-1] == ("refresh", "limited")


@pytest.mark.parametrize("token_version", [0, -1, None])
def test_refresh_hands_out_nothing_for_a_version_that_never_was(
    shared: Database, service: Caller, connected: Connected, token_version: int | None
) -> None:
    with nothing_changes(shared, connected.person):
        assert "document" not in lease(service, connected, token_version=token_version)
    assert held_of(shared, connected.person, "secrets")
