"""`python -m service.local platform|serve|demo`: the local platform alone, with the service, or for one story."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from service.local.foreground import run_in_foreground
from service.local.parts import REPOSITORY

_STATE = REPOSITORY / ".local"


@click.group()
def main() -> None:
    """The local platform of this checkout. For development and tests only."""


@main.command()
@click.option("--state", type=click.Path(path_type=Path), default=_STATE, help="Folder for the env file and logs.")
def platform(state: Path) -> None:
    """Run the platform alone and write its variables to .local/env."""
    sys.exit(run_in_foreground(state))


@main.command()
@click.option("--state", type=click.Path(path_type=Path), default=_STATE, help="Folder for the env file and logs.")
@click.option("--port", default=8000, show_default=True, help="Port of the service; a free one if it is taken.")
def serve(state: Path, port: int) -> None:
    """Run the platform and the service on it."""
    sys.exit(run_in_foreground(state, service_port=port))


@main.command()
@click.option("--sabotage", default=None, help="Break one named rule first, to see the demo fail.")
def demo(sabotage: str | None) -> None:
    """Walk the whole story against real HTTP and show the evidence of each step."""
    # Here and not above: the other commands do not need what the demo imports.
    from service.local.demo.run import run_demo

    sys.exit(run_demo(Console(), sabotage=sabotage))


@main.command()
def check() -> None:
    """Format, lint, types, layer contract, SQL lint, Supabase advisors, TypeScript types."""
    from service.local.check import run_checks

    sys.exit(run_checks(Console()))


@main.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; print what differs, and fail if anything does.")
def types(is_check: bool) -> None:
    """Make supabase/types.ts from the migrations, for frontends."""
    from service.local.database_types import TYPES, TypesNotMade, difference, types_of_the_migrations

    try:
        made = types_of_the_migrations()
    except TypesNotMade as failure:
        raise click.ClickException(str(failure)) from failure
    if not is_check:
        TYPES.write_text(made)
    elif differs := difference(TYPES.read_text(), made):
        click.echo(differs)
        raise click.ClickException("supabase/types.ts is not what the migrations say. Run: make types")


if __name__ == "__main__":
    main()
