"""Parts of a file come in order and count once, however often they are sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard


def _add(scene: Scene, import_id: object, number: object, content: object) -> dict[str, object]:
    return scene.call("add_import_part", import_id=import_id, part_number=number, content=content)


def test_part_that_comes_again_changes_nothing(scene: Scene) -> None:
    import_id = scene.begin()
    first = _add(scene, import_id, 1, HEADER + ADA[:10])
    assert first == {"outcome": "taken", "part_count": 1, "row_count": 0}
    assert _add(scene, import_id, 1, HEADER + ADA[:10]) == {**first, "outcome": "taken_before"}
    second = _add(scene, import_id, 2, ADA[10:] + GRACE)
    assert second == {"outcome": "taken", "part_count": 2, "row_count": 2}
    for number, content in ((1, HEADER + ADA[:10]), (2, ADA[10:] + GRACE)):
        assert _add(scene, import_id, number, content) == {**second, "outcome": "taken_before"}
    assert scene.call("check_import", import_id=import_id)["row_count"] == 2


@pytest.mark.parametrize(("number", "content"), [(3, GRACE), (0, GRACE), (-1, GRACE), (1, "name\n"), (None, GRACE)])
def test_part_out_of_order_is_refused(scene: Scene, number: int | None, content: str) -> None:
    import_id = scene.upload(HEADER)
    refused = scene.refused("add_import_part", import_id=import_id, part_number=number, content=content)
    assert (refused.code, refused.status, refused.details) == ("part_is_another", 409, "2")
    assert scene.rows("select part_count, row_count from public.imports where id = %(id)s", id=import_id) == [
        {"part_count": 1, "row_count": 0}
    ]


def test_part_of_more_than_a_megabyte_is_refused(scene: Scene) -> None:
    import_id = scene.upload(HEADER)
    line = "é" * 99 + ",,\n"
    refused = scene.refused("add_import_part", import_id=import_id, part_number=2, content=line * 5300)
    assert (refused.code, refused.status, refused.details) == ("part_too_large", 413, "1048576")
    assert _add(scene, import_id, 2, line * 5000)["row_count"] == 5000


def test_list_of_more_than_five_hundred_megabytes_is_refused(scene: Scene) -> None:
    import_id = scene.upload(HEADER)
    scene.database.execute(
        "update private.import_uploads set byte_count = 524288000 - 50 where import_id = %s", (import_id,)
    )
    refused = scene.refused("add_import_part", import_id=import_id, part_number=2, content=ADA + GRACE)
    assert (refused.code, refused.status, refused.details) == ("import_too_large", 413, "524288000")
    assert _add(scene, import_id, 2, ADA)["row_count"] == 1


def test_refused_part_leaves_what_came_before(scene: Scene) -> None:
    import_id = scene.upload(HEADER + ADA)
    scene.refused("add_import_part", import_id=import_id, part_number=2, content=GRACE + 'Li,"li"x,\n')
    assert _add(scene, import_id, 2, GRACE)["row_count"] == 2


def test_nothing_is_added_once_the_list_was_checked(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    refused = scene.refused("add_import_part", import_id=import_id, part_number=2, content=GRACE)
    assert (refused.code, refused.status, refused.details) == ("import_state_is_another", 409, "checked")


@pytest.mark.parametrize("who", ["owner", "admin", "stranger"])
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("add_import_part", {"part_number": 2, "content": GRACE}),
        ("check_import", {}),
        ("commit_import", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_nobody_else_goes_on_with_an_import(scene: Scene, who: str, function: str, arguments: dict[str, Any]) -> None:
    import_id = scene.upload(HEADER + ADA)
    refused = scene.refused(function, who, import_id=import_id, **arguments)
    assert (refused.code, refused.status) == ("import_not_found", 404)
    assert scene.call("check_import", import_id=import_id)["row_count"] == 1


def test_sixth_import_of_a_person_waits_for_one_to_end(scene: Scene) -> None:
    imports = [scene.begin() for _ in range(5)]
    arguments = {"workspace_id": scene.workspace_id, "source": "event", "lawful_basis": "consent", "file_name": "a.csv"}
    refused = scene.refused("begin_import", **arguments)
    assert (refused.code, refused.status, refused.details) == ("too_many_imports", 429, "5")
    scene.call("cancel_import", import_id=imports[0])
    scene.begin()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"source": "bought"}, "import_source_is_known"),
        ({"source": None}, "23502"),
        ({"lawful_basis": "greed"}, "import_lawful_basis_is_known"),
        ({"lawful_basis": None}, "23502"),
        ({"file_name": "  "}, "import_file_name_is_short"),
        ({"file_name": "x" * 201}, "import_file_name_is_short"),
        ({"source_detail": "x" * 201}, "import_source_detail_is_short"),
    ],
)
def test_import_without_source_or_basis_is_refused(scene: Scene, wrong: dict[str, Any], code: str) -> None:
    arguments: dict[str, Any] = {
        "workspace_id": scene.workspace_id,
        "source": "event",
        "lawful_basis": "consent",
        "file_name": "a.csv",
    }
    assert scene.refused("begin_import", **(arguments | wrong)).code == code


def test_part_that_comes_again_would_count_twice_without_its_hash(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.add_import_part(uuid,jsonb)", "if v_upload.part_hashes[v_number] = v_hash then",
        "v_number := v_import.part_count + 1; if false then",
    )  # fmt: skip
    with pytest.raises(AssertionError):
        test_part_that_comes_again_changes_nothing(own_scene)
