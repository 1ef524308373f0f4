"""What is deleted lies in the trash for 30 days, can be restored until then, and goes for good by admins or by time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.database.racing import race
from tests.database.records.writing import attempt, held, open_as, write
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.stage import Stage

_TABLES = {"companies": "company", "contacts": "contact", "deals": "deal", "activities": "activity"}
each_table = pytest.mark.parametrize(("table", "name"), _TABLES.items())


def _trash(stage: Stage, table: str, name: str, *, at: str = "now()") -> None:
    write(stage, "member", f"update public.{table} set trashed_at = {at} where id = %({name})s")


@each_table
@pytest.mark.parametrize("at", ["now()", "now() - interval '10 years'", "'2100-01-01'"])
def test_record_is_trashed_now_and_purged_in_30_days_whatever_was_sent(
    own_stage: Stage, table: str, name: str, at: str
) -> None:
    _trash(own_stage, table, name, at=at)
    row = held(
        own_stage, table, name, "purge_at - trashed_at as kept, abs(extract(epoch from now() - trashed_at)) < 60 as now"
    )
    assert row == {"kept": timedelta(days=30), "now": True}


@each_table
def test_purge_date_is_moved_by_nobody(own_stage: Stage, table: str, name: str) -> None:
    _trash(own_stage, table, name)
    before = held(own_stage, table, name, "trashed_at, purge_at")
    _trash(own_stage, table, name, at="now() + interval '1 year'")
    own_stage.database.execute(f"update public.{table} set purge_at = now() + interval '1 year'")
    with pytest.raises(Refused, match="42501"):
        write(own_stage, "owner", f"update public.{table} set purge_at = null where id = %({name})s")
    assert held(own_stage, table, name, "trashed_at, purge_at") == before


@each_table
def test_record_is_restored(own_stage: Stage, table: str, name: str) -> None:
    _trash(own_stage, table, name)
    write(own_stage, "member", f"update public.{table} set trashed_at = null where id = %({name})s")
    assert held(own_stage, table, name, "trashed_at, purge_at") == {"trashed_at": None, "purge_at": None}


@each_table
def test_record_goes_for_good_only_from_the_trash_and_only_by_admins(stage: Stage, table: str, name: str) -> None:
    assert attempt(stage, "owner", f"delete from public.{table} where id = %({name})s") == []
    assert attempt(stage, "member", f"delete from public.{table} where id = %(trashed_{name})s") == []
    assert attempt(stage, "admin", f"delete from public.{table} where id = %(trashed_{name})s") == [{"rowcount": 1}]


def _let_time_pass(stage: Stage, table: str, days: int) -> None:
    stage.database.execute(f"alter table public.{table} disable trigger stamp_trash")
    stage.database.execute(
        f"update public.{table} set trashed_at = trashed_at - %(d)s * interval '1 day', "
        "purge_at = purge_at - %(d)s * interval '1 day'",
        {"d": days},
    )
    stage.database.execute(f"alter table public.{table} enable trigger stamp_trash")


@each_table
def test_trash_is_emptied_of_what_is_due_and_of_nothing_else(own_stage: Stage, table: str, name: str) -> None:
    count = f"select count(*) from public.{table}"
    before = own_stage.database.value(count)
    _let_time_pass(own_stage, table, 29)
    assert own_stage.database.value("select private.empty_trash()") == 0
    _let_time_pass(own_stage, table, 1)
    assert own_stage.database.value("select private.empty_trash()") == 2, "one in each workspace"
    assert own_stage.database.value(count) == before - 2
    assert held(own_stage, table, name)


def test_restored_record_is_not_purged(own_stage: Stage) -> None:
    write(own_stage, "member", "update public.contacts set trashed_at = null where id = %(trashed_contact)s")
    _let_time_pass(own_stage, "contacts", 40)
    own_stage.database.value("select private.empty_trash()")
    assert held(own_stage, "contacts", "trashed_contact")


def _restore_meets_purge(stage: Stage) -> int:
    """Somebody restores a contact at the moment when it is due; gives how many such contacts are left."""
    _let_time_pass(stage, "contacts", 40)
    first, second = open_as(stage, "member"), stage.database.connect()
    name = stage.records["trashed_contact"]
    with first, second:
        race(
            stage.database,
            (first, lambda: first.execute("update public.contacts set trashed_at = null where id = %s", (name,))),
            (second, lambda: second.execute("select private.empty_trash()")),
        )
    return stage.database.value("select count(*) from public.contacts where id = %s", (name,))


def test_record_that_is_restored_while_it_is_purged_stays(own_stage: Stage) -> None:
    assert _restore_meets_purge(own_stage) == 1


def test_restored_record_is_lost_without_the_guard(own_stage: Stage) -> None:
    remove_guard(own_stage.database, "private.empty_trash()", " and records.purge_at <= pg_catalog.now()")
    assert _restore_meets_purge(own_stage) == 0
