"""The benchmark refuses what is not its own, stops at the first wrong answer, and judges a row by its reach."""

from __future__ import annotations

import pytest

from service.local.environment import new_token_keys
from tests.bench.load import LoadFailed, Target, all_at_once, at_rate, get, one_by_one
from tests.bench.population import fill
from tests.bench.rows import at_least, at_most, percentile
from tests.databases import Database
from tests.scratch import NotScratch
from tests.service.answering import answering


def test_database_without_the_scratch_marker_is_not_filled(database: Database):
    with database.connect("supabase_admin") as admin:
        admin.execute("drop schema local_platform cascade")
    with pytest.raises(NotScratch):
        fill(database.url("supabase_admin"), count=10, token_keys=new_token_keys(), openable=[1])
    assert database.value("select count(*) from auth.users") == 0


def test_filled_users_can_open_their_token(database: Database):
    (person,) = fill(database.url("supabase_admin"), count=10, token_keys=new_token_keys(), openable=[7])
    with database.connect("authenticator") as connection:
        connection.execute("set role google_service")
        row = connection.execute(
            "select service_api.open_token(%s, %s, 'show_events', true) ->> 'outcome' as outcome",
            (person.user_id, person.session_id),
        ).fetchone()
    assert row == {"outcome": "opened"}


def test_answer_that_is_no_success_stops_the_measurement():
    with answering(503, b"{}") as url:
        target = Target(url, [get("/", {})])
        for measure in (
            lambda: one_by_one(target, 1),
            lambda: all_at_once(target, connections=1, seconds=0.2),
            lambda: at_rate(target, per_second=10, seconds=0.2, connections=1),
        ):
            with pytest.raises(LoadFailed):
                measure()


@pytest.mark.parametrize(("result", "is_low_enough", "is_high_enough"), [(1.9, True, False), (2.1, False, True)])
def test_row_is_judged_by_the_median_of_its_rounds(result: float, is_low_enough: bool, is_high_enough: bool):
    for row, is_reached in ((at_most("x", 2.0), is_low_enough), (at_least("x", 2.0), is_high_enough)):
        row.ratios += [0.1, result, 9.0]
        assert row.is_reached(row.result) is is_reached


def test_percentile_is_the_value_below_which_that_share_lies():
    assert percentile([float(each) for each in range(100)], 0.99) == 99
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
