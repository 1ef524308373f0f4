"""The views that operators read in Studio: counts that are right, and nobody's address or picture in them."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.connections import Caller, Connected, connect
from tests.databases import Database
from tests.personas import add_person


@pytest.fixture
def connected_here(database: Database) -> Connected:
    """A connected user on a database of the test's own."""
    with Caller(database) as caller:
        return connect(caller, add_person(database, "ada"))


def test_refreshes_are_counted_by_hour_and_outcome(database: Database) -> None:
    database.execute(
        "insert into ops.refresh_outcomes (finished_at, outcome) values "
        "(date_trunc('hour', now()) - interval '30 minutes', 'refreshed'), "
        "(date_trunc('hour', now()) - interval '10 minutes', 'refreshed'), "
        "(date_trunc('hour', now()) - interval '10 minutes', 'google_unavailable'), "
        "(now() - interval '8 days', 'refreshed')"
    )
    rows = database.rows("select outcome, refresh_count from ops.refresh_outcomes_per_hour order by outcome")
    assert [(row["outcome"], row["refresh_count"]) for row in rows] == [("google_unavailable", 1), ("refreshed", 2)]


def test_breaker_shows_its_state_and_who_closed_it(database: Database) -> None:
    def shown() -> tuple[str, int | None, str | None, int, int]:
        (row,) = database.rows("select * from ops.refresh_breaker")
        return (
            row["state"],
            row["invalid_grants_at_opening"],
            row["last_closed_by"],
            row["invalid_grants_in_window"],
            row["refreshes_in_window"],
        )

    assert shown() == ("closed", None, None, 0, 0)
    database.execute("insert into ops.refresh_outcomes (outcome) values ('refreshed'), ('invalid_grant'), ('failed')")
    database.execute("insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (6, 40)")
    assert shown() == ("open", 6, None, 1, 2)
    database.execute("select ops.close_refresh_breaker('ada')")
    assert shown() == ("closed", None, "ada", 1, 2)


def test_unusual_openings_are_listed_with_the_address_masked(database: Database, connected_here: Connected) -> None:
    person = connected_here.person
    database.execute("update private.settings set openings_per_day_worth_a_look = 10")
    database.execute(
        "insert into audit.token_openings (purpose, outcome, subject) "
        "select 'show_events', case when n > 8 then 'limited' else 'opened' end, %s from generate_series(1, 11) as n",
        (person.id,),
    )
    (row,) = database.rows("select * from ops.openings_worth_a_look")
    assert (row["user_id"], row["opening_count"], row["refused_count"], row["purpose_count"]) == (person.id, 11, 3, 1)
    assert row["masked_email"] == "a***@e***"
    database.execute("update private.settings set openings_per_day_worth_a_look = 11")
    assert database.rows("select * from ops.openings_worth_a_look") == []


def test_no_view_of_ops_shows_a_name_an_address_or_a_picture(database: Database, connected_here: Connected) -> None:
    database.execute("update private.settings set openings_per_day_worth_a_look = 10")
    database.execute(
        "insert into audit.token_openings (purpose, outcome, subject) "
        "select 'show_events', 'opened', %s from generate_series(1, 20)",
        (connected_here.person.id,),
    )
    views = database.rows("select viewname as name from pg_catalog.pg_views where schemaname = 'ops'")
    assert len(views) >= 5
    for view in views:
        shown = database.value(f"select coalesce(json_agg(v), '[]')::text from ops.{view['name']} as v")
        for personal in (connected_here.person.email, "lh3.googleusercontent.com", '"Ada"', connected_here.google_sub):
            assert personal not in shown, view["name"]


def test_operators_cannot_set_what_would_break_a_promise(database: Database) -> None:
    for change in (
        "breaker_minimum = 0",
        "breaker_minimum = 101",
        "breaker_percent = 0",
        "breaker_percent = 51",
        "breaker_window = interval '10 seconds'",
        "unused_after = interval '0'",
        "unused_checks_per_night = 0",
        "openings_per_day_worth_a_look = 0",
        "is_only_row = false",
        "breaker_minimum = null",
    ):
        with pytest.raises(psycopg.IntegrityError):
            database.execute(f"update private.settings set {change}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("delete from private.settings")
    with pytest.raises(psycopg.IntegrityError):
        database.execute("insert into private.settings default values")
