"""A header says which column is what, by its names or by the user's mapping; what it leaves open is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.lists.scene import Scene

_KNOWN = [
    ("full_name", "full_name"), ("Name", "full_name"), ("FULL NAME", "full_name"), (" first-name ", "first_name"),
    ("Last Name", "last_name"), ("Job title", "job_title"), ("company", "company"), ("Lifecycle", "lifecycle"),
    ("language", "language"), ("Time zone", "time_zone"), ("tags", "tags"), ("description", "description"),
    ("E-Mail", "email"), ("email_1", "email"), ("email_2", "email_2"), ("Phone 12", "phone_12"),
    ("size", "attributes.size"), ("attributes.size", "attributes.size"), ("attributes.email", "attributes.email"),
]  # fmt: skip
_UNKNOWN = ["Shoe size", "email_0", "email_100", "phones", "owner_id", "id", "attributes.colour", ""]


def _header(scene: Scene, *names: str, **arguments: Any) -> list[dict[str, Any]]:
    rows = ",".join(names) + "\n" + ",".join("x" for _ in names) + "\n"
    report = scene.check(rows, **arguments)
    scene.call("cancel_import", import_id=report["import_id"])
    header: Any = report["header"]
    return header


@pytest.mark.parametrize(("name", "column"), _KNOWN)
def test_name_of_a_column_is_understood(scene: Scene, name: str, column: str) -> None:
    scene.define("size", "text")
    scene.define("email", "text")
    others = [] if column in ("full_name", "first_name") else ["name"]
    assert _header(scene, name, *others)[0] == {"name": name, "column": column}


@pytest.mark.parametrize("name", _UNKNOWN)
def test_unknown_column_is_shown_and_ignored(scene: Scene, name: str) -> None:
    assert _header(scene, "name", name, "email") == [
        {"name": "name", "column": "full_name"},
        {"name": name, "column": None},
        {"name": "email", "column": "email"},
    ]


def test_mapping_says_otherwise(scene: Scene) -> None:
    mapping = {"Nom": "full_name", "Courriel": "email", "email": None}
    header = _header(scene, "Nom", "Courriel", "email", "phone", mapping=mapping)
    assert [column["column"] for column in header] == ["full_name", "email", None, "phone"]


@pytest.mark.parametrize("mapping", [{"Nom": "shoe_size"}, {"Nom": "id"}, {"Nom": 7}])
def test_mapping_to_what_contacts_do_not_have_is_refused(scene: Scene, mapping: dict[str, object]) -> None:
    refused = scene.refused(
        "begin_import", workspace_id=scene.workspace_id, source="event", lawful_basis="consent", file_name="a.csv",
        mapping=mapping,
    )  # fmt: skip
    assert (refused.code, refused.status) == ("mapping_is_unknown", 422)


@pytest.mark.parametrize(
    ("header", "code", "details"),
    [
        ("name,email,email", "header_repeats", "2, 3"),
        ("name,Shoe size,shoe size", "header_repeats", "2, 3"),
        ("full_name,email,Name", "header_repeats", "1, 3"),
        ("name,email,email_1", "header_repeats", "2, 3"),
        ("email,phone", "name_column_missing", None),
        ("Ada Lovelace,ada@example.com", "name_column_missing", None),
        ("name,Pr\ufffdnom", "encoding_is_damaged", None),
        ("name," + ",".join(f"c{number}" for number in range(300)), "too_many_columns", "300"),
    ],
    ids=["alike", "alike_unknown", "alike_by_meaning", "alike_by_number", "no_name", "no_header", "damaged", "many"],
)
def test_header_that_leaves_something_open_is_refused(scene: Scene, header: str, code: str, details: str) -> None:
    import_id = scene.begin()
    refused = scene.refused("add_import_part", import_id=import_id, part_number=1, content=header + "\nx,x,x\n")
    # The places of columns and never their names: without a header, those are somebody's data.
    assert (refused.code, refused.status, refused.details) == (code, 422, details)
    assert scene.rows("select part_count, header from public.imports where id = %(id)s", id=import_id) == [
        {"part_count": 0, "header": []}
    ]


def test_empty_names_are_not_alike(scene: Scene) -> None:
    assert [column["column"] for column in _header(scene, "name", "", "", "")] == ["full_name", None, None, None]


def test_fields_of_another_workspace_are_unknown(scene: Scene) -> None:
    scene.define("size", "text")
    report = scene.check("name,size\nAda,4\n", "stranger", workspace_id=scene.elsewhere_id)
    assert report["header"][1] == {"name": "size", "column": None}
