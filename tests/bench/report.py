"""Shows the rows and writes tests/bench/RESULTS.md."""

from __future__ import annotations

import platform as machine
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.pieces import Piece
from tests.bench.rows import Row

RESULTS = Path(__file__).with_name("RESULTS.md")
_BEGIN, _END = "<!-- measured -->", "<!-- /measured -->"


def show(console: Console, rows: Sequence[Row], pieces: Sequence[Piece]) -> None:
    """Print both tables."""
    table = Table(title="Results", title_justify="left")
    for heading in ("what", "reach", "result", "rounds", "of the last round"):
        table.add_column(heading)
    for row in rows:
        style = "green" if row.is_reached(row.result) else "red"
        table.add_row(row.what, row.reach, f"{row.result:.2f}", row.spread, row.detail, style=style)
    console.print(table)
    table = Table(title="Where a call's time goes", title_justify="left")
    for heading in ("piece", "p50 in ms", "CPU in ms"):
        table.add_column(heading)
    for piece in pieces:
        table.add_row(piece.what, f"{piece.p50:.2f}", f"{piece.cpu:.2f}")
    console.print(table)


def write(rows: Sequence[Row], pieces: Sequence[Piece], *, rounds: int) -> None:
    """Put the table between the marks of the results file; what people wrote around it stays."""
    cores, memory = psutil.cpu_count(), round(psutil.virtual_memory().total / 2**30)
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `make bench` on {cores} cores and {memory} GB, {machine.system()} "
        f"{machine.machine()}, Python {machine.python_version()}: medians of {rounds} rounds of one run.",
        "",
        "| what | reach | result | reached | rounds | of the last round |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row.what} | {row.reach} | **{row.result:.2f}** | {'yes' if row.is_reached(row.result) else 'no'} "
            f"| {row.spread} | {row.detail} |"
            for row in rows
        ),
        "",
        "Where a call's time goes, its pieces alone in one process:",
        "",
        "| piece | p50 | CPU of the worker |",
        "|---|---|---|",
        *(f"| {piece.what} | {piece.p50:.2f} ms | {piece.cpu:.2f} ms |" for piece in pieces),
    ]
    before, _, rest = RESULTS.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    RESULTS.write_text(f"{before}{_BEGIN}\n" + "\n".join(lines) + f"\n{_END}{after}")
