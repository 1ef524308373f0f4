"""Child processes that end with the process that started them, however it ends, and the ports they listen on."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

_PR_SET_PDEATHSIG = 1
_LOG_TAIL = 2000


class ChildFailed(Exception):
    """A child process ended or was not ready in time; the message has the end of its log."""


@dataclass(frozen=True)
class RunAs:
    """The user that a child runs as."""

    uid: int
    gid: int


class Identity(TypedDict, total=False):
    """The arguments of subprocess that change the user of a child."""

    user: int
    group: int
    extra_groups: list[int]


def identity_of(user: RunAs | None) -> Identity:
    """Give the arguments that make a child run as this user; none, if it stays the same."""
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


class Child:
    """A running child process and its log."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log_path: Path) -> None:
        self.name = name
        self.log_path = log_path
        self._process = process

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def terminate(self, timeout: float = 5, *, first_signal: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, and kill it if it does not within `timeout` seconds."""
        if self.poll() is not None:
            return
        self._process.send_signal(first_signal)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def start_child(
    name: str, argv: Sequence[str], *, env: Mapping[str, str], log_path: Path, cwd: Path | None = None,
    user: RunAs | None = None, death_signal: signal.Signals = signal.SIGKILL,
) -> Child:  # fmt: skip
    """Start a process that gets `death_signal` when this one ends, SIGKILL included.

    Must be called from the main thread: the kernel ties the child to the thread that starts it. On systems other than
    Linux there is no such tie, so there a killed parent leaves its children behind.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def tie_to_parent() -> None:
        # After the change of user, which would clear the setting; and before exec, which keeps it.
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    with log_path.open("ab") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in a terminal reaches the whole group: the parent alone decides when its children stop.
            process_group=0,
            preexec_fn=tie_to_parent,  # noqa: PLW1509 - no thread runs yet when parts are started
            **identity_of(user),
        )
    return Child(name, process, log_path)


def free_port() -> int:
    """Find a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(check: Callable[[], bool], *, what: str, timeout: float, child: Child | None = None) -> None:
    """Ask every few milliseconds until the check holds.

    Raises:
        ChildFailed: the child ended, or the time was over.
    """
    deadline = time.monotonic() + timeout
    while not check():
        if child is not None and child.poll() is not None:
            raise ChildFailed(f"{what} ended with exit code {child.poll()}. Its log ends:\n{_tail(child.log_path)}")
        if time.monotonic() >= deadline:
            log = f" Its log ends:\n{_tail(child.log_path)}" if child is not None else ""
            raise ChildFailed(f"{what} was not ready within {timeout:g} seconds.{log}")
        time.sleep(0.02)


def _tail(log_path: Path) -> str:
    return log_path.read_text(errors="replace")[-_LOG_TAIL:].strip()
