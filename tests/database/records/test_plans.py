"""What an answer reads: nothing of another workspace, whose size its time would tell, and of its own what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.database.workspaces.stage import Stage
from tests.personas import acting_as

_QUERIES = [
    "select count(*) from public.contacts where workspace_id = %(w)s",
    "select id from public.contacts where workspace_id = %(w)s and is_trashed is false "
    "order by created_at desc limit 50",
    "select id from public.contacts where workspace_id = %(w)s and full_name = 'Contact 7'",
    "select id from public.activities where workspace_id = %(w)s and is_trashed is false and is_done is false "
    "order by starts_at limit 50",
    "select count(*) from public.record_changes where workspace_id = %(w)s",
    "update public.contacts set job_title = 'Changed' where workspace_id = %(w)s",
    "delete from public.contacts where workspace_id = %(w)s",
]
_LISTS = [
    "contacts where {} and not is_trashed order by created_at desc limit 50",
    "contacts where {} and is_trashed is false order by full_name limit 50",
    "contacts where {} and is_trashed = false and company_id = %(w)s order by created_at desc limit 50",
    "contacts where {} and is_trashed is false and owner_id = %(w)s order by created_at desc limit 50",
    "contacts where {} and is_trashed order by created_at desc limit 50",
    "activities where {} and is_trashed is false and is_done is false order by due_at limit 50",
    "activities where {} and is_trashed is false and contact_id = %(w)s order by created_at desc limit 50",
    "own_open_activities where {}",
    "company_timeline where {} and company_id = %(w)s order by happened_at desc limit 50",
    "contact_timeline where {} and contact_id = %(w)s order by happened_at desc limit 50",
]


@pytest.fixture
def many(own_stage: Stage) -> Stage:
    """The stage with so many records in one workspace that they are looked up by an index."""
    for table, columns, values in (
        ("contacts", "full_name", "'Contact ' || n"),
        ("activities", "kind, title", "'note', 'Note ' || n"),
    ):
        own_stage.database.execute(
            f"insert into public.{table} (workspace_id, {columns}) "
            f"select %s, {values} from generate_series(1, 3000) as n",
            (own_stage.workspace_id,),
        )
    own_stage.database.execute(
        "insert into public.contact_addresses (workspace_id, contact_id, kind, address) "
        "select workspace_id, id, 'email', replace(lower(full_name), ' ', '') || '@example.com' "
        "from public.contacts where workspace_id = %s and full_name like 'Contact %%'",
        (own_stage.workspace_id,),
    )
    own_stage.database.execute("vacuum analyze")
    return own_stage


def _scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in plan and plan["Node Type"] != "ModifyTable":
        yield plan
    for below in plan.get("Plans", []):
        yield from _scans(below)


def _plan(stage: Stage, query: str, workspace_id: Any, who: str) -> dict[str, Any]:
    """How a query was run."""
    with acting_as(stage.database, stage.persona(who)) as connection:
        row = connection.execute(f"explain (analyze, format json) {query}".encode(), {"w": workspace_id}).fetchone()
        connection.execute("rollback")
    assert row is not None
    return row["QUERY PLAN"][0]["Plan"]


def _rows_read(stage: Stage, query: str, workspace_id: Any, who: str = "stranger") -> int:
    """How many rows of tables a query looked at, by default a stranger's."""
    looked_at = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck", "Heap Fetches")
    scans = list(_scans(_plan(stage, query, workspace_id, who)))
    assert scans
    return sum(scan.get(key, 0) for scan in scans for key in looked_at)


@pytest.mark.parametrize("query", _QUERIES)
def test_no_row_of_another_workspace_is_read(many: Stage, query: str) -> None:
    assert _rows_read(many, query, many.workspace_id) == _rows_read(many, query, uuid4()) == 0
    assert _rows_read(many, query, many.elsewhere_id) > 0


def test_rows_are_read_if_no_index_begins_with_the_workspace(many: Stage) -> None:
    for index in many.database.rows(
        "select indexrelid::regclass::text as name from pg_index "
        "where indrelid = 'public.contacts'::regclass and not indisprimary"
    ):
        many.database.execute(f"drop index {index['name']}")
    many.database.execute("alter table public.contacts drop constraint contacts_pkey cascade")
    assert _rows_read(many, _QUERIES[0], many.workspace_id) > 1000


@pytest.fixture
def grown(many: Stage) -> Stage:
    """As the planner sees a large database; in a small one it takes any index of the workspace."""
    with many.database.connect("supabase_admin") as connection:
        connection.execute("update pg_class set reltuples = 1000000 where reltuples >= 3000")
    return many


def _rows_of_a_list(stage: Stage, what: str) -> int:
    query = f"select * from public.{what.format('workspace_id = %(w)s')}"
    return _rows_read(stage, query, stage.workspace_id, "spare")


@pytest.mark.parametrize("what", _LISTS)
def test_no_more_is_read_than_is_shown(grown: Stage, what: str) -> None:
    assert _rows_of_a_list(grown, what) <= 60


def test_workspace_is_read_whole_if_a_list_asks_for_the_moment_and_not_the_flag(grown: Stage) -> None:
    assert _rows_of_a_list(grown, _LISTS[0].replace("not is_trashed", "trashed_at is null")) > 3000


def test_address_is_looked_up_by_its_index(grown: Stage) -> None:
    query = "select * from public.contact_addresses where workspace_id = %(w)s and address = 'contact7@example.com'"
    (scan,) = _scans(_plan(grown, query, grown.workspace_id, "spare"))
    assert (scan["Index Name"], scan["Actual Rows"]) == ("contact_addresses_address", 1)
    assert "address" in scan["Index Cond"]
