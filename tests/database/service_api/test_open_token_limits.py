"""service_api.open_token: openings are limited per user and purpose, refusals are recorded within bounds."""

from uuid import uuid4

import pytest

from tests.database.connections import Caller, Connected
from tests.database.looking import openings_of
from tests.database.racing import race
from tests.database.service_api.test_open_token import open_token
from tests.databases import Database
from tests.personas import Person


def _record_openings(
    database: Database, person: Person, count: int, *, ago: str = "0 s", purpose: str = "send_message"
) -> None:
    """Openings that happened earlier; the table lets nobody move the time of a row."""
    database.execute(
        "insert into audit.token_openings (opened_at, purpose, outcome, subject) "
        "select clock_timestamp() - %s::interval, %s, 'opened', %s from generate_series(1, %s)",
        (ago, purpose, person.id, count),
    )


def _limit_of(database: Database, purpose: str) -> int:
    return database.value("select limit_count from private.purposes where name = %s", (purpose,))


def test_open_is_limited_per_purpose_and_says_when_to_come_back(
    shared: Database, service: Caller, connected: Connected
) -> None:
    _record_openings(shared, connected.person, _limit_of(shared, "send_message"), ago="20 s")
    answer = open_token(service, connected.person)
    assert answer["outcome"] == "limited"
    assert 30 <= answer["retry_after"] <= 40
    assert openings_of(shared, connected.person)[-1] == ("send_message", "limited")
    assert "document" not in answer


@pytest.mark.parametrize("purpose", ["change_message_status", "show_events", "write_event"])
def test_open_is_not_limited_by_openings_for_another_purpose(
    shared: Database, service: Caller, connected: Connected, purpose: str
) -> None:
    _record_openings(shared, connected.person, _limit_of(shared, "send_message"))
    assert open_token(service, connected.person, purpose)["outcome"] == "opened"


def test_open_is_not_limited_by_another_user(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    _record_openings(shared, stranger, _limit_of(shared, "send_message"))
    assert open_token(service, connected.person)["outcome"] == "opened"


@pytest.mark.parametrize(("count_below_limit", "ago"), [(1, "0 s"), (0, "61 s")], ids=["one_left", "window_over"])
def test_open_is_not_limited_before_the_limit_or_after_the_window(
    shared: Database, service: Caller, connected: Connected, count_below_limit: int, ago: str
) -> None:
    count = _limit_of(shared, "send_message") - count_below_limit
    _record_openings(shared, connected.person, count, ago=ago)
    assert open_token(service, connected.person)["outcome"] == "opened"


def test_open_counts_no_refusal_towards_the_limit(shared: Database, service: Caller, connected: Connected) -> None:
    shared.execute(
        "insert into audit.token_openings (purpose, outcome, subject) "
        "select 'send_message', 'scope_not_granted', %s from generate_series(1, 100)",
        (connected.person.id,),
    )
    assert open_token(service, connected.person)["outcome"] == "opened"


def test_open_is_limited_if_two_ask_for_the_last_one_at_the_same_time(
    shared: Database, service: Caller, second_service: Caller, connected: Connected
) -> None:
    _record_openings(shared, connected.person, _limit_of(shared, "send_message") - 1)
    first, second = race(
        shared,
        (service.connection, lambda: open_token(service, connected.person)),
        (second_service.connection, lambda: open_token(second_service, connected.person)),
    )
    assert (first["outcome"], second["outcome"]) == ("opened", "limited")


def test_refusals_are_recorded_at_most_ten_times_a_minute(shared: Database, service: Caller, person: Person) -> None:
    shared.execute(
        "insert into audit.token_openings (opened_at, purpose, outcome, subject) "
        "select clock_timestamp() - interval '61 seconds', 'send_message', 'not_connected', %s "
        "from generate_series(1, 20)",
        (person.id,),
    )
    for _ in range(12):
        assert open_token(service, person) == {"outcome": "not_connected"}
    assert len(openings_of(shared, person)) == 20 + 10


def test_openings_are_recorded_however_many_refusals_there_were(
    shared: Database, service: Caller, connected: Connected
) -> None:
    for _ in range(12):
        open_token(service, connected.person, "refresh")
    open_token(service, connected.person)
    assert openings_of(shared, connected.person)[-1] == ("send_message", "opened")


def test_refusals_of_users_who_do_not_exist_are_bounded_too(database: Database) -> None:
    with Caller(database) as service:
        for _ in range(15):
            service.call("open_token", user_id=uuid4(), session_id=uuid4(), purpose="send_message", may_refresh=True)
    assert database.value("select count(*) from audit.token_openings") <= 10
