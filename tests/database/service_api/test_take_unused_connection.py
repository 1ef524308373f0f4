"""service_api.take_unused_connection: connections that nobody uses are refreshed at night, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database.connections import Answer, Caller, Connected, connect, require_reconnect
from tests.database.looking import openings_of
from tests.database.service_api.refreshing import lease
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, add_person


@pytest.fixture
def caller(database: Database) -> Iterator[Caller]:
    with Caller(database) as service:
        yield service


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    """The worker's role, on a database of the test's own: what is due is due for all."""
    with Caller(database, GOOGLE_OPERATOR) as worker:
        yield worker


@pytest.fixture
def unused(database: Database, caller: Caller) -> Connected:
    """A connection that nobody has used for eight days."""
    connected = connect(caller, add_person(database, "ada"))
    database.execute("update private.google_secrets set refreshed_at = now() - interval '8 days'")
    return connected


def queue(database: Database) -> int:
    return database.value("select private.queue_unused_connection_checks()")


def take(operator: Caller) -> Answer:
    return operator.call("take_unused_connection")


def test_unused_connection_is_handed_out_once_with_its_refresh_lease(
    database: Database, operator: Caller, unused: Connected
) -> None:
    assert queue(database) == 1
    answer = take(operator)
    assert answer["outcome"] == "taken"
    assert answer["refresh"]["outcome"] == "leased"
    assert answer["refresh"]["connection_id"] == str(unused.connection_id)
    assert answer["refresh"]["user_id"] == str(unused.person.id)
    assert openings_of(database, unused.person) == [("refresh", "opened")]
    assert take(operator) == {"outcome": "none"}


def test_checks_are_spread_over_the_night_and_queued_once(database: Database, caller: Caller) -> None:
    for name in "abcd":
        connect(caller, add_person(database, name))
    database.execute("update private.google_secrets set refreshed_at = now() - interval '8 days'")
    assert [queue(database), queue(database)] == [4, 0]
    waits = database.rows(
        "select round(extract(epoch from available_at - created_at) / 3600) as hours from private.outbox"
    )
    assert sorted(int(row["hours"]) for row in waits) == [0, 1, 2, 3]
    runs = database.rows("select found_count from ops.check_runs where check_name = 'unused_connections' order by id")
    assert [row["found_count"] for row in runs] == [4, 0]


def test_check_stops_at_the_number_that_operators_set(database: Database, caller: Caller) -> None:
    for name in "abc":
        connect(caller, add_person(database, name))
    database.execute("update private.google_secrets set refreshed_at = now() - interval '8 days'")
    database.execute("update private.settings set unused_checks_per_night = 2")
    assert queue(database) == 2


@pytest.mark.parametrize("why_not", ["used_lately", "reconnect_required", "switched_off"])
def test_connection_is_not_queued(database: Database, unused: Connected, why_not: str) -> None:
    if why_not == "used_lately":
        database.execute("update private.google_secrets set refreshed_at = now() - interval '6 days'")
    elif why_not == "reconnect_required":
        require_reconnect(database, unused)
    else:
        database.execute("update private.settings set checks_unused_connections = false")
    assert queue(database) == 0


@pytest.mark.parametrize("meanwhile", ["used", "disconnected", "closing", "switched_off"])
def test_connection_is_left_alone_if_something_happened_meanwhile(
    database: Database, caller: Caller, operator: Caller, unused: Connected, meanwhile: str
) -> None:
    queue(database)
    if meanwhile == "used":
        database.execute("update private.google_secrets set refreshed_at = now()")
    elif meanwhile == "disconnected":
        caller.call("disconnect_google", user_id=unused.person.id, session_id=unused.person.session_id)
    elif meanwhile == "closing":
        database.execute("update public.profiles set account_state = 'closing'")
    else:
        database.execute("update private.settings set checks_unused_connections = false")
    assert take(operator) == {"outcome": "not_needed"}
    assert take(operator) == {"outcome": "none"}
    assert database.value("select count(*) from private.outbox") == 0


@pytest.mark.parametrize("reason", ["busy", "refresh_stopped"])
def test_check_is_postponed_if_the_refresh_cannot_be_leased(
    database: Database, caller: Caller, operator: Caller, unused: Connected, reason: str
) -> None:
    queue(database)
    if reason == "busy":
        lease(caller, unused)
    else:
        database.execute("insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)")
    answer = take(operator)
    assert (answer["outcome"], answer["reason"]) == ("postponed", reason)
    (entry,) = database.rows("select lease_id, last_error, available_at > now() as waits from private.outbox")
    assert (entry["lease_id"], entry["last_error"], entry["waits"]) == (None, reason, True)
