"""The operator commands of `python -m service`."""

import re
import sys
from collections.abc import Callable
from typing import Literal, NoReturn

import click
import psycopg
from rich.console import Console

from service.config import DatabaseSettings, SettingsError, load_database_settings
from service.redaction import redact_text

_console = Console()
_errors = Console(stderr=True)


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9@._ -]{2,64}", value):
        raise click.BadParameter("2 to 64 letters, digits, spaces or @ . _ -")
    return value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Operate CxTrack's backend: database, keys, worker, and a look at all of it."""


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


@main.command()
@click.option("--once", is_flag=True, help="End as soon as nothing is due.")
@click.option(
    "--poll-seconds", type=click.FloatRange(0.1, 60), default=2.0, show_default=True, help="Pause when nothing is due."
)
@click.option(
    "--metrics-port", type=click.IntRange(0, 65535), default=0, help="Serve /metrics there on 127.0.0.1; 0 for none."
)
def worker(*, once: bool, poll_seconds: float, metrics_port: int) -> None:
    """Do what the database has queued, such as telling Google of deleted accounts, until SIGTERM.

    Several may run at a time. SIGTERM and SIGINT let the entry in hand be finished and end within 15 seconds.
    """
    from service.config import load_settings
    from service.worker import run_worker

    try:
        exit_code = run_worker(load_settings(), is_once=once, poll_seconds=poll_seconds, metrics_port=metrics_port)
    except SettingsError as error:
        _refuse(str(error))
    sys.exit(exit_code)


@main.command("rotate-keys")
@click.option("--dry-run", is_flag=True, help="Print how much is sealed under which key and change nothing.")
@click.option("--batch-size", type=click.IntRange(1, 500), default=100, show_default=True, help="Read at a time.")
@click.option("--retire", metavar="KID", default=None, help="Take a key out of use for good, if nothing hangs on it.")
def rotate_keys(*, dry_run: bool, batch_size: int, retire: str | None) -> None:
    """Seal every stored token under the first of TOKEN_KEYS, while the service runs.

    Put the new key last in TOKEN_KEYS and deploy everywhere; then put it first, deploy, and run this. It may be stopped
    and run again. Exit code 0: nothing is left under another key.
    """
    from service import rotate_keys as command
    from service.config import load_settings
    from service.errors import ServiceUnavailable

    try:
        settings = load_settings()
        if dry_run:
            exit_code = command.show_uses(settings, _console)
        elif retire is not None:
            exit_code = command.retire(settings, retire, _console)
        else:
            exit_code = command.run_rotation(settings, _console, batch_size=batch_size)
    except SettingsError as error:
        _refuse(str(error))
    except ServiceUnavailable:
        _refuse("The database did not answer. What was done is done; run the same command again.")
    sys.exit(exit_code)


@main.command("close-breaker")
@click.option("--by", required=True, callback=_name, help="Your name or address, put on record.")
def close_breaker(*, by: str) -> None:
    """Let refreshing go on after the breaker has stopped it; find out first why (docs/operate.md)."""
    from service.bootstrap import operator_functions
    from service.config import load_settings
    from service.errors import ServiceUnavailable

    try:
        answer = operator_functions(load_settings()).call(dict[str, str], "close_refresh_breaker", {"p_closed_by": by})
    except SettingsError as error:
        _refuse(str(error))
    except ServiceUnavailable:
        _refuse("The database did not answer; whether refreshing goes on is not known.")
    was_open = answer["outcome"] == "closed"
    _console.print("Refreshing goes on." if was_open else "Refreshing was not stopped.", highlight=False)


@main.command()
@click.option(
    "--part", type=click.Choice(["web", "worker", "operator"]), default="web", show_default=True,
    help="Whose environment this is; operator looks into the database too, through DATABASE_URL.",
)  # fmt: skip
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def doctor(*, part: Literal["web", "worker", "operator"], is_json: bool) -> None:
    """Look at this deployment and name everything that is not as it should be.

    Changes nothing. Exit code 0: nothing was found; warnings do not count.
    """
    from service.config import load_settings
    from service.doctor.examination import as_json, examine, show
    from service.doctor.findings import Verdict
    from service.logs import configure_logging

    try:
        settings = load_settings()
    except SettingsError as error:
        _refuse(str(error))
    # What is refused on the way is said on standard error, with its code.
    configure_logging(is_production=settings.is_production)
    found = list(examine(settings, part)) if is_json else show(examine(settings, part), _console)
    if is_json:
        click.echo(as_json(found))
    sys.exit(1 if any(each.verdict == Verdict.FINDING for each in found) else 0)


@main.command("env-example")
def env_example_command() -> None:
    """Print .env.example: every variable with its meaning."""
    from service.config.example import env_example

    click.echo(env_example(), nl=False)


@main.group()
def policy() -> None:
    """The reviewed files in policies/ and the database: registers and rights."""


@policy.command("sync")
@click.option("--dry-run", is_flag=True, help="Name what differs and change nothing.")
def sync_policy(*, dry_run: bool) -> None:
    """Load the registers of policies/ into the database in DATABASE_URL, and name every right that differs.

    Rights are never changed here: migrations do that. Exit code 0: nothing differs any more; 1: something does; 2: it
    was refused, and nothing was changed.
    """
    from service.policy.sync import SyncRefused, show, sync

    settings = _database_settings(exit_code=2)
    try:
        with _errors.status("Comparing policies/ with the database ..."):
            comparison = sync(settings.database_url.get_secret_value(), is_dry_run=dry_run)
    except SyncRefused as error:
        _refuse(str(error), exit_code=2)
    sys.exit(show(comparison, _console))


@policy.command("page")
def print_access_page() -> None:
    """Print docs/access.md: who may do what, from policies/access/, as one table."""
    from service.policy.page import access_page

    click.echo(access_page(), nl=False)


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


@keys.command("add")
def add_key() -> None:
    """Print TOKEN_KEYS with a fresh key last: the first step of a rotation. Nothing is stored."""
    from service.config.token_keys import add_token_key

    _print_token_keys(add_token_key)


@keys.command("seal-with")
@click.argument("kid")
def seal_with_key(kid: str) -> None:
    """Print TOKEN_KEYS with the key KID first: the second step of a rotation. Nothing is stored."""
    from service.config.token_keys import seal_with

    _print_token_keys(lambda text: seal_with(text, kid))


def _print_token_keys(change: Callable[[str], str]) -> None:
    from service.config.loading import read_variable

    try:
        click.echo(change(read_variable("TOKEN_KEYS")))
    except ValueError as error:
        _refuse(f"TOKEN_KEYS: {error}")


def _database_settings(exit_code: int = 1) -> DatabaseSettings:
    try:
        return load_database_settings()
    except SettingsError as error:
        _refuse(str(error), exit_code)


def _refuse(reason: str, exit_code: int = 1) -> NoReturn:
    _errors.print(redact_text(reason), style="red", highlight=False, markup=False)
    sys.exit(exit_code)
