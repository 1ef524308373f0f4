"""Folders of running clusters below the temporary folder; those of dead runs are removed when a new one is made."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "cxtrack-pg-"


def new_run_folder() -> Path:
    """Make a folder marked with this process, and remove the folders of processes that are gone.

    Returns:
        A folder that every user may enter, as PostgreSQL may run as another one; short enough for a socket's path.
    """
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    (folder / "owner").write_text(f"{os.getpid()} {_start_time(os.getpid())}")
    return folder


def _remove_leftovers() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.stat().st_uid == os.geteuid() and not _is_owner_alive(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            # Another run removed it at the same time.
            continue


def _is_owner_alive(folder: Path) -> bool:
    try:
        pid, started = (folder / "owner").read_text().split()
    except (FileNotFoundError, ValueError):
        # Just being made, by the process in its name.
        pid, started = folder.name.removeprefix(_PREFIX).partition("-")[0], ""
    if not pid.isdecimal():
        # Somebody else's folder that happens to be named like ours.
        return True
    return _is_alive(int(pid)) and started in ("", _start_time(int(pid)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _start_time(pid: int) -> str:
    """When a process started, in the kernel's ticks; tells a reused pid apart.

    Returns:
        The empty text if the process is gone, and for every process on systems without /proc: there a folder whose
        owner's number was taken by another process stays until that one ends.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""
