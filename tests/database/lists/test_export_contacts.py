"""Owners and admins take contacts out as a file that no spreadsheet calculates; each time is on record."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.database.lists.scene import ADA, FULL_WIDTH, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard

_FORMULAS = ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1", "'=1", "''=1", *(f"{sign}1" for sign in FULL_WIDTH)]


def _export(scene: Scene, who: str = "owner", **filters: Any) -> list[dict[str, str]]:
    text = scene.call("export_contacts", who, workspace_id=scene.workspace_id, filter=filters)["row"]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _names(rows: list[dict[str, str]]) -> list[str]:
    return [row["full_name"] for row in rows]


def test_file_holds_what_a_list_can_hold(scene: Scene) -> None:
    scene.define("tier", "choice", ["gold"])
    scene.define("email", "text")
    scene.imported(
        "name,email,email_2,phone,company,tags,description,tier,attributes.email\n"
        'Ada,ada@example.com,a@example.com,+16135550142,"Engines, Ltd",vip;a\\;b,"Said ""hi"",\nleft",gold,none\n'
        "Grace,,,,,,,,\n"
    )
    text = scene.call("export_contacts", "admin", workspace_id=scene.workspace_id)["row"]
    assert text == (
        "full_name,job_title,company,lifecycle,email,email_2,phone,language,time_zone,tags,description,"
        "attributes.email,tier\r\n"
        'Ada,,"Engines, Ltd",lead,ada@example.com,a@example.com,\'+16135550142,,,vip;a\\;b,'
        '"Said ""hi"",\nleft",none,gold\r\n'
        "Grace,,,lead,,,,,,,,,\r\n"
    )


def _cells_of_any_spreadsheet(text: str) -> list[str]:
    """The cells where lines and cells are cut whatever the quotes say, as some do; commas alone are of the file."""
    pessimist = [cell for line in text.splitlines() for mark in ";\t" for cell in line.split(mark)]
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row] + pessimist


@pytest.mark.parametrize("formula", _FORMULAS)
def test_apostrophe_stands_before_what_a_spreadsheet_would_calculate(scene: Scene, formula: str) -> None:
    scene.define("note", "text")
    for before in ("", "a;", "a\t", "a\n", ";;"):
        cell = before + formula
        # A name is one line.
        name = "".join(each for each in cell if each.isprintable())
        scene.add_contact(name, job_title=cell, description=cell, tags=["a", cell])
    scene.rows("update public.contacts set attributes = jsonb_build_object('note', description)")
    text = str(scene.call("export_contacts", "owner", workspace_id=scene.workspace_id, filter={})["row"])
    assert text.count("lead") == 5
    assert [cell for cell in _cells_of_any_spreadsheet(text) if cell.lstrip('"')[:1] in {*"=+-@", *FULL_WIDTH}] == []


@pytest.mark.parametrize(
    ("guard", "without"), [("then '''' || held.cell", "then held.cell"), (r"e'\\1''\\2'", r"e'\\1\\2'")]
)
def test_cell_would_be_calculated_without_its_guard(own_scene: Scene, guard: str, without: str) -> None:
    remove_guard(own_scene.database, "private.csv_line(text[])", guard, without)
    with pytest.raises(AssertionError, match="=1"):
        test_apostrophe_stands_before_what_a_spreadsheet_would_calculate(own_scene, "=1+1")


def test_each_field_of_the_filter_filters(scene: Scene) -> None:
    owner = scene.people["owner"].id
    company = scene.rows(
        "insert into public.companies (workspace_id, name) values (%(id)s, 'Navy') returning id", id=scene.workspace_id
    )[0]["id"]
    scene.add_contact("Ada Lovelace", lifecycle="customer", tags=["vip", "math"])
    scene.add_contact("Grace Hopper", company_id=company, owner_id=owner)
    trashed = scene.add_contact("Mary Shelley")
    scene.rows("update public.contacts set trashed_at = now() where id = %(id)s", id=trashed)
    (grace,) = scene.rows(
        "select created_at from public.contacts where full_name = 'Grace Hopper' and workspace_id = %(id)s",
        id=scene.workspace_id,
    )
    since = grace["created_at"].isoformat()
    assert _names(_export(scene)) == ["Ada Lovelace", "Grace Hopper"]
    for filters, names in (
        ({"lifecycle": "customer"}, ["Ada Lovelace"]),
        ({"tag": "math"}, ["Ada Lovelace"]),
        ({"company_id": str(company)}, ["Grace Hopper"]),
        ({"owner_id": str(owner)}, ["Grace Hopper"]),
        ({"created_from": since}, ["Grace Hopper"]),
        ({"created_until": since}, ["Ada Lovelace"]),
        ({"query": "hopper grace"}, ["Grace Hopper"]),
        ({"query": "LOVEL"}, ["Ada Lovelace"]),
        ({"query": "%"}, []),
        ({"lifecycle": "lead", "tag": "math"}, []),
    ):
        assert _names(_export(scene, **filters)) == names, filters
    records = scene.rows(
        "select filter_fields, contact_count, exported_by from public.list_exports where workspace_id = %(id)s "
        "order by exported_at",
        id=scene.workspace_id,
    )
    assert [(row["filter_fields"], row["contact_count"]) for row in records][:3] == [
        ([], 2),
        (["lifecycle"], 1),
        (["tag"], 1),
    ]
    assert records[-1]["filter_fields"] == ["lifecycle", "tag"]
    assert {row["exported_by"] for row in records} == {owner}


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"full_name": "Ada"}, "full_name"), ({"lifecycle": "friend"}, "lifecycle"), ({"owner_id": "me"}, "owner_id"),
        ({"company_id": 7}, "company_id"), ({"tag": ["vip"]}, "tag"), ({"created_from": "once"}, "created_from"),
        ({"query": "x" * 201}, "query"), ({"tag": None}, "tag"),
    ],
)  # fmt: skip
def test_filter_that_is_wrong_is_refused_with_the_field(scene: Scene, filters: dict[str, Any], field: str) -> None:
    refused = scene.refused("export_contacts", "owner", workspace_id=scene.workspace_id, filter=filters)
    assert (refused.code, refused.status, refused.details) == ("filter_is_wrong", 422, field)
    assert scene.rows("select id from public.list_exports where workspace_id = %(id)s", id=scene.workspace_id) == []


@pytest.mark.parametrize(
    ("who", "code", "status"), [("member", "role_too_low", 403), ("stranger", "workspace_not_found", 404)]
)
def test_nobody_else_takes_contacts_out(scene: Scene, who: str, code: str, status: int) -> None:
    refused = scene.refused("export_contacts", who, workspace_id=scene.workspace_id)
    assert (refused.code, refused.status) == (code, status)


def test_contacts_of_other_workspaces_are_not_in_it(scene: Scene) -> None:
    scene.imported(HEADER + ADA, "stranger", workspace_id=scene.elsewhere_id)
    assert _export(scene) == []


def test_more_contacts_than_a_file_holds_are_refused(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.export_contacts(uuid,jsonb)", "v_most bigint := 100000", "v_most bigint := 1"
    )
    own_scene.imported(HEADER + ADA)
    assert len(_export(own_scene)) == 1
    own_scene.imported(HEADER + GRACE)
    refused = own_scene.refused("export_contacts", "owner", workspace_id=own_scene.workspace_id)
    assert (refused.code, refused.status) == ("export_too_large", 413)


def test_record_goes_after_thirteen_months_and_outlives_the_account(own_scene: Scene) -> None:
    _export(own_scene, "admin")
    own_scene.database.execute("delete from auth.users where id = %s", (own_scene.people["admin"].id,))
    record = "select exported_by from public.list_exports"
    assert own_scene.rows(record) == [{"exported_by": None}]
    for age, left in (("12 months", 1), ("14 months", 0)):
        own_scene.database.execute("update public.list_exports set exported_at = now() - %s::interval", (age,))
        own_scene.database.value("select private.expire_list_exports()")
        assert len(own_scene.rows(record)) == left


def test_import_of_an_export_gives_the_same_contacts(scene: Scene) -> None:
    for key, kind in (
        ("note", "text"),
        ("size", "number"),
        ("since", "date"),
        ("email", "text"),
        ("first_name", "text"),
    ):
        scene.define(key, kind)
    scene.define("tier", "choice", ["gold", "a;b"])
    company = scene.rows(
        "insert into public.companies (workspace_id, name) values (%(id)s, '=Engines, \"Ltd\"') returning id",
        id=scene.workspace_id,
    )[0]["id"]
    scene.add_contact(
        'Ada "Countess" Lovelace', "ada@example.com", "countess@example.com", "+16135550142", "+441632960001",
        job_title="-Analyst, first", company_id=company, lifecycle="customer", language="en-GB",
        time_zone="Europe/London", description='Said "hi",\nthen left;\t\'=1\n',
        tags=["vip", "a;b", "c\\d", "\\", "=1", "a;=1", "'=1", "a;'=1"],
    )  # fmt: skip
    scene.rows(
        "update public.contacts set attributes = %(held)s::jsonb where workspace_id = %(id)s", id=scene.workspace_id,
        held='{"note": " =x\\n\\"y\\" ", "size": -4.50, "since": "2026-02-28", "tier": "a;b", "email": "none", '
        '"first_name": "A"}',
    )  # fmt: skip
    for number, formula in enumerate([formula for formula in _FORMULAS if "\r" not in formula]):
        scene.add_contact(f"{formula.strip()} {number}", description=f"{formula};{formula}\n{formula}\t{formula}")
    before = scene.contacts()
    text = scene.call("export_contacts", "owner", workspace_id=scene.workspace_id)["row"]
    scene.database.execute("delete from public.contacts where workspace_id = %s", (scene.workspace_id,))
    _, report = scene.imported(str(text), size=100)
    assert (report["problems"], report["imported_count"]) == ({}, len(before))
    assert [column["name"] for column in report["header"] if column["column"] is None] == []
    assert scene.contacts() == before
