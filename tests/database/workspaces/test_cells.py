"""Every cell of the access table is tried: each right that policies/access gives, by everybody who might want it.

The cells come from the files: a persona that a file names gets through, everybody else is refused and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database.workspaces.stage import Stage
from tests.database.workspaces.trying import Cell, all_cells, all_writes, fingerprint, touched, try_cell
from tests.databases import Connection

# Each fault, and the cell that must come out differently from what its file says.
_FAULTS = [
    (
        "create policy planted on public.contacts for select to authenticated using (true)",
        Cell("table public.contacts", "select", "stranger", False),
    ),
    (
        "create policy planted on public.companies for insert to authenticated with check (true); "
        "alter table public.companies disable trigger gate_writes",
        Cell("table public.companies", "insert", "removed", False),
    ),
    (
        "create policy planted on public.pipelines for update to authenticated using (true)",
        Cell("table public.pipelines", "update", "member", False),
    ),
    (
        "create policy planted on public.activities for delete to authenticated using (true)",
        Cell("table public.activities", "delete", "member", False),
    ),
    (
        "grant update (fields) on public.record_changes to authenticated; "
        "create policy planted on public.record_changes for update to authenticated using (true)",
        Cell("table public.record_changes", "update", "owner", False),
    ),
    (
        "alter view public.contact_timeline reset (security_invoker)",
        Cell("view public.contact_timeline", "select", "stranger", False),
    ),
    (
        "drop policy contact_addresses_insert_member on public.contact_addresses",
        Cell("table public.contact_addresses", "insert", "member", True),
    ),
    (
        "revoke delete on public.pipelines from authenticated",
        Cell("table public.pipelines", "delete", "owner", True),
    ),
]


@pytest.fixture(scope="module")
def before(stage: Stage) -> dict[str, str]:
    """What was there before any cell was tried."""
    return fingerprint(stage.database)


@pytest.fixture(scope="module")
def connection(stage: Stage) -> Iterator[Connection]:
    """One connection for all cells, as PostgREST keeps its own."""
    with stage.database.connect("authenticator") as opened:
        yield opened


@pytest.mark.parametrize("cell", all_cells(), ids=str)
def test_cell_is_as_the_access_file_says(
    stage: Stage, before: dict[str, str], connection: Connection, cell: Cell
) -> None:
    outcome = try_cell(connection, stage, cell)
    assert outcome.is_through is cell.is_allowed
    # A refused call may count the try; whoever wrote nothing cannot have changed anything.
    if outcome.has_written and not outcome.is_through:
        assert fingerprint(stage.database) == before


@pytest.mark.parametrize(("table", "operation", "who"), all_writes())
def test_nobody_changes_a_row_that_they_do_not_see(
    stage: Stage, connection: Connection, table: str, operation: str, who: str
) -> None:
    # Without a condition no row is read first: the rule about the operation alone decides which are changed.
    assert touched(connection, stage, table, operation, who) == touched(
        connection, stage, table, operation, who, is_read_first=True
    )


def test_stage_is_as_it_was_after_all_cells(stage: Stage, before: dict[str, str]) -> None:
    assert fingerprint(stage.database) == before


@pytest.mark.parametrize(("fault", "cell"), _FAULTS, ids=[str(cell) for _, cell in _FAULTS])
def test_cell_comes_out_differently_if_its_guard_is_broken(stage: Stage, fault: str, cell: Cell) -> None:
    assert cell in all_cells()
    database = stage.database
    with database.connection.transaction(force_rollback=True):
        database.execute(fault)
        assert try_cell(database.connection, stage, cell).is_through is not cell.is_allowed
