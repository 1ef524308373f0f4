"""The benchmark refuses what is not its own, stops at the first wrong answer, and judges a row by its reach."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from service.local.environment import new_token_keys
from tests.bench.crm_database import connect, measure
from tests.bench.crm_population import CrmPopulation, Size, fill_crm
from tests.bench.crm_stage import Side, add_owner_side, without_triggers
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


_SIZE = Size(contacts=2_000, workspaces=6)


@pytest.fixture
def population(database: Database) -> Iterator[CrmPopulation]:
    """Few records, filled as the many are, and the owner's side."""
    filled = fill_crm(database.url("supabase_admin"), _SIZE)
    add_owner_side(database.url("supabase_admin"))
    yield filled
    with database.connect("supabase_admin") as admin:
        admin.execute("drop owned by bench_owner; drop role bench_owner")


def _side(population: CrmPopulation, role: str, search: str) -> Side:
    claims = {"sub": str(population.member.user_id), "session_id": str(population.member.session_id), "role": role}
    return Side(role, search, {}, json.dumps(claims))


def test_records_are_not_filled_in_without_the_scratch_marker(database: Database):
    with database.connect("supabase_admin") as admin:
        admin.execute("drop schema local_platform cascade")
    for act in (lambda url: fill_crm(url, _SIZE), add_owner_side):
        with pytest.raises(NotScratch):
            act(database.url("supabase_admin"))
    assert database.value("select count(*) from public.contacts") == 0


def test_filled_records_are_as_many_as_said_and_keep_every_foreign_key(database: Database, population: CrmPopulation):
    counts = {
        row["workspace_id"]: row["count"]
        for row in database.rows("select workspace_id, count(*) from public.contacts group by workspace_id")
    }
    assert (counts[population.large], counts[population.small]) == (_SIZE.large, _SIZE.small)
    assert (len(counts), sum(counts.values())) == (_SIZE.workspaces, _SIZE.contacts)
    assert database.value("select count(*) from public.activities") == _SIZE.activities
    # Foreign keys were off meanwhile. One that is added anew looks at every row.
    keys = database.rows(
        "select conrelid::regclass::text as name, pg_get_constraintdef(oid) as definition from pg_constraint "
        "where contype = 'f' and connamespace = 'public'::regnamespace"
    )
    for key in keys:
        database.execute(f"alter table {key['name']} add {key['definition']}")
    assert len(keys) > 20


def test_both_sides_find_the_same(database: Database, population: CrmPopulation):
    found = []
    for side in (
        _side(population, "authenticated", "search_records"),
        _side(population, "bench_owner", "bench_search"),
    ):
        with database.connect("authenticator") as connection, connection.transaction():
            connection.execute(
                "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)",
                (side.role, side.claims),
            )
            asked = (population.large, population.typed[population.large])
            found.append(connection.execute(f"select * from public.{side.search}(%s, %s)".encode(), asked).fetchall())
    assert found[0]
    assert found[0] == found[1]


def test_table_that_was_read_whole_is_noticed(database: Database, population: CrmPopulation):
    side = _side(population, "bench_owner", "bench_search")
    by_index = "select from public.contacts where workspace_id = $1::uuid and id = $2::uuid"
    values = [str(population.large), str(population.contacts[population.large])]
    with connect(database.url("authenticator")) as connection:
        assert not measure(connection, side, (by_index, values), runs=3).has_read_a_table_whole
        whole = measure(connection, side, ("select count(description) from public.contacts", []), runs=3)
    assert whole.has_read_a_table_whole
    assert whole.milliseconds > 0


def test_triggers_are_back_after_the_bare_inserts(database: Database, population: CrmPopulation):
    query = "select count(*) from pg_trigger where tgrelid = 'public.contacts'::regclass and tgenabled = 'D'"
    with without_triggers(database.url("supabase_admin")):
        assert database.value(query) > 0
    assert database.value(query) == 0


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
