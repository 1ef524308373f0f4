"""The operator commands of `python -m service`."""

import sys
from typing import NoReturn

import click
import psycopg
from rich.console import Console

from service.config import DatabaseSettings, SettingsError, load_database_settings
from service.redaction import redact_text

_console = Console()
_errors = Console(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Operate CxTrack's Google service."""


@main.command()
@click.option("--dry-run", is_flag=True, help="List what would be applied and change nothing.")
def migrate(*, dry_run: bool) -> None:
    """Bring the database in DATABASE_URL up to date.

    Applies the files of supabase/migrations/ that its history does not name yet, each in one transaction. The history
    is the Supabase CLI's own, so that either can go on where the other stopped.
    """
    from service.migrations import MigrationError, apply_migrations, pending
    from service.stand_in_vault import StandInVaultError, refuse_stand_in_vault

    settings = _database_settings()
    database_url = settings.database_url.get_secret_value()
    try:
        if settings.is_production:
            refuse_stand_in_vault(database_url)
        if dry_run:
            waiting = pending(database_url)
            for name in waiting:
                _console.print(f"would apply {name}", highlight=False)
            _console.print(f"{len(waiting)} to apply; nothing was changed", highlight=False)
            return
        applied = apply_migrations(
            database_url, report=lambda line: _console.print(line, highlight=False, markup=False)
        )
    except (MigrationError, StandInVaultError, psycopg.Error) as error:
        _refuse(str(error))
    _console.print(f"{len(applied)} applied; the database is up to date", highlight=False)


@main.command("env-example")
def env_example_command() -> None:
    """Print .env.example: every variable with its meaning."""
    from service.config.example import env_example

    click.echo(env_example(), nl=False)


@main.group()
def keys() -> None:
    """Keys that seal tokens."""


@keys.command("generate")
@click.option("--kid", default=None, help="Name of the key; today's date and a random part unless given.")
def generate_key(kid: str | None) -> None:
    """Print a TOKEN_KEYS value with one fresh 256-bit key. Nothing is stored."""
    from service.config.token_keys import generate_token_keys

    try:
        click.echo(generate_token_keys(kid))
    except ValueError as error:
        _refuse(str(error))


def _database_settings() -> DatabaseSettings:
    try:
        return load_database_settings()
    except SettingsError as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    _errors.print(redact_text(reason), style="red", highlight=False, markup=False)
    sys.exit(1)
