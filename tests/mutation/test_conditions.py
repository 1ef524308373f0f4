"""Each single condition of a query is found, and none that only looks like one."""

from __future__ import annotations

import pytest

from tests.mutation.conditions import conditions_of
from tests.mutation.guards import without


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("select from t where t.id = 1;", ["select from t where true;"]),
        ("delete from t where t.id = 1 -- one\n;", ["delete from t where true -- one\n;"]),
        ("select from a join b on b.id = a.id and b.n in (1, 2);",
         ["select from a join b on true and b.n in (1, 2);", "select from a join b on b.id = a.id and true;"]),
        ("if x and not exists (select from t where t.k = old.k) then",
         ["if x and not exists (select from t where true) then"]),
        ("insert into t select from u where u.id = 1 on conflict (id) do nothing;",
         ["insert into t select from u where true on conflict (id) do nothing;"]),
        ("where t.name = 'one, and two' for update;", ["where true for update;"]),
    ],
)  # fmt: skip
def test_condition_is_found_and_holds_for_every_row(source: str, left: list[str]) -> None:
    assert [without(source, cut) for cut in conditions_of(source)] == left


@pytest.mark.parametrize(
    "source", ["-- where t.id = 1", "v := 'where t.id = 1';", "insert into t values (1) on conflict (id) do nothing;"]
)
def test_what_is_no_condition_is_left_alone(source: str) -> None:
    assert list(conditions_of(source)) == []
