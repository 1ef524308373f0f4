"""Who and what made a record, and who changed it last, is set by the database: nobody can say otherwise."""

from __future__ import annotations

import pytest

from tests.database.records.writing import attempt, held, write
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.cells import NEW, SET, parameters
from tests.database.workspaces.stage import Stage
from tests.personas import acting_as

_STAMPS = "created_by, created_at, updated_by, updated_at, made_by, version"
_WRITABLE = """
select classes.relname || '.' || columns.attname as it
from pg_class as classes
inner join pg_attribute as columns on columns.attrelid = classes.oid
inner join pg_trigger as triggers on triggers.tgrelid = classes.oid and triggers.tgname = 'stamp_record'
where (
    columns.attname in ('made_by', 'created_by', 'created_at', 'updated_by', 'updated_at')
    and has_column_privilege('authenticated', classes.oid, columns.attnum, 'insert, update')
    or columns.attname = 'version' and has_column_privilege('authenticated', classes.oid, columns.attnum, 'insert')
)
"""


def test_no_client_may_write_a_stamp(stage: Stage) -> None:
    assert stage.database.rows(_WRITABLE) == []


def test_right_to_write_a_stamp_is_found(own_stage: Stage) -> None:
    own_stage.database.execute("grant insert (created_by) on public.companies to authenticated")
    assert own_stage.database.rows(_WRITABLE) == [{"it": "companies.created_by"}]


@pytest.mark.parametrize("table", NEW)
def test_new_record_says_who_made_it(stage: Stage, table: str) -> None:
    owner = stage.id("owner")
    (row,) = attempt(stage, "owner", f"insert into public.{table} {NEW[table]} returning {_STAMPS}")
    assert (row["created_by"], row["updated_by"], row["made_by"], row["version"]) == (owner, owner, "user", 1)
    assert row["created_at"] == row["updated_at"]


@pytest.mark.parametrize("column", ["created_by", "made_by", "created_at", "version", "import_id"])
def test_forged_stamp_is_refused(stage: Stage, column: str) -> None:
    value = {"created_by": stage.id("owner"), "made_by": "automation", "created_at": "2020-01-01", "version": 9}
    with pytest.raises(Refused, match="42501"):
        attempt(
            stage, "member", f"insert into public.contacts (workspace_id, full_name, {column}) "
            "values (%(workspace)s, 'Forged', %(value)s)", value=value.get(column, stage.workspace_id),
        )  # fmt: skip


@pytest.mark.parametrize("table", [table for table in NEW if table != "activity_attendees"])
def test_changed_record_says_who_changed_it_last_and_still_who_made_it(stage: Stage, table: str) -> None:
    name = {"companies": "company", "contact_addresses": "contact_address", "activities": "activity"}.get(
        table, table[:-1]
    )
    before = held(stage, table, name, _STAMPS)
    (row,) = attempt(
        stage, "admin", f"update public.{table} set {SET[table]} where id = %({name})s returning {_STAMPS}"
    )
    assert (row["updated_by"], row["version"]) == (stage.id("admin"), before["version"] + 1)
    assert row["updated_at"] > before["updated_at"]
    kept = ("created_by", "created_at", "made_by")
    assert [row[column] for column in kept] == [before[column] for column in kept]


def test_stamps_cannot_be_moved_by_whoever_writes_past_the_rights(own_stage: Stage) -> None:
    before = held(own_stage, "contacts", "contact", "created_by, created_at, made_by")
    own_stage.database.execute(
        "update public.contacts set created_by = %s, created_at = '2020-01-01', made_by = 'form' where id = %s",
        (own_stage.id("member"), own_stage.records["contact"]),
    )
    assert held(own_stage, "contacts", "contact", "created_by, created_at, made_by") == before


@pytest.mark.parametrize("maker", ["voice_agent", "automation", "import", "form"])
def test_record_says_what_made_it_if_a_function_of_ours_does(stage: Stage, maker: str) -> None:
    with stage.database.connection.transaction(force_rollback=True):
        stage.database.execute("select set_config('cxtrack.made_by', %s, true)", (maker,))
        with acting_as(stage.database, stage.persona("member")) as connection:
            connection.execute("select set_config('cxtrack.made_by', %s, true)", (maker,))
            row = connection.execute(
                f"insert into public.contacts {NEW['contacts']} returning made_by, created_by".encode(),
                parameters(stage),
            ).fetchone()
            connection.execute("rollback")
    assert row == {"made_by": maker, "created_by": stage.id("member")}


def test_change_that_is_nobodys_doing_is_in_nobodys_name(own_stage: Stage) -> None:
    write(own_stage, "member", "update public.contacts set job_title = 'Baker' where id = %(contact)s")
    own_stage.database.execute("delete from public.companies where id = %s", (own_stage.records["company"],))
    row = held(own_stage, "contacts", "contact", "company_id, updated_by, version")
    assert row == {"company_id": None, "updated_by": None, "version": 3}
