"""A workspace changes its own fields while a list waits: the list is looked at anew, and can still be imported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.database.lists.scene import Scene
from tests.database.unguarded import remove_guard

_MISFIT = "attribute_is_not_of_its_kind"


def _checked(scene: Scene, *rows: str) -> str:
    scene.define("tier", "choice", ["gold", "tin"])
    report = scene.check("name,email,tier\n" + "".join(f"{row}\n" for row in rows))
    return report["import_id"]


def _delete(scene: Scene) -> None:
    scene.rows("delete from public.attribute_definitions where workspace_id = %(id)s", "owner", id=scene.workspace_id)


def _choose_from(scene: Scene, *choices: str) -> None:
    scene.rows(
        "update public.attribute_definitions set choices = %(choices)s where workspace_id = %(id)s",
        "owner", id=scene.workspace_id, choices=list(choices),
    )  # fmt: skip


def _delete_and_define(scene: Scene, kind: str) -> None:
    _delete(scene)
    scene.define("tier", kind)


@pytest.mark.parametrize(
    "change",
    [
        lambda scene: _choose_from(scene, "tin"),
        _delete,
        lambda scene: _delete_and_define(scene, "number"),
        lambda scene: _delete_and_define(scene, "date"),
    ],
    ids=["choice_gone", "field_gone", "now_a_number", "now_a_date"],
)
def test_row_that_holds_what_a_field_takes_no_more_is_reported_and_left_out(
    scene: Scene, change: Callable[[Scene], None]
) -> None:
    import_id = _checked(scene, "Ada,,gold", "Grace,,")
    change(scene)
    refused = scene.refused("commit_import", import_id=import_id)
    assert (refused.code, refused.details) == ("import_has_problems", "1")
    assert scene.call("check_import", import_id=import_id)["problems"] == {_MISFIT: 1}
    assert scene.problems(import_id) == [(2, "attributes.tier", _MISFIT)]
    report = scene.call("commit_import", import_id=import_id, only_good_rows=True)
    assert (report["imported_count"], report["bad_count"]) == (1, 1)
    assert [contact["full_name"] for contact in scene.contacts()] == ["Grace"]


def test_good_rows_are_imported_though_nobody_checks_again(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,gold", "Grace,,tin")
    _choose_from(scene, "tin")
    assert scene.call("commit_import", import_id=import_id, only_good_rows=True)["imported_count"] == 1
    assert [contact["attributes"] for contact in scene.contacts()] == [{"tier": "tin"}]


def test_row_is_right_again_once_its_choice_is_back(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,gold")
    _choose_from(scene, "tin")
    assert scene.call("check_import", import_id=import_id)["problems"] == {_MISFIT: 1}
    _choose_from(scene, "tin", "gold")
    assert scene.call("check_import", import_id=import_id)["problems"] == {}
    assert scene.call("commit_import", import_id=import_id)["imported_count"] == 1


def test_value_that_can_be_text_stays_right(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,gold")
    _delete_and_define(scene, "text")
    assert scene.call("commit_import", import_id=import_id)["imported_count"] == 1


def test_cell_that_was_wrong_when_it_came_stays_wrong(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,lead")
    _choose_from(scene, "gold", "lead")
    assert scene.call("check_import", import_id=import_id)["problems"] == {_MISFIT: 1}


def test_row_left_out_for_its_field_makes_no_duplicate_of_a_right_one(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,ada@example.com,gold", "Ada,ada@example.com,tin")
    _choose_from(scene, "tin")
    scene.call("check_import", import_id=import_id)
    assert scene.problems(import_id) == [(2, "attributes.tier", _MISFIT)]


def test_row_with_other_cells_than_the_header_is_not_looked_into(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,gold,more")
    _delete(scene)
    scene.call("check_import", import_id=import_id)
    assert scene.problems(import_id) == [(2, "*", "ragged_row")]


def test_fields_of_other_tables_and_workspaces_are_not_these(scene: Scene) -> None:
    import_id = _checked(scene, "Ada,,gold")
    _delete(scene)
    for who, workspace_id, table in (
        ("owner", scene.workspace_id, "companies"),
        ("stranger", scene.elsewhere_id, "contacts"),
    ):
        scene.rows(
            "insert into public.attribute_definitions (workspace_id, table_name, key, label, kind) "
            "values (%(workspace)s, %(table)s, 'tier', 'Tier', 'text')", who, workspace=workspace_id, table=table,
        )  # fmt: skip
    assert scene.call("check_import", import_id=import_id)["problems"] == {_MISFIT: 1}


@pytest.mark.parametrize(
    ("function", "test"),
    [
        ("private.make_imported(imports)", test_good_rows_are_imported_though_nobody_checks_again),
        ("private.check_import(uuid,jsonb)", test_row_is_right_again_once_its_choice_is_back),
    ],
    ids=["import", "check"],
)
def test_list_that_is_not_looked_at_anew_is_noticed(
    own_scene: Scene, function: str, test: Callable[[Scene], None]
) -> None:
    whose = "p_import" if "make" in function else "v_import"
    remove_guard(
        own_scene.database, function, f"perform private.find_import_misfits({whose}.workspace_id, {whose}.id);"
    )
    with pytest.raises(Exception, match=r"attribute_is_wrong|assert"):
        test(own_scene)
