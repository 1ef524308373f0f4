"""`make torture SEED=17 MINUTES=120`: one run after the other, each with the next seed, on a platform of its own."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from tests.faults.torture.run import run
from tests.faults.torture.stage import staged

RESULTS = Path(__file__).with_name("RESULTS.md")


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first run; the next one has the next.")
@click.option("--minutes", type=click.FloatRange(0.1), default=5.0, show_default=True, help="How long in all.")
@click.option("--run-seconds", type=click.FloatRange(5), default=60.0, show_default=True, help="How long each run.")
@click.option("--keep", is_flag=True, help="Write the outcomes to RESULTS.md.")
def main(*, seed: int, minutes: float, run_seconds: float, keep: bool) -> None:
    """Let random users act while everything around them breaks, and look at what is left."""
    over_at, lines = time.monotonic() + minutes * 60, list[str]()
    while time.monotonic() < over_at or not lines:
        seconds = max(5.0, min(run_seconds, over_at - time.monotonic()))
        with tempfile.TemporaryDirectory(prefix="cxtrack-torture-") as folder, staged(Path(folder)) as stage:
            outcome = run(stage, seed, seconds, report=lambda line: click.echo(f"  {line}"))
        click.echo(str(outcome))
        lines.append(f"- {outcome}")
        if outcome.broken:
            click.echo(f"Run it again with: make torture SEED={seed} MINUTES={seconds / 60:g}", err=True)
            sys.exit(1)
        seed += 1
    if keep:
        how = f"{datetime.now(UTC):%Y-%m-%d}, `python -m tests.faults.torture --minutes {minutes:g} --keep`"
        text = "\n".join(["# Results of torture", "", f"{how} on {os.cpu_count()} cores:", "", *lines, ""])
        RESULTS.write_text(text)


if __name__ == "__main__":
    main(prog_name="python -m tests.faults.torture")
