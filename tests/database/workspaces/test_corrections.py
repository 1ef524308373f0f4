"""A row that somebody corrects says when that was, and colleagues see the name as it is now."""

from __future__ import annotations

import pytest

from tests.database.workspaces.stage import Stage
from tests.personas import run_as


@pytest.mark.parametrize(
    ("who", "table", "key", "change"),
    [("member", "profiles", "user_id", "company = 'Bakery'"), ("owner", "workspaces", "id", "industry = 'Baking'")],
)
def test_changed_row_says_when(own_stage: Stage, who: str, table: str, key: str, change: str) -> None:
    of_whom = own_stage.id(who) if key == "user_id" else own_stage.workspace_id
    read = f"select updated_at from public.{table} where {key} = %s"
    before = own_stage.database.value(read, (of_whom,))
    run_as(own_stage.database, own_stage.persona(who), f"update public.{table} set {change}")
    changed = own_stage.database.value(read, (of_whom,))
    assert changed > before
    # The same once more is no change.
    run_as(own_stage.database, own_stage.persona(who), f"update public.{table} set {change}")
    assert own_stage.database.value(read, (of_whom,)) == changed


def test_colleagues_see_the_name_as_it_was_corrected(own_stage: Stage) -> None:
    run_as(own_stage.database, own_stage.persona("member"), "update public.profiles set full_name = 'Ada Example'")
    names = own_stage.database.rows(
        "select user_id, display_name from public.workspace_members where display_name is not null"
    )
    assert names == [{"user_id": own_stage.id("member"), "display_name": "Ada Example"}]
