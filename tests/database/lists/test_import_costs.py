"""What a file costs grows with its size, whatever is in it: no file of a megabyte keeps the database busy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.database.lists.scene import HEADER, Scene
from tests.database.workspaces.calling import Answer, call_in

# Far above what it takes, some seconds at most, and far below what it takes if all lines pay for each other.
_SECONDS = 30


def _call(scene: Scene, function: str, **arguments: Any) -> Answer:
    with scene.acting_as("member") as connection:
        connection.execute(f"set local statement_timeout = '{_SECONDS}s'".encode())
        return call_in(connection, function, **arguments)


def _add(scene: Scene, content: str, import_id: UUID | None = None, number: int = 1) -> tuple[UUID, Answer]:
    import_id = import_id or scene.begin()
    return import_id, _call(scene, "add_import_part", import_id=import_id, part_number=number, content=content)


def test_empty_lines_above_the_header_cost_next_to_nothing(scene: Scene) -> None:
    blank = "\n" * 200_000 + " \t\n" * 30_000
    import_id, answer = _add(scene, f"{blank}\tname\n,Ada\n\tAda\n")
    assert answer["row_count"] == 2
    lines = scene.rows("select line_number, full_name from public.import_rows where import_id = %(id)s", id=import_id)
    assert lines == [{"line_number": 230_002, "full_name": None}, {"line_number": 230_003, "full_name": "Ada"}]
    assert scene.rows("select header from public.imports where id = %(id)s", id=import_id) == [
        {"header": [{"name": "", "column": None}, {"name": "name", "column": "full_name"}]}
    ]


def test_part_of_empty_lines_leaves_the_header_for_the_next(scene: Scene) -> None:
    import_id, answer = _add(scene, "\n" * 100_000)
    assert answer["row_count"] == 0
    _add(scene, " \n\nname\nAda\n", import_id, 2)
    assert scene.rows("select line_number from public.import_rows where import_id = %(id)s", id=import_id) == [
        {"line_number": 100_004}
    ]


def test_zones_that_all_differ_are_not_searched_for_in_each_other(scene: Scene) -> None:
    import_id, answer = _add(scene, "name,time_zone\n" + "".join(f"Ada,B{number}\n" for number in range(40_000)))
    assert answer["row_count"] == 40_000
    unknown = (
        "select count(*) as it from public.import_problems where import_id = %(id)s and code = 'unknown_time_zone'"
    )
    assert scene.rows(unknown, id=import_id) == [{"it": 40_000}]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_part_of_more_than_fifty_thousand_rows_is_refused(scene: Scene, end: str) -> None:
    import_id = scene.upload(HEADER)
    row = f"a{end}"
    refused = scene.refused("add_import_part", import_id=import_id, part_number=2, content=row * 50_001)
    assert (refused.code, refused.status, refused.details) == ("part_too_large", 413, "50000")
    assert scene.rows("select part_count, row_count from public.imports where id = %(id)s", id=import_id) == [
        {"part_count": 1, "row_count": 0}
    ]
    # Lines without anything in them are no rows.
    _, answer = _add(scene, row * 50_000 + f" ,\t{end}" * 50_000, import_id, 2)
    assert answer["row_count"] == 50_000


def test_rows_that_all_name_one_address_are_not_searched_for_in_each_other(scene: Scene) -> None:
    import_id, _ = _add(scene, "name,email\n" + "Ada,ada@example.com\n" * 40_000)
    assert _call(scene, "check_import", import_id=import_id)["problems"] == {"duplicate_in_file": 39_999}
    assert _call(scene, "commit_import", import_id=import_id, only_good_rows=True)["imported_count"] == 1


def test_rows_that_a_field_takes_no_more_are_not_searched_for_in_each_other(scene: Scene) -> None:
    scene.define("tier", "choice", ["gold", "tin"])
    import_id, _ = _add(scene, "name,tier\n" + "Ada,gold\n" * 40_000 + "Grace,tin\n")
    scene.rows(
        "update public.attribute_definitions set choices = '{tin}' where workspace_id = %(id)s",
        "owner", id=scene.workspace_id,
    )  # fmt: skip
    # Once without and once with what the first check noted.
    for _ in range(2):
        report = _call(scene, "check_import", import_id=import_id)
        assert report["problems"] == {"attribute_is_not_of_its_kind": 40_000}
    assert _call(scene, "commit_import", import_id=import_id, only_good_rows=True)["imported_count"] == 1
