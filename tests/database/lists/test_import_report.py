"""A check says what is wrong in which line and column, and imports nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard
from tests.databases import Database

_WRONG = [
    ("email", "nobody", "bad_email"),
    ("email", "a@b", "bad_email"),
    ("email", "a b@example.com", "bad_email"),
    ("email", "x" * 250 + "@example.com", "bad_email"),
    ("email", "x" * 70 + "@example.com", "bad_email"),
    ("email_2", "@example.com", "bad_email"),
    ("phone", "6135550142", "bad_phone"),
    ("phone", "+0613555", "bad_phone"),
    ("phone_2", "call me", "bad_phone"),
    ("phone", "+1613555014212345", "bad_phone"),
    ("full_name", "x" * 201, "too_long"),
    ("full_name", "  ", "name_missing"),
    ("full_name", "\u202eevil", "does_not_show"),
    ("company", "Bell\u0007", "does_not_show"),
    ("job_title", "x" * 201, "too_long"),
    ("company", "x" * 201, "too_long"),
    ("description", "x" * 10_001, "too_long"),
    ("tags", ";".join(f"t{number}" for number in range(51)), "too_many_tags"),
    ("tags", "x" * 2501, "too_long"),
    ("lifecycle", "friend", "unknown_lifecycle"),
    ("language", "english", "unknown_language"),
    ("time_zone", "Mars/Olympus", "unknown_time_zone"),
    ("time_zone", "XYZ5", "unknown_time_zone"),
    ("attributes.size", "many", "attribute_is_not_of_its_kind"),
    ("attributes.size", "1e400", "attribute_is_not_of_its_kind"),
    ("attributes.size", "1" * 16, "attribute_is_not_of_its_kind"),
    ("attributes.since", "2026-02-30", "attribute_is_not_of_its_kind"),
    ("attributes.since", "yesterday", "attribute_is_not_of_its_kind"),
    ("attributes.tier", "lead", "attribute_is_not_of_its_kind"),
    ("attributes.note", "x" * 2001, "attribute_is_not_of_its_kind"),
    ("job_title", "Caf\ufffd", "bad_encoding"),
]
_RIGHT = [
    ("email", " Ada@Example.COM ", "ada@example.com"),
    ("phone", "+1 (613) 555-0142", "+16135550142"),
    ("phone", "00 49 30 901820", "+4930901820"),
    ("phone", "\u00a0+1\u00a0613 555 0142\u00a0", "+16135550142"),
    ("email", "\u00a0ada@example.com \u00a0", "ada@example.com"),
    ("lifecycle", "Former customer", "former_customer"),
    ("language", "fr-CA", "fr-CA"),
    ("time_zone", "America/Toronto", "America/Toronto"),
    ("tags", " vip ;; north ;a\\;b", ["vip", "north", "a;b"]),
    ("attributes.size", "-4.5", {"size": -4.5}),
    ("attributes.since", "2026-02-28", {"since": "2026-02-28"}),
    ("attributes.tier", "gold", {"tier": "gold"}),
]


def _file(scene: Scene, column: str, cell: str) -> str:
    for key, kind, choices in (("size", "number", None), ("since", "date", None), ("note", "text", None),
                               ("tier", "choice", ["gold", "tin"])):  # fmt: skip
        scene.define(key, kind, choices)
    return f"{column}\n{cell}\n" if column == "full_name" else f"name,{column}\nAda,{cell}\n"


@pytest.mark.parametrize(
    ("column", "cell", "code"), _WRONG, ids=[f"{column}-{code}-{len(cell)}" for column, cell, code in _WRONG]
)
def test_wrong_cell_is_reported(scene: Scene, column: str, cell: str, code: str) -> None:
    text = _file(scene, column, cell)
    report = scene.check(text if cell.strip() else "name,email\n,a@example.com\n")
    assert (report["row_count"], report["bad_count"], report["good_count"]) == (1, 1, 0)
    assert report["problems"] == {code: 1}
    assert scene.problems(report["import_id"]) == [(2, column, code)]
    assert scene.contacts() == []
    assert scene.refused("commit_import", import_id=report["import_id"]).code == "import_has_problems"
    assert (
        scene.refused("commit_import", import_id=report["import_id"], only_good_rows=True).code
        == "import_has_no_good_rows"
    )


@pytest.mark.parametrize(("column", "cell", "value"), _RIGHT)
def test_right_cell_is_understood(scene: Scene, column: str, cell: str, value: object) -> None:
    _, report = scene.imported(_file(scene, column, cell))
    assert report["problems"] == {}
    (contact,) = scene.contacts()
    found = contact["addresses"][0] if column in ("email", "phone") else contact[column.split(".", maxsplit=1)[0]]
    assert found == value


@pytest.mark.parametrize("row", ["Ada", "Ada,ada@example.com,+16135550142,more"])
def test_row_with_other_cells_than_the_header_is_reported_and_not_read(scene: Scene, row: str) -> None:
    report = scene.check(f"{HEADER}{row}\n{GRACE}")
    assert scene.problems(report["import_id"]) == [(2, "*", "ragged_row")]


def test_zone_of_a_row_with_other_cells_than_the_header_is_not_looked_up(scene: Scene) -> None:
    report = scene.check("name,time_zone\nAda,Mars/Olympus,more\nGrace,Mars/Olympus\nMary,Mars/Olympus\n")
    assert scene.problems(report["import_id"]) == [
        (2, "*", "ragged_row"),
        (3, "time_zone", "unknown_time_zone"),
        (4, "time_zone", "unknown_time_zone"),
    ]


def test_row_that_is_wrong_twice_is_one_bad_row(scene: Scene) -> None:
    report = scene.check("name,email,phone\n,nobody,call me\n" + GRACE)
    assert (report["bad_count"], report["good_count"]) == (1, 1)
    assert [code for *_, code in scene.problems(report["import_id"])] == ["bad_email", "name_missing", "bad_phone"]


def test_first_and_last_name_make_a_name_and_a_whole_name_wins(scene: Scene) -> None:
    scene.imported("first_name,last_name\nAda,Lovelace\nGrace,\n,Curie\n")
    scene.imported("full_name,first_name,last_name\nMary Shelley,M,S\n,Olga,Ivanova\n")
    names = [contact["full_name"] for contact in scene.contacts()]
    assert names == ["Ada Lovelace", "Curie", "Grace", "Mary Shelley", "Olga Ivanova"]


def test_same_address_in_two_rows_is_a_duplicate_of_the_first(scene: Scene) -> None:
    report = scene.check(HEADER + ADA + "Countess,ADA@example.com,\n" + GRACE + "Amazing,,+1 613 555 0143\n")
    assert scene.problems(report["import_id"]) == [(3, "email", "duplicate_in_file"), (5, "phone", "duplicate_in_file")]


def test_row_that_is_wrong_makes_no_duplicate_of_a_right_one(scene: Scene) -> None:
    report = scene.check(HEADER + "Ada,ada@example.com,nonsense\n" + ADA)
    assert scene.problems(report["import_id"]) == [(2, "phone", "bad_phone")]


def test_address_that_stands_twice_in_its_row_is_no_duplicate(scene: Scene) -> None:
    _, report = scene.imported("name,email,email_2\nAda,ada@example.com,ADA@example.com\n")
    assert (report["imported_count"], scene.contacts()[0]["addresses"]) == (1, ["ada@example.com"])


def test_address_of_a_contact_is_a_duplicate_unless_the_contact_lies_in_the_trash(scene: Scene) -> None:
    scene.add_contact("Ada", "ada@example.com")
    trashed = scene.add_contact("Grace", "+16135550143")
    scene.rows("update public.contacts set trashed_at = now() where id = %(id)s", id=trashed)
    report = scene.check(HEADER + ADA + GRACE)
    assert scene.problems(report["import_id"]) == [(2, "email", "duplicate_of_contact")]


def test_address_of_another_workspaces_contact_is_none(scene: Scene) -> None:
    scene.imported(HEADER + ADA, "stranger", workspace_id=scene.elsewhere_id)
    assert scene.check(HEADER + ADA)["problems"] == {}


def test_check_may_be_repeated_and_sees_what_was_corrected_meanwhile(scene: Scene) -> None:
    contact = scene.add_contact("Ada", "ada@example.com")
    import_id = scene.check(HEADER + ADA)["import_id"]
    scene.rows("delete from public.contact_addresses where contact_id = %(id)s", id=contact)
    assert scene.call("check_import", import_id=import_id)["problems"] == {}


def test_rows_and_report_are_seen_by_whoever_uploads_alone(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA + "Grace,nobody,\n")["import_id"]
    for table in ("import_rows", "import_problems"):
        seen = {
            who: len(scene.rows(f"select line_number from public.{table} where import_id = %(id)s", who, id=import_id))
            for who in scene.people
        }
        assert seen == {"owner": 0, "admin": 0, "member": 2 if table == "import_rows" else 1, "stranger": 0}
    assert len(scene.rows("select id from public.imports where id = %(id)s", "admin", id=import_id)) == 1
    assert scene.rows("select id from public.imports where id = %(id)s", "stranger", id=import_id) == []


def test_row_would_be_seen_by_a_teammate_without_its_policy(own_scene: Scene) -> None:
    own_scene.check(HEADER + ADA)
    own_scene.database.execute("alter table public.import_rows disable row level security")
    assert own_scene.rows("select full_name from public.import_rows", "admin") == [{"full_name": "Ada Lovelace"}]


_LOOKED_UP = "and exists (\n        select from public.contact_addresses"


@pytest.mark.parametrize(
    ("guard", "instead", "test"),
    [
        (
            _LOOKED_UP,
            _LOOKED_UP.replace("and", "and false and", 1),
            test_address_of_a_contact_is_a_duplicate_unless_the_contact_lies_in_the_trash,
        ),
        (
            "addresses.workspace_id = p_workspace_id and addresses.address",
            "addresses.address",
            test_address_of_another_workspaces_contact_is_none,
        ),
        (
            "filter (where not exists (",
            "filter (where true or not exists (",
            test_row_that_is_wrong_makes_no_duplicate_of_a_right_one,
        ),
    ],
    ids=["not_looked_up", "any_workspace", "wrong_rows_count"],
)
def test_check_without_its_guard_is_noticed(
    own_scene: Scene, guard: str, instead: str, test: Callable[[Scene], None]
) -> None:
    remove_guard(own_scene.database, "private.find_import_duplicates(uuid,uuid)", guard, instead)
    with pytest.raises(AssertionError):
        test(own_scene)


def test_every_code_of_the_report_is_tried(database: Database) -> None:
    tried = {code for *_, code in _WRONG} | {"ragged_row", "duplicate_in_file", "duplicate_of_contact"}
    constraint = database.value(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'problem_is_known'"
    )
    assert tried == {
        word for word in constraint.split("'") if word.replace("_", "").isalpha() and word not in ("text",)
    }
