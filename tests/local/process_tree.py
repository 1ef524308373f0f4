"""Looks at real processes: a platform in a process of its own, its descendants, and what is left of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.local.parts import REPOSITORY

_START_DEADLINE = 60.0
_END_DEADLINE = 20.0


@dataclass(frozen=True)
class ProcessId:
    """A process, told from a later one with the same number by its start time."""

    pid: int
    started_at: str

    def is_alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        status = _status(self.pid)
        return status is not None and status[2] == self.started_at and status[0] != "Z"


def _status(pid: int) -> tuple[str, int, str] | None:
    """State, parent and start time of a process, or None if there is none."""
    try:
        # The second field is the name in brackets and may hold spaces and brackets itself.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], int(fields[1]), fields[19]


def descendants(root: int) -> set[ProcessId]:
    """All processes below one, whatever their depth."""
    found: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        status = _status(int(entry.name)) if entry.name.isdecimal() else None
        if status is not None:
            found[int(entry.name)] = (status[1], status[2])
    below = {root}
    while grown := {pid for pid, (parent, _) in found.items() if parent in below} - below:
        below |= grown
    return {ProcessId(pid, found[pid][1]) for pid in below - {root}}


@dataclass
class ForegroundPlatform:
    """`python -m service.local platform` in a process of its own."""

    process: subprocess.Popen[str]
    state: Path

    @property
    def variables(self) -> dict[str, str]:
        """What it wrote to its env file."""
        lines = (self.state / "env").read_text().splitlines()
        pairs = [line.split("=", 1) for line in lines if not line.startswith("#")]
        return {name: value.strip("'") for name, value in pairs}

    def wait_until_ready(self) -> None:
        """Wait for the env file, which is written last."""
        wait_for(lambda: (self.state / "env").exists() or self.process.poll() is not None, _START_DEADLINE)
        assert self.process.poll() is None, self.process.communicate()[0]

    def child(self, name: str) -> int:
        """The process id of a part, by a word of its command line."""
        for process in descendants(self.process.pid):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                command = Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if name in command and _status(process.pid)[1] == self.process.pid:  # type: ignore[index]
                    return process.pid
        raise AssertionError(f"no child {name}")

    def finish(self) -> str:
        """Wait for its end and return its output."""
        return self.process.communicate(timeout=_END_DEADLINE)[0]


@contextlib.contextmanager
def foreground_platform(state: Path, **environment: str) -> Iterator[ForegroundPlatform]:
    """Start one; whatever happens, it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.local", "platform", "--state", str(state)],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield ForegroundPlatform(process, state)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def wait_for(check: Callable[[], bool], deadline: float = _END_DEADLINE) -> None:
    """Poll until the check holds.

    Raises:
        AssertionError: it did not in time.
    """
    end = time.monotonic() + deadline
    while not check():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
