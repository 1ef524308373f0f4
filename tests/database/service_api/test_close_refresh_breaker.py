"""service_api.close_refresh_breaker and the breaker: too many ended grants at once end nothing until somebody looks."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database.connections import Caller, Connected, connect
from tests.database.looking import secret_ids, secrets_left
from tests.database.racing import race
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.database.service_api.test_open_token import open_token
from tests.database.service_api.test_refuse_google_refresh import refuse
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, add_person

KEPT_OPENED = {"outcome": "kept", "reason": "breaker_opened"}
KEPT_OPEN = {"outcome": "kept", "reason": "breaker_open"}


@pytest.fixture
def caller(database: Database) -> Iterator[Caller]:
    """The service on a database of the test's own: the breaker is one for all."""
    with Caller(database) as service:
        yield service


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as service:
        yield service


def _connect_many(database: Database, caller: Caller, count: int) -> list[Connected]:
    return [connect(caller, add_person(database, f"user{number}")) for number in range(count)]


def _events(database: Database) -> list[tuple[int, int, str | None]]:
    rows = database.rows("select * from ops.refresh_breaker_openings order by id")
    return [(row["invalid_grant_count"], row["refresh_count"], row["closed_by"]) for row in rows]


def test_sixth_ended_grant_within_ten_minutes_opens_the_breaker_and_deletes_nothing(
    database: Database, caller: Caller
) -> None:
    users = _connect_many(database, caller, 8)
    leases = [lease(caller, user) for user in users[:7]]
    ids = [secret_ids(database, user.connection_id) for user in users]
    answers = [refuse(caller, leased, user) for leased, user in zip(leases, users, strict=False)]
    assert [answer["outcome"] for answer in answers[:5]] == ["reconnect_required"] * 5
    assert answers[5:] == [KEPT_OPENED, KEPT_OPEN]
    assert [secrets_left(database, of_one) for of_one in ids] == [0] * 5 + [2] * 3
    assert lease(caller, users[7]) == {"outcome": "refresh_stopped", "retry_after": 60}
    assert _events(database) == [(6, 6, None)]


def test_breaker_counts_the_share_of_all_refreshes(database: Database, caller: Caller) -> None:
    users = _connect_many(database, caller, 8)
    database.execute("insert into ops.refresh_outcomes (outcome) select 'refreshed' from generate_series(1, 133)")
    outcomes = [refuse(caller, lease(caller, user), user)["outcome"] for user in users]
    # Seven of 140 are five per cent; eight of 141 are more.
    assert outcomes == ["reconnect_required"] * 7 + ["kept"]


def test_breaker_forgets_what_is_older_than_its_window(database: Database, caller: Caller) -> None:
    (user,) = _connect_many(database, caller, 1)
    database.execute(
        "insert into ops.refresh_outcomes (finished_at, outcome) "
        "select clock_timestamp() - interval '11 minutes', 'invalid_grant' from generate_series(1, 50)"
    )
    assert refuse(caller, lease(caller, user), user)["outcome"] == "reconnect_required"


def test_valid_access_tokens_open_while_the_breaker_is_open(database: Database, caller: Caller) -> None:
    (user,) = _connect_many(database, caller, 1)
    database.execute("insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)")
    database.execute("update private.google_secrets set refresh_after = clock_timestamp()")
    assert open_token(caller, user.person)["outcome"] == "opened"


def test_refreshes_go_on_once_an_operator_has_closed_the_breaker(
    database: Database, caller: Caller, operator: Caller
) -> None:
    users = _connect_many(database, caller, 7)
    leases = [lease(caller, user) for user in users[:6]]
    for leased, user in zip(leases, users, strict=False):
        refuse(caller, leased, user)
    assert operator.call("close_refresh_breaker", closed_by="ada@example.com") == {"outcome": "closed"}
    assert operator.call("close_refresh_breaker", closed_by="grace") == {"outcome": "was_closed"}
    assert _events(database) == [(6, 6, "ada@example.com")]
    # What the operator has seen does not open it again: counting begins anew.
    assert refuse(caller, lease(caller, users[6]), users[6])["outcome"] == "reconnect_required"


@pytest.mark.parametrize("name", ["", "x", "a\nb", "x" * 65, None])
def test_breaker_is_closed_by_somebody_with_a_name(
    database: Database, caller: Caller, operator: Caller, name: str | None
) -> None:
    database.execute("insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)")
    with pytest.raises(psycopg.IntegrityError):
        operator.call("close_refresh_breaker", closed_by=name)
    assert _events(database) == [(9, 9, None)]


def test_breaker_opens_once_if_two_refusals_come_at_the_same_instant(database: Database, caller: Caller) -> None:
    users = _connect_many(database, caller, 2)
    leases = [lease(caller, user) for user in users]
    database.execute("insert into ops.refresh_outcomes (outcome) select 'invalid_grant' from generate_series(1, 4)")
    with Caller(database) as second:
        answers = race(
            database,
            (caller.connection, lambda: refuse(caller, leases[0], users[0])),
            (second.connection, lambda: refuse(second, leases[1], users[1])),
        )
    # Judged one after the other: the fifth may end its connection, the sixth may not.
    assert (answers[0]["outcome"], answers[1]) == ("reconnect_required", KEPT_OPENED)


def test_every_end_of_a_refresh_is_counted_without_a_name(database: Database, caller: Caller) -> None:
    (user, other) = _connect_many(database, caller, 2)
    caller.call("store_google_refresh", **refresh_arguments(lease(caller, user), user))
    leased = lease(caller, other)
    for reason in ("google_unavailable", "a reason of tomorrow"):
        caller.call(
            "release_google_refresh",
            connection_id=other.connection_id, lease_id=leased["lease_id"], reason=reason,
        )  # fmt: skip
    refuse(caller, leased, other)
    rows = database.rows("select outcome from ops.refresh_outcomes order by id")
    assert [row["outcome"] for row in rows] == ["refreshed", "google_unavailable", "failed", "invalid_grant"]
    columns = database.rows("select * from ops.refresh_outcomes")[0].keys()
    assert set(columns) == {"id", "finished_at", "outcome"}
