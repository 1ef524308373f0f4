"""`make bench`: measures everything in one run and writes tests/bench/RESULTS.md."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from service.local.platform import running_platform
from tests.bench.open_token_row import open_token
from tests.bench.pieces import pieces
from tests.bench.population import fill
from tests.bench.report import show, write
from tests.bench.rows import Row
from tests.bench.stage import add_bare_rpc
from tests.bench.start_row import start
from tests.bench.web_rows import far_google, memory, near_google

_PEOPLE = 300
_GROUPS = ("near", "far", "memory", "open_token", "start")


@click.command()
@click.option("--rounds", type=click.IntRange(1, 25), default=5, show_default=True, help="The result is their median.")
@click.option("--only", type=click.Choice(_GROUPS), multiple=True, help="Measure these; writes no results.")
@click.option("--connections", type=click.IntRange(2_000, 10_000_000), default=1_000_000, show_default=True,
              help="How many connections open_token is measured with.")  # fmt: skip
def main(*, rounds: int, only: tuple[str, ...], connections: int) -> None:
    """Measure the service against a bare route on a fresh local platform. Takes some minutes."""
    console, wanted = Console(), set(only or _GROUPS)
    rows: list[Row] = []

    def report(line: str) -> None:
        console.print(line, style="dim", highlight=False)

    with (
        tempfile.TemporaryDirectory(prefix="cxtrack-bench-") as folder,
        running_platform(log_dir=Path(folder), report=report) as platform,
    ):
        log_dir, keys = Path(folder), platform.identity.token_keys
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
        found = pieces(platform, people, log_dir)
    show(console, rows, found)
    if not only:
        write(rows, found, rounds=rounds)
    sys.exit(0 if all(row.is_reached(row.result) for row in rows) else 1)


if __name__ == "__main__":
    main(prog_name="python -m tests.bench")
