"""The rotate-keys command: what it prints, how it is stopped, which exit code says what."""

import signal
from threading import Event
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from service.adapters.rotation_database import PostgRESTRotation
from service.adapters.sealing import TokenSealer
from service.bootstrap import operator_functions
from service.config import Settings
from service.domain.rotating_keys import Resealed, Rotation, rotate

DONE, NOT_DONE, STOPPED = 0, 1, 130


def show_uses(settings: Settings, console: Console) -> int:
    """Print how much is sealed under which key; changes nothing."""
    uses = {use.kid: use for use in _database(settings).count_key_uses()}
    table = Table("key", "connections", "authorizations under way", "revocations waiting", "")
    known = [key.kid for key in settings.token_keys]
    for kid in [*known, *sorted(uses.keys() - set(known))]:
        use = uses.get(kid)
        counts = (use.connection_count, use.attempt_count, use.pending_revocation_count) if use else (0, 0, 0)
        table.add_row(kid, *map(str, counts), _role_of(kid, known))
    console.print(table)
    left = sum(use.connection_count for use in uses.values() if use.kid != known[0])
    _say(console, f"{left} connections to seal anew under {known[0]}; nothing was changed")
    return DONE


def retire(settings: Settings, kid: str, console: Console) -> int:
    """Take a key out of use, unless something hangs on it."""
    if kid == settings.token_keys[0].kid:
        _say(console, f"{kid} is the key that seals: put another one first in TOKEN_KEYS.", style="red")
        return NOT_DONE
    use = _database(settings).retire_key(kid)
    if use is None:
        _say(console, f"{kid} is retired: nothing uses it or can use it again. Remove it from TOKEN_KEYS.")
        return DONE
    _say(
        console,
        f"{kid} is in use: {use.connection_count} connections, {use.attempt_count} authorizations under way, "
        f"{use.pending_revocation_count} revocations waiting. Run rotate-keys for the first; the others end by "
        "themselves within half an hour and a day.",
        style="red",
    )
    return NOT_DONE


def run_rotation(settings: Settings, console: Console, *, batch_size: int) -> int:
    """Seal everything under the first of TOKEN_KEYS, with progress; SIGINT and SIGTERM stop between two connections."""
    database, kid, stop = _database(settings), settings.token_keys[0].kid, Event()

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_soon)
    total = sum(use.connection_count for use in database.count_key_uses() if use.kid != kid)
    columns = (TextColumn("sealing under {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(kid, total=total)

        def report(_: Resealed) -> None:
            progress.advance(task)

        rotation = rotate(
            database=database,
            sealer=TokenSealer(settings.token_keys),
            kid=kid,
            batch_size=batch_size,
            report=report,
            is_stopped=stop.is_set,
        )
    _summarise(rotation, kid, console)
    if stop.is_set():
        _say(console, "Stopped. Run the same command again to go on.")
        return STOPPED
    return DONE if rotation.is_complete else NOT_DONE


def _summarise(rotation: Rotation, kid: str, console: Console) -> None:
    counts = ", ".join(f"{count} {outcome.value}" for outcome, count in rotation.counts.items() if count)
    _say(console, f"{counts or 'nothing to do'}; {rotation.left} left under another key than {kid}")
    for connection_id in rotation.failed:
        _say(console, f"did not open and was left as it is: connection {connection_id}", style="red")
    if not rotation.is_complete and not rotation.failed:
        _say(console, "Some were being refreshed or replaced: run the same command again.")


def _say(console: Console, text: str, *, style: str | None = None) -> None:
    # As it is: what a script reads is neither wrapped nor coloured in.
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _role_of(kid: str, known: list[str]) -> str:
    if kid not in known:
        return "not in TOKEN_KEYS"
    return "seals" if kid == known[0] else "opens"


def _database(settings: Settings) -> PostgRESTRotation:
    return PostgRESTRotation(operator_functions(settings))
