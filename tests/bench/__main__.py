"""`make bench`: measures everything in one run and writes tests/bench/RESULTS.md."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from service.local.platform import running_platform
from tests.bench.crm_database import InDatabase
from tests.bench.crm_population import Size
from tests.bench.crm_rows import CrmResults, crm
from tests.bench.import_row import imports
from tests.bench.open_token_row import open_token
from tests.bench.pieces import Piece, pieces
from tests.bench.population import fill
from tests.bench.report import show, write, write_records
from tests.bench.rows import Row
from tests.bench.stage import add_bare_rpc
from tests.bench.start_row import start
from tests.bench.web_rows import far_google, memory, near_google

_PEOPLE = 300
_SERVICE = ("near", "far", "memory", "open_token", "start")
_RECORDS = ("crm", "import")
_GROUPS = (*_SERVICE, *_RECORDS)


@click.command()
@click.option("--rounds", type=click.IntRange(1, 25), default=5, show_default=True, help="The result is their median.")
@click.option("--only", type=click.Choice(_GROUPS), multiple=True,
              help="Measure these; results are written where the rows of a table are complete.")  # fmt: skip
@click.option("--connections", type=click.IntRange(2_000, 10_000_000), default=1_000_000, show_default=True,
              help="How many connections open_token is measured with.")  # fmt: skip
@click.option("--contacts", type=click.IntRange(10_000, 10_000_000), default=1_000_000, show_default=True,
              help="How many contacts the rows about records are measured with; below the default, nothing of them "
                   "is written.")  # fmt: skip
def main(*, rounds: int, only: tuple[str, ...], connections: int, contacts: int) -> None:
    """Measure the service and the records on fresh local platforms. Takes half an hour, most of it for filling."""
    console, wanted = Console(), set(only or _GROUPS)
    rows: list[Row] = []
    found: list[Piece] = []
    in_database: list[InDatabase] = []

    def report(line: str) -> None:
        console.print(line, style="dim", highlight=False)

    with tempfile.TemporaryDirectory(prefix="cxtrack-bench-") as folder:
        log_dir = Path(folder)
        if wanted & set(_SERVICE):
            rows, found = _service(wanted, log_dir, rounds, connections, report)
            if wanted >= set(_SERVICE):
                write(rows, found, rounds=rounds)
        if wanted & set(_RECORDS):
            size = Size(contacts=contacts, workspaces=max(contacts // 1000, 3))
            results = _records(wanted, log_dir, rounds, size, report)
            rows, in_database = [*rows, *results.rows], results.in_database
            if wanted >= set(_RECORDS) and size == Size():
                write_records(results.rows, in_database, rounds=rounds, size=size.described)
    show(console, rows, found, in_database)
    sys.exit(0 if all(row.is_reached(row.result) for row in rows) else 1)


def _service(
    wanted: set[str], log_dir: Path, rounds: int, connections: int, report: Callable[[str], None]
) -> tuple[list[Row], list[Piece]]:
    rows: list[Row] = []
    with running_platform(log_dir=log_dir, report=report) as platform:
        keys = platform.identity.token_keys
        people = fill(platform.admin_url, count=_PEOPLE, token_keys=keys, openable=range(1, _PEOPLE + 1))
        add_bare_rpc(platform)
        if "near" in wanted:
            rows += near_google(platform, people, log_dir, rounds, report)
        if "far" in wanted:
            rows.insert(2, far_google(platform, people, log_dir, rounds, report))
        if "memory" in wanted:
            rows.append(memory(platform, people, log_dir, rounds, report))
        if "open_token" in wanted:
            rows.append(open_token(platform.cluster, keys, rounds, report, connections))
        if "start" in wanted:
            rows.append(start(platform, log_dir, rounds, report))
        report("where a call's time goes")
        return rows, pieces(platform, people, log_dir)


def _records(wanted: set[str], log_dir: Path, rounds: int, size: Size, report: Callable[[str], None]) -> CrmResults:
    results = crm(log_dir, rounds, report, size) if "crm" in wanted else CrmResults([], [])
    if "import" in wanted:
        with running_platform(log_dir=log_dir, report=report) as platform:
            results.rows.extend(imports(platform, rounds, report))
    return results


if __name__ == "__main__":
    main(prog_name="python -m tests.bench")
