"""One call changes at most 1000 records: a forgotten filter changes none. What the database does is not limited."""

from __future__ import annotations

import pytest

from tests.database.records.writing import write
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.stage import Stage


@pytest.fixture
def many(own_stage: Stage) -> Stage:
    """A company with 1000 contacts more, of which one has 1001 addresses."""
    own_stage.database.execute(
        "insert into public.contacts (workspace_id, full_name, company_id, trashed_at) "
        "select %(w)s, 'Contact ' || n, %(c)s, now() from generate_series(1, 1000) as n",
        {"w": own_stage.workspace_id, "c": own_stage.records["company"]},
    )
    own_stage.database.execute(
        "insert into public.contact_addresses (workspace_id, contact_id, kind, address) "
        "select %s, %s, 'email', 'c' || n || '@example.com' from generate_series(1, 1001) as n",
        (own_stage.workspace_id, own_stage.records["trashed_contact"]),
    )
    return own_stage


_TOO_MANY = [
    "update public.contacts set job_title = 'Changed'",
    "update public.contacts set trashed_at = now()",
    "delete from public.contacts",
    "delete from public.contact_addresses",
    "update public.contact_addresses set label = 'changed' where workspace_id = %(workspace)s",
    "insert into public.companies (workspace_id, name) select %(workspace)s, 'New' from generate_series(1, 1001)",
]


@pytest.mark.parametrize("statement", _TOO_MANY)
def test_call_of_more_than_1000_records_changes_none(many: Stage, statement: str) -> None:
    table = statement.partition("public.")[2].split()[0]
    look = f"select md5(string_agg(t::text, '|' order by t.id)) from public.{table} as t"
    before = many.database.value(look)
    with pytest.raises(Refused) as refused:
        write(many, "owner", statement)
    assert (refused.value.code, refused.value.status, refused.value.details) == ("too_many_rows", 413, "1000")
    assert many.database.value(look) == before


@pytest.mark.parametrize(
    "statement",
    [
        "update public.contacts set job_title = 'Changed' where full_name like 'Contact %%'",
        "delete from public.contacts where full_name like 'Contact %%'",
        "insert into public.companies (workspace_id, name) select %(workspace)s, 'New' from generate_series(1, 1000)",
    ],
)
def test_call_of_1000_records_changes_all(many: Stage, statement: str) -> None:
    assert write(many, "owner", statement) == [{"rowcount": 1000}]


def test_call_is_not_limited_without_the_guard(many: Stage) -> None:
    many.database.execute("alter table public.contacts disable trigger limit_update")
    (changed,) = write(many, "owner", _TOO_MANY[0])
    assert changed["rowcount"] > 1000


def test_what_hangs_on_a_record_is_not_counted(many: Stage) -> None:
    assert write(many, "admin", "delete from public.contacts where id = %(trashed_contact)s") == [{"rowcount": 1}]
    write(many, "admin", "update public.companies set trashed_at = now() where id = %(company)s")
    assert write(many, "admin", "delete from public.companies where id = %(company)s") == [{"rowcount": 1}]
    assert many.database.value("select count(*) from public.contacts where company_id is not null") == 1, "elsewhere"


def test_workspace_with_many_records_goes_whole(many: Stage) -> None:
    many.database.execute("delete from public.workspaces where id = %s", (many.workspace_id,))
    tables = many.database.rows(
        "select classes.relname as name from pg_class as classes "
        "inner join pg_attribute as columns on columns.attrelid = classes.oid and columns.attname = 'workspace_id' "
        "where classes.relnamespace = 'public'::regnamespace and classes.relkind = 'r'"
    )
    assert len(tables) >= 15
    for table in tables:
        left = many.database.value(
            f"select count(*) from public.{table['name']} where workspace_id = %s", (many.workspace_id,)
        )
        assert left == 0, table["name"]
    assert many.database.value("select count(*) from public.deal_stage_changes") == 2, "those elsewhere"
