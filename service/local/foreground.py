"""Runs the platform for a person: says what runs where, watches every part, stops cleanly."""

from __future__ import annotations

import fcntl
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.local.binaries import ProgramMissing
from service.local.environment import ServiceIdentity, write_env_file
from service.local.parts import Part
from service.local.platform import Platform, running_platform
from service.local.processes import ChildFailed
from service.local.serve import choose_port, service_processes
from service.migrations import MigrationError

_WATCH_INTERVAL = 0.2


class _Stop(BaseException):
    """The person or the system asked to stop."""


def run_in_foreground(state: Path, *, service_port: int | None = None) -> int:
    """Run until Ctrl-C, SIGTERM or the death of a part.

    Args:
        state: folder for the env file, the logs and the lock; one platform per folder.
        service_port: run the service as well, on this port if it is free.

    Returns:
        The exit code: 0 after a wanted stop, 1 if something did not start or a part died.
    """
    console = Console(soft_wrap=True)
    identity = ServiceIdentity()
    if service_port is not None:
        port = choose_port(service_port)
        if port != service_port:
            console.print(f"[yellow]Port {service_port} is in use: the service runs on {port} instead.[/yellow]")
        identity = ServiceIdentity(public_url=f"http://127.0.0.1:{port}")
    try:
        with _signals_stop(), _only_one(state), ExitStack() as stack:
            running = running_platform(
                log_dir=state / "log", identity=identity, report=lambda line: console.print(escape(line), style="dim")
            )
            _drop_old_logs(state / "log")
            platform = stack.enter_context(running)
            extra: list[Part] = []
            if service_port is not None:
                extra = stack.enter_context(service_processes(platform, log_dir=state / "log"))
            env_file = state / "env"
            write_env_file(env_file, platform.settings_env(), notes=_notes(platform))
            stack.callback(env_file.unlink, missing_ok=True)
            parts = [*platform.parts, *extra]
            console.print(_table(platform, parts))
            if extra:
                console.print(f"A page to try it with: {platform.identity.example_url}")
                _fill(console, platform)
            console.print(
                f"Variables are in {escape(str(env_file))}, logs in {escape(str(state / 'log'))}. Ctrl-C stops."
            )
            return _watch(console, platform, parts)
    except _Stop:
        console.print("Stopped.")
        return 0
    except (AlreadyRunning, ChildFailed, ProgramMissing, MigrationError) as error:
        console.print(escape(str(error)), style="red")
        return 1


class AlreadyRunning(Exception):
    """Another platform runs in this folder."""


def _watch(console: Console, platform: Platform, parts: list[Part]) -> int:
    """Wait for the first part to die. A signal ends the wait by exception."""
    while True:
        dead = next((part for part in parts if part.child.poll() is not None), None)
        if dead is not None:
            console.print(
                f"{escape(dead.name)} ended by itself; stopping the rest. Its log: {dead.child.log_path}", style="red"
            )
            return 1
        if not platform.cluster.is_running():
            console.print("PostgreSQL ended by itself; stopping the rest.", style="red")
            return 1
        time.sleep(_WATCH_INTERVAL)


@contextmanager
def _signals_stop() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into `_Stop`, once: a second signal must not interrupt the clean stop."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise _Stop

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel drops it however this process ends."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"A local platform already runs with {state}. Stop it first, or pass --state."
            ) from None
        yield


def _drop_old_logs(log_dir: Path) -> None:
    """Start with empty logs: a log that a part leaves is about this run."""
    for path in log_dir.glob("*.log"):
        path.unlink()


def _fill(console: Console, platform: Platform) -> None:
    """Give the page something to show; the password is made anew with each database."""
    # Here and not above: the platform alone does not need what this imports.
    from service.local.business.filling import fill

    account = fill(platform)
    console.print(f"Sign in there as {account.email} with {account.password} to see a small business at work.")


def _notes(platform: Platform) -> dict[str, str]:
    return {
        "SUPABASE_SECRET_KEY": platform.secret_key,
        "ADMIN_DATABASE_URL": platform.admin_url,
        "OPERATOR_JWT": platform.keys.google_operator_jwt,
    }


def _table(platform: Platform, parts: list[Part]) -> Table:
    table = Table(title="Local platform", title_justify="left")
    for heading in ("part", "where", "process"):
        table.add_column(heading)
    cluster = platform.cluster
    table.add_row("PostgreSQL", f"{cluster.host}:{cluster.port}/{platform.database}", str(cluster.pid))
    for part in parts:
        table.add_row(part.name, part.url, str(part.child.pid))
    return table
