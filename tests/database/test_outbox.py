"""The outbox: back-off, endings, what operators see of it, and what of it goes by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from service.local.scheduler import run_job_now
from tests.database.connections import Caller
from tests.database.revocations import add_deleted, entries, finish, make_due, outcomes, take_one
from tests.databases import Database, Row
from tests.personas import GOOGLE_OPERATOR


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as caller:
        yield caller


def _add(database: Database, kind: str = "check_unused_connection") -> int:
    return database.value(
        "select private.add_outbox_entry(%s, clock_timestamp(), clock_timestamp() + interval '2 hours')", (kind,)
    )


def _park(database: Database, entry_id: int, age: str = "0 seconds") -> None:
    database.execute(
        "update private.outbox set parked_at = now() - %s::interval, parked_because = 'poison', attempt_count = 3, "
        "last_error = 'made_up' where id = %s",
        (age, entry_id),
    )


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (40, 3600), (2**40, 3600)]
)
def test_back_off_doubles_up_to_an_hour_give_or_take_half(shared: Database, attempts: int, seconds: int) -> None:
    waits = shared.rows(
        "select extract(epoch from private.outbox_back_off(%s))::float as seconds from generate_series(1, 200)",
        (attempts,),
    )
    found = sorted(row["seconds"] / seconds for row in waits)
    assert 0.5 <= found[0] < 0.7
    assert 1.3 < found[-1] <= 1.5


def test_back_off_grows_with_each_failure(database: Database, operator: Caller) -> None:
    with Caller(database) as service:
        add_deleted(database, service)
    waits = []
    for _ in range(4):
        finish(operator, take_one(operator), "failed", "google_unavailable")
        waits.append((entries(database)[0]["available_at"] - datetime.now(UTC)).total_seconds())
        make_due(database)
    for wait, expected in zip(waits, (30, 60, 120, 240), strict=True):
        assert 0.5 * expected - 5 < wait < 1.5 * expected + 1


def test_leasing_takes_what_is_due_longest_and_nothing_of_another_kind(database: Database) -> None:
    first, second, third = (_add(database) for _ in range(3))
    _add(database, "revoke_google_grant")
    database.execute("update private.outbox set available_at = now() - interval '1 minute' where id = %s", (third,))
    leased = database.rows("select private.lease_outbox_entries('check_unused_connection', 2) as id")
    assert {row["id"] for row in leased} == {third, first}
    leased = database.rows("select private.lease_outbox_entries('check_unused_connection', 2) as id")
    assert [row["id"] for row in leased] == [second]


def test_lease_lasts_a_minute(database: Database) -> None:
    _add(database)
    database.rows("select private.lease_outbox_entries('check_unused_connection', 1)")
    (entry,) = entries(database)
    assert timedelta(seconds=55) < entry["lease_until"] - datetime.now(UTC) <= timedelta(seconds=60)


@pytest.mark.parametrize(
    "statement",
    [
        "select private.end_outbox_entry(id, gen_random_uuid(), 'done') from private.outbox",
        "select private.postpone_outbox_entry(id, gen_random_uuid(), 'made_up') from private.outbox",
        "select private.park_outbox_entry(id, gen_random_uuid(), 'made_up') from private.outbox",
    ],
    ids=["end", "postpone", "park"],
)
def test_only_the_holder_of_the_lease_says_how_it_went(database: Database, statement: str) -> None:
    _add(database)
    database.rows("select private.lease_outbox_entries('check_unused_connection', 1)")
    before = entries(database)
    assert database.value(statement) is False
    assert (entries(database), outcomes(database)) == (before, [])
    assert database.value(statement.replace("gen_random_uuid()", "lease_id")) is True
    assert entries(database) != before


def test_operators_see_what_waits_by_kind_and_state(database: Database, operator: Caller) -> None:
    with Caller(database) as service:
        add_deleted(database, service)
    take_one(operator)
    waiting, parked = [_add(database) for _ in range(2)], _add(database)
    _park(database, parked)
    rows = database.rows("select * from ops.outbox_entries order by kind, state")
    assert [(row["kind"], row["state"], row["entry_count"], row["max_attempt_count"]) for row in rows] == [
        ("check_unused_connection", "parked", 1, 3),
        ("check_unused_connection", "waiting", 2, 0),
        ("revoke_google_grant", "leased", 1, 1),
    ]
    by_id: dict[int, Row] = {entry["id"]: entry for entry in entries(database)}
    assert rows[1]["oldest_created_at"] == by_id[waiting[0]]["created_at"]
    assert rows[1]["next_available_at"] == by_id[waiting[0]]["available_at"]


def test_operators_see_a_lost_lease_as_waiting(database: Database) -> None:
    _add(database)
    database.rows("select private.lease_outbox_entries('check_unused_connection', 1)")
    database.execute("update private.outbox set lease_until = clock_timestamp()")
    assert database.value("select state from ops.outbox_entries") == "waiting"


def test_operators_see_each_parked_entry_and_why(database: Database) -> None:
    parked = _add(database)
    _add(database)
    _park(database, parked)
    (row,) = database.rows("select * from ops.parked_outbox_entries")
    assert (row["id"], row["kind"], row["attempt_count"], row["parked_because"], row["last_error"]) == (
        parked,
        "check_unused_connection",
        3,
        "poison",
        "made_up",
    )
    assert set(row) == {
        *("id", "kind", "attempt_count", "parked_because", "last_error", "created_at", "parked_at", "ends_at")
    }


def test_parked_entry_is_tried_again_if_an_operator_says_so(database: Database) -> None:
    parked = _add(database)
    _park(database, parked)
    database.execute("update private.outbox set created_at = now() - interval '3 hours', ends_at = now()")
    assert database.value("select ops.retry_outbox_entry(%s)", (parked,)) is True
    (entry,) = entries(database)
    assert (entry["parked_at"], entry["parked_because"], entry["attempt_count"]) == (None, None, 0)
    assert abs(entry["ends_at"] - datetime.now(UTC) - timedelta(hours=3)) < timedelta(seconds=10)
    assert database.value("select private.lease_outbox_entries('check_unused_connection', 1)") == parked


def test_entry_that_is_not_parked_is_not_tried_again(database: Database) -> None:
    entry_id = _add(database)
    before = entries(database)
    assert database.value("select ops.retry_outbox_entry(%s)", (entry_id,)) is False
    assert database.value("select ops.retry_outbox_entry(%s)", (entry_id + 1,)) is False
    assert entries(database) == before


def test_revocation_whose_document_is_gone_is_not_tried_again(database: Database, operator: Caller) -> None:
    with Caller(database) as service:
        add_deleted(database, service)
    finish(operator, take_one(operator), "poison", "issued_to_another_client")
    (entry,) = entries(database)
    assert database.value("select ops.retry_outbox_entry(%s)", (entry["id"],)) is False
    assert entries(database) == [entry]


def test_entry_is_given_up_at_its_end_with_the_reason_of_its_last_failure(database: Database) -> None:
    over, running = _add(database), _add(database)
    database.rows("select private.lease_outbox_entries('check_unused_connection', 2)")
    database.execute(
        "update private.outbox set last_error = 'google_unavailable', ends_at = clock_timestamp() where id = %s",
        (over,),
    )
    assert database.value("select private.expire_outbox()") == 1
    given_up, kept = entries(database)
    assert (given_up["id"], given_up["parked_because"], given_up["last_error"], given_up["lease_id"]) == (
        over,
        "given_up",
        "google_unavailable",
        None,
    )
    assert (kept["id"], kept["parked_at"]) == (running, None)
    assert outcomes(database) == [("given_up", 1)]


def test_parked_entries_go_after_thirty_days_and_outcomes_after_ninety(database: Database) -> None:
    for age in ("30 days 1 minute", "29 days"):
        _park(database, _add(database), age)
    for age in ("90 days 1 minute", "89 days"):
        database.execute(
            "insert into ops.outbox_outcomes (finished_at, kind, outcome, attempt_count) "
            "values (now() - %s::interval, 'check_unused_connection', 'done', 1)",
            (age,),
        )
    database.execute("select private.expire_outbox()")
    assert len(entries(database)) == 1
    assert len(outcomes(database)) == 1


@pytest.mark.parametrize("name", ["expire-outbox", "expire-pending-revocations"])
def test_schedule_runs_each_minute(database: Database, name: str) -> None:
    (job,) = database.rows("select schedule, active, username from cron.job where jobname = %s", (name,))
    assert job == {"schedule": "* * * * *", "active": True, "username": "postgres"}
    assert run_job_now(database.url("supabase_admin"), name) == "succeeded"


@pytest.mark.parametrize("table", ["private.outbox", "private.pending_revocations", "ops.outbox_outcomes"])
def test_truncate_is_refused(database: Database, table: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
        database.execute(f"truncate {table} cascade")


@pytest.mark.parametrize(
    "statement",
    [
        "update private.outbox set last_error = 'Google said: no'",
        "update private.outbox set last_error = 'ada@example.com'",
        "update private.outbox set kind = 'something_else'",
        "update private.outbox set lease_id = gen_random_uuid()",
        "update private.outbox set parked_at = now()",
        "update private.outbox set parked_at = now(), parked_because = 'poison', lease_id = gen_random_uuid(), "
        "lease_until = now()",
        "update private.outbox set ends_at = created_at",
    ],
)
def test_impossible_states_cannot_be_stated(database: Database, statement: str) -> None:
    _add(database)
    with pytest.raises(psycopg.errors.CheckViolation):
        database.execute(statement)
