"""Shows the rows and writes tests/bench/RESULTS.md."""

from __future__ import annotations

import platform as machine
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.crm_database import InDatabase
from tests.bench.pieces import Piece
from tests.bench.rows import Row

RESULTS = Path(__file__).with_name("RESULTS.md")
Part = Literal["measured", "measured records"]


def show(console: Console, rows: Sequence[Row], pieces: Sequence[Piece], in_database: Sequence[InDatabase]) -> None:
    """Print the tables that have rows."""
    _show(console, "Results", ("what", "reach", "result", "rounds", "of the last round"), [
        ((row.what, row.reach, f"{row.result:.2f}", row.spread, row.detail), row.is_reached(row.result))
        for row in rows
    ])  # fmt: skip
    _show(console, "Where a call's time goes", ("piece", "p50 in ms", "CPU in ms"), [
        ((piece.what, f"{piece.p50:.2f}", f"{piece.cpu:.2f}"), None) for piece in pieces
    ])  # fmt: skip
    _show(console, "Within the database alone", ("what", "member in ms", "owner in ms", "ratio", "found by"), [
        ((each.what, *_times(each), each.found_by), None) for each in in_database
    ])  # fmt: skip


def _show(
    console: Console, title: str, headings: Sequence[str], lines: Sequence[tuple[Sequence[str], bool | None]]
) -> None:
    if not lines:
        return
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for cells, is_reached in lines:
        table.add_row(*cells, style={True: "green", False: "red", None: ""}[is_reached])
    console.print(table)


def write(rows: Sequence[Row], pieces: Sequence[Piece], *, rounds: int) -> None:
    """Put the tables about the service into the results file."""
    _put("measured", [
        *_table(rows, rounds),
        "",
        "Where a call's time goes, its pieces alone in one process:",
        "",
        "| piece | p50 | CPU of the worker |",
        "|---|---|---|",
        *(f"| {piece.what} | {piece.p50:.2f} ms | {piece.cpu:.2f} ms |" for piece in pieces),
    ])  # fmt: skip


def write_records(rows: Sequence[Row], in_database: Sequence[InDatabase], *, rounds: int, size: str) -> None:
    """Put the tables about records into the results file."""
    _put("measured records", [
        *_table(rows, rounds, f" {size}."),
        "",
        "Within the database alone, planning and running as EXPLAIN ANALYZE says, in the large workspace:",
        "",
        "| what | member | owner | ratio | found by |",
        "|---|---|---|---|---|",
        *(
            f"| {each.what} | {mine} ms | {theirs} ms | {ratio} | {each.found_by} |"
            for each in in_database for mine, theirs, ratio in [_times(each)]
        ),
        "",
        f"The plan of {in_database[0].what}, for the member:",
        "",
        "```text",
        *in_database[0].plan.splitlines(),
        "```",
    ])  # fmt: skip


def _times(each: InDatabase) -> tuple[str, str, str]:
    return f"{statistics.median(each.member):.3f}", f"{statistics.median(each.owner):.3f}", f"{each.ratio:.2f}"


def _table(rows: Sequence[Row], rounds: int, more: str = "") -> list[str]:
    cores, memory = psutil.cpu_count(), round(psutil.virtual_memory().total / 2**30)
    return [
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `make bench` on {cores} cores and {memory} GB, {machine.system()} "
        f"{machine.machine()}, Python {machine.python_version()}: medians of {rounds} rounds of one run.{more}",
        "",
        "| what | reach | result | reached | rounds | of the last round |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row.what} | {row.reach} | **{row.result:.2f}** | {'yes' if row.is_reached(row.result) else 'no'} "
            f"| {row.spread} | {row.detail} |"
            for row in rows
        ),
    ]


def _put(part: Part, lines: Sequence[str]) -> None:
    """Put lines between the marks of a part; what people wrote around it stays."""
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, _, rest = RESULTS.read_text().partition(begin)
    _, _, after = rest.partition(end)
    RESULTS.write_text(f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}")
