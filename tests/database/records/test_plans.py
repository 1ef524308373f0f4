"""Nor does the time that an answer takes tell of another workspace: none of its rows is read on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.database.workspaces.stage import Stage
from tests.personas import acting_as

_QUERIES = [
    "select count(*) from public.contacts where workspace_id = %(w)s",
    "select id from public.contacts where workspace_id = %(w)s and trashed_at is null "
    "order by created_at desc limit 50",
    "select id from public.contacts where workspace_id = %(w)s and full_name = 'Contact 7'",
    "select id from public.activities where workspace_id = %(w)s and trashed_at is null and done_at is null "
    "order by starts_at limit 50",
    "select count(*) from public.record_changes where workspace_id = %(w)s",
    "update public.contacts set job_title = 'Changed' where workspace_id = %(w)s",
    "delete from public.contacts where workspace_id = %(w)s",
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
    own_stage.database.execute("vacuum analyze")
    return own_stage


def _scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in plan and plan["Node Type"] != "ModifyTable":
        yield plan
    for below in plan.get("Plans", []):
        yield from _scans(below)


def _rows_read(stage: Stage, query: str, workspace_id: Any) -> int:
    """How many rows of tables a stranger's query looked at."""
    with acting_as(stage.database, stage.persona("stranger")) as connection:
        row = connection.execute(f"explain (analyze, format json) {query}".encode(), {"w": workspace_id}).fetchone()
        connection.execute("rollback")
    assert row is not None
    looked_at = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck", "Heap Fetches")
    scans = list(_scans(row["QUERY PLAN"][0]["Plan"]))
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
