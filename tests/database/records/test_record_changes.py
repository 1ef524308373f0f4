"""Who created and changed which record: names of fields and never values, 13 months, and gone with the person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.records.writing import write
from tests.database.workspaces.cells import NEW, SET
from tests.database.workspaces.stage import Stage

_WORD = "Confidential"


def _notes(stage: Stage, record: str, *tables: str) -> list[tuple[Any, ...]]:
    """What was noted about a record: table, operation, fields, who, what; in this order."""
    names = {stage.id(name): name for name in stage.people}
    rows = stage.database.rows(
        "select table_name, operation, fields, changed_by, made_by from public.record_changes "
        "where record_id = %s order by changed_at",
        (stage.records[record],),
    )
    return [
        (row["table_name"], row["operation"], row["fields"], names.get(row["changed_by"]), row["made_by"])
        for row in rows
        if not tables or row["table_name"] in tables
    ]


def test_change_is_noted_with_its_fields_and_its_author(own_stage: Stage) -> None:
    write(
        own_stage, "member", "update public.contacts set full_name = %(word)s, tags = array[%(word)s], "
        "lifecycle = 'customer', description = null, version = 1 where id = %(contact)s", word=_WORD,
    )  # fmt: skip
    write(own_stage, "admin", "update public.contacts set trashed_at = now() where id = %(contact)s")
    assert _notes(own_stage, "contact", "contacts") == [
        ("contacts", "insert", [], "owner", "user"),
        ("contacts", "update", ["converted_at", "full_name", "lifecycle", "tags"], "member", "user"),
        ("contacts", "update", ["trashed_at"], "admin", "user"),
    ]


def test_what_changed_nothing_is_not_noted(own_stage: Stage) -> None:
    before = _notes(own_stage, "contact")
    write(own_stage, "member", "update public.contacts set full_name = full_name where id = %(contact)s")
    assert _notes(own_stage, "contact") == before


def test_values_are_never_noted(own_stage: Stage) -> None:
    word = f"'{_WORD}'"
    write(
        own_stage, "member", f"update public.companies set name = {word}, tags = array[{word}] where id = %(company)s"
    )
    write(own_stage, "member", f"insert into public.companies (workspace_id, name) values (%(workspace)s, {word})")
    write(own_stage, "member", "update public.contact_addresses set address = 'confidential@example.com'")
    write(
        own_stage, "member", f"update public.activities set title = {word}, location = {word} where id = %(activity)s"
    )
    held = own_stage.database.value(
        "select count(*) from public.record_changes as t where t::text ilike '%%confidential%%'"
    )
    assert held == 0


_ABOUT = {
    "contact_addresses": "contact", "contact_permissions": "contact", "deal_contacts": "deal",
    "activity_attendees": "activity",
}  # fmt: skip


@pytest.mark.parametrize(("table", "record"), _ABOUT.items())
def test_what_hangs_on_a_record_is_noted_under_it(own_stage: Stage, table: str, record: str) -> None:
    write(own_stage, "member", f"insert into public.{table} {NEW[table]}")
    if table != "activity_attendees":
        write(own_stage, "admin", f"update public.{table} set {SET[table]} where id = %({table_name(table)})s")
    if table != "contact_permissions":
        write(own_stage, "member", f"delete from public.{table} where id = %({table_name(table)})s")
    noted = [(operation, who) for _, operation, _, who, _ in _notes(own_stage, record, table)]
    assert noted == [
        ("insert", "owner"),
        ("insert", "member"),
        *([("update", "admin")] if table != "activity_attendees" else []),
        *([("delete", "member")] if table != "contact_permissions" else []),
    ]


def table_name(table: str) -> str:
    """The stage's row of the table."""
    return "contact_address" if table == "contact_addresses" else table[:-1]


def test_nothing_that_was_noted_about_a_person_stays_once_they_are_gone(own_stage: Stage) -> None:
    write(own_stage, "member", "update public.contact_addresses set label = 'home'")
    write(own_stage, "member", "update public.contacts set trashed_at = now() where id = %(contact)s")
    assert len(_notes(own_stage, "contact")) >= 5
    write(own_stage, "admin", "delete from public.contacts where id = %(contact)s")
    assert _notes(own_stage, "contact") == []
    ids = [own_stage.records[name] for name in ("contact", "contact_address", "contact_permission")]
    left = own_stage.database.value(
        "select count(*) from public.record_changes as t where exists "
        "(select from unnest(%s::uuid[]) as id where t::text like '%%' || id || '%%')", (ids,),
    )  # fmt: skip
    assert left == 0
    # That somebody no longer takes part is a change of the deal.
    assert ("deal_contacts", "delete", [], "admin", "user") in _notes(own_stage, "deal")


def test_what_was_noted_about_a_deal_stays_if_a_contact_of_the_same_id_goes(own_stage: Stage) -> None:
    before = _notes(own_stage, "deal")
    assert before
    write(
        own_stage, "member", "insert into public.contacts (workspace_id, id, full_name) "
        "values (%(workspace)s, %(deal)s, 'X')",
    )  # fmt: skip
    write(own_stage, "admin", "update public.contacts set trashed_at = now() where id = %(deal)s")
    write(own_stage, "admin", "delete from public.contacts where id = %(deal)s")
    assert _notes(own_stage, "deal") == before


def test_record_that_goes_for_good_leaves_the_note_of_it(own_stage: Stage) -> None:
    write(own_stage, "admin", "delete from public.companies where id = %(trashed_company)s")
    assert _notes(own_stage, "trashed_company") == [
        ("companies", "insert", [], "owner", "user"),
        ("companies", "delete", [], "admin", "user"),
    ]


def test_what_time_does_is_noted_as_nobodys(own_stage: Stage) -> None:
    own_stage.database.execute("alter table public.companies disable trigger stamp_trash")
    own_stage.database.execute(
        "update public.companies set trashed_at = now() - interval '40 days', purge_at = now() where id = %s",
        (own_stage.records["company"],),
    )
    own_stage.database.value("select private.empty_trash()")
    assert _notes(own_stage, "company")[-1] == ("companies", "delete", [], None, "system")
    assert _notes(own_stage, "contact", "contacts")[-1] == ("contacts", "update", ["company_id"], None, "system")


def test_notes_go_after_thirteen_months(own_stage: Stage) -> None:
    count = "select count(*) from public.record_changes"
    before = own_stage.database.value(count)
    old, young = "interval '13 months 1 day'", "interval '12 months 27 days'"
    for record, age in (("company", old), ("deal", young)):
        own_stage.database.execute(
            f"update public.record_changes set changed_at = now() - {age} "
            "where record_id = %s and operation = 'insert'",
            (own_stage.records[record],),
        )
    assert own_stage.database.value("select private.expire_record_changes()") == 1
    assert own_stage.database.value(count) == before - 1
    assert own_stage.database.value("select count(*) from cron.job where jobname = 'expire-record-changes'") == 1


_UNNOTED = """
select (select relname from pg_class where oid = stamped.tgrelid) || ' ' || names.name as it
from pg_trigger as stamped
cross join (values ('log_insert'), ('log_update'), ('log_delete')) as names (name)
where stamped.tgname = 'stamp_record' and not exists (
    select from pg_trigger as triggers
    where triggers.tgrelid = stamped.tgrelid and triggers.tgname = names.name and triggers.tgenabled = 'O'
)
"""


def test_every_record_that_is_stamped_is_noted(stage: Stage) -> None:
    assert stage.database.rows(_UNNOTED) == []


def test_record_that_is_not_noted_is_found(own_stage: Stage) -> None:
    own_stage.database.execute("drop trigger log_delete on public.deals")
    assert own_stage.database.rows(_UNNOTED) == [{"it": "deals log_delete"}]


def test_everything_that_is_noted_under_a_contact_is_forgotten_with_it(stage: Stage) -> None:
    under = stage.database.rows(
        "select tgrelid::regclass::text as it from pg_trigger where tgname = 'log_insert' "
        "and encode(tgargs, 'escape') like 'contact_id%%' order by 1"
    )
    forgetting = stage.database.value("select prosrc from pg_proc where oid = 'private.log_delete()'::regprocedure")
    names = [row["it"].removeprefix("public.") for row in under]
    assert names == ["contact_addresses", "contact_permissions"]
    assert f"in ('contacts', {', '.join(repr(name) for name in names)})" in forgetting
