"""Every change of a table by a client is counted, on every table that clients may change."""

from __future__ import annotations

import pytest

from service.policy.files import access_files
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.stage import Stage
from tests.database.workspaces.trying import Cell, try_cell

# The limit itself is tried in test_bulk; here one row is too many, so that the stage's rows do for each table.
_ONE_IS_TOO_MANY = """
do $$ begin execute pg_catalog.replace(
    pg_catalog.pg_get_functiondef('private.limit_rows()'::regprocedure), 'count(*) > 1000', 'count(*) > 0'
); end $$
"""
# Of a person, of few workspaces, of at most fifty open invitations.
_NOT_COUNTED = {"profiles", "workspaces", "invitations"}


def _cells() -> list[Cell]:
    return [
        Cell(f"{kind} {name}", right["operation"], "owner", True)
        for declaration in access_files()
        for kind, name in [declaration.content["object"].split(" ", 1)]
        for right in declaration.content["rights"]
        if kind == "table" and right["operation"] in ("insert", "update", "delete")
        and right["role"] == "authenticated" and "owner" in right.get("personas", [])
        and name.removeprefix("public.") not in _NOT_COUNTED
    ]  # fmt: skip


@pytest.mark.parametrize("cell", _cells(), ids=str)
def test_change_of_a_table_is_counted(stage: Stage, cell: Cell) -> None:
    database = stage.database
    with database.connection.transaction(force_rollback=True):
        database.execute(_ONE_IS_TOO_MANY)
        with pytest.raises(Refused, match="too_many_rows"):
            try_cell(database.connection, stage, cell)
