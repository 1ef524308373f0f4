"""`make mutate`: every mutation; or a sample of them, or those whose name holds a text."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click
import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.local.postgres import Cluster
from tests.databases import cloned_database, make_template
from tests.mutation.catalogue import KINDS, USUAL_KINDS, list_mutations, sample
from tests.mutation.results import known_noticers, show, write
from tests.mutation.run import Outcome, Settings, run

_PATHS = ("tests/database", "tests/policies")


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Of the sample.")
@click.option("--sample", "count", type=click.IntRange(1), help="Try so many, drawn from each kind in turn.")
@click.option("--only", "texts", multiple=True, metavar="TEXT", help="Try those whose name holds one of the texts.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), default=USUAL_KINDS, help="Try these kinds alone."
)
@click.option("--all", "is_all", is_flag=True, help="Constraints and guards of the older migrations as well.")
@click.option("--tests", "paths", multiple=True, default=_PATHS, metavar="PATH", help="Which tests look.")
@click.option(
    "--seconds", type=click.FloatRange(1), default=180, show_default=True, help="The longest for one mutation."
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Mutations at a time.")
@click.option("--plant", metavar="SQL", help="Run this after the migrations: what it makes is mutated, too.")
@click.option("--list", "is_list", is_flag=True, help="Print the names of the mutations and stop.")
@click.option("--keep", is_flag=True, help="Write the outcomes to RESULTS.md.")
def main(
    *, seed: int, count: int | None, texts: tuple[str, ...], kinds: tuple[str, ...], is_all: bool,
    paths: tuple[str, ...], seconds: float, workers: int, plant: str | None, is_list: bool, keep: bool,
) -> None:  # fmt: skip
    """Weaken the database by one step at a time, and see which test notices."""
    began, console = time.monotonic(), Console(file=sys.stdout)
    with tempfile.TemporaryDirectory(prefix="cxtrack-mutation-") as folder, Cluster.start(Path(folder)) as cluster:
        template = make_template(cluster, "template_unmutated")
        if plant:
            with psycopg.connect(cluster.url(template), autocommit=True) as connection:
                connection.execute(plant.encode())
        with cloned_database(cluster, template) as database:
            mutations = list_mutations(database)
        chosen = [each for each in mutations if each.kind in kinds and (is_all or each.is_in_scope)]
        chosen = [each for each in chosen if not texts or any(text in each.name for text in texts)]
        chosen = sorted(sample(chosen, count, seed), key=chosen.index) if count else chosen
        if is_list:
            for mutation in chosen:
                click.echo(f"{mutation.kind}: {mutation}")
            return
        settings = Settings(paths, workers, seconds, known_noticers())
        # Without a thread of its own: the processes that look are forks of this one.
        progress = Progress(
            BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False),
            console=console, auto_refresh=False,
        )  # fmt: skip
        with progress:
            bar = progress.add_task("", total=len(chosen))

            def report(outcome: Outcome) -> None:
                if not outcome.is_good:
                    progress.console.print(f"{outcome.verdict}: {outcome.mutation}", markup=False, soft_wrap=True)
                progress.update(bar, advance=1, description=outcome.mutation.name)
                if console.is_terminal:
                    progress.refresh()
                elif (done := int(progress.tasks[bar].completed)) % 50 == 0:
                    console.print(f"{done} of {len(chosen)}")

            result = run(cluster, template, chosen, settings, report)
    show(console, result)
    spent = time.monotonic() - began
    console.print(f"{len(result.outcomes)} mutations in {spent:.0f} seconds.")
    if keep:
        write(result, command=f"python -m tests.mutation {' '.join(sys.argv[1:])}".strip(), seconds=spent)
    if not result.is_good:
        click.echo("Look at one again with: .venv/bin/python -m tests.mutation --only '<its name>'", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m tests.mutation")
