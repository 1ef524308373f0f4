"""Child processes: they die with their parent however it ends, and say why they did not start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.local.parts import REPOSITORY
from service.local.processes import Child, ChildFailed, RunAs, free_port, start_child, wait_until
from tests.local.process_tree import ProcessId, descendants, wait_for

_SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
# A parent with two children: one started like every part of the platform, one without the tie.
_PARENT = """
import subprocess, sys, time
from pathlib import Path
from service.local.processes import RunAs, start_child
argv = ["/bin/sleep", "600"]
user = RunAs(int(sys.argv[2]), int(sys.argv[2])) if sys.argv[2:] else None
tied = start_child("tied", argv, env={}, log_path=Path(sys.argv[1]) / "tied.log", cwd=Path("/"), user=user)
loose = subprocess.Popen(argv)
print(tied.pid, loose.pid, flush=True)
time.sleep(600)
"""


@contextmanager
def child(tmp_path: Path, *argv: str, environment: dict[str, str] | None = None) -> Iterator[Child]:
    """A child that is stopped at the end."""
    started = start_child("child", argv, env=environment or {}, log_path=tmp_path / "child.log")
    try:
        yield started
    finally:
        started.terminate()


def python(tmp_path: Path, program: str, environment: dict[str, str] | None = None) -> Child:
    """Run a short Python program as a child and wait for its end."""
    with child(tmp_path, sys.executable, "-c", program, environment=environment) as started:
        wait_for(lambda: started.poll() is not None)
        return started


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
@pytest.mark.parametrize("user", [None, 65534], ids=["same_user", "another_user"])
def test_child_dies_if_its_parent_is_killed(tmp_path: Path, user: int | None) -> None:
    if user is not None and os.geteuid() != 0:
        pytest.skip("only root may change the user")
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path), *([str(user)] if user else [])],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        tied, loose = (int(pid) for pid in output.readline().split())
    processes = {process.pid: process for process in descendants(parent.pid)}
    assert {tied, loose} <= processes.keys()
    if user is not None:
        assert Path(f"/proc/{tied}").stat().st_uid == user
    parent.kill()
    parent.wait()
    try:
        wait_for(lambda: not processes[tied].is_alive())
        # The one without the tie is still there: the check above can fail.
        assert processes[loose].is_alive()
    finally:
        _kill(processes[loose])


def _kill(process: ProcessId) -> None:
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)


def test_child_gets_no_variable_that_was_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "database.example.com")
    ended = python(tmp_path, "import os; print(sorted(os.environ))", {"GIVEN": "1"})
    printed = ended.log_path.read_text()
    assert "GIVEN" in printed
    assert "PGHOST" not in printed


def test_child_leads_its_own_group_so_that_ctrl_c_does_not_reach_it(tmp_path: Path) -> None:
    with child(tmp_path, *_SLEEP) as started:
        assert os.getpgid(started.pid) == started.pid != os.getpgrp()


def test_terminate_kills_if_the_signal_is_ignored(tmp_path: Path) -> None:
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    with child(tmp_path, sys.executable, "-c", program) as started:
        wait_for(lambda: "ready" in started.log_path.read_text())
        started.terminate(timeout=0.1)
        assert started.poll() == -signal.SIGKILL


def test_terminate_does_nothing_if_the_child_has_ended(tmp_path: Path) -> None:
    ended = python(tmp_path, "raise SystemExit(3)")
    ended.terminate()
    assert ended.poll() == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may change the user")
def test_child_runs_as_the_given_user_alone(tmp_path: Path) -> None:
    log_path = tmp_path / "child.log"
    started = start_child(
        "child", ["/bin/sh", "-c", "id -u; id -g; id -G"], env={"PATH": "/usr/bin:/bin"}, log_path=log_path,
        cwd=Path("/"), user=RunAs(65534, 65534),
    )  # fmt: skip
    wait_for(lambda: started.poll() is not None)
    assert log_path.read_text().split() == ["65534", "65534", "65534"]


def test_waiting_fails_with_the_end_of_the_log_if_the_child_ends(tmp_path: Path) -> None:
    ended = python(tmp_path, "print('x' * 5000, flush=True); raise SystemExit('the port is taken')")
    with pytest.raises(ChildFailed, match="ended with exit code 1") as failure:
        wait_until(lambda: False, what="The part", timeout=10, child=ended)
    assert str(failure.value).endswith("the port is taken")
    assert len(str(failure.value)) < 3000


def test_waiting_fails_if_the_time_is_over(tmp_path: Path) -> None:
    started_at = time.monotonic()
    with child(tmp_path, *_SLEEP) as started, pytest.raises(ChildFailed, match=r"not ready within 0\.1 seconds"):
        wait_until(lambda: False, what="The part", timeout=0.1, child=started)
    assert time.monotonic() - started_at < 5


def test_waiting_ends_as_soon_as_the_check_holds() -> None:
    answers = iter([False, False, True])
    wait_until(lambda: next(answers), what="The part", timeout=10)
    assert list(answers) == []


def test_free_port_can_be_bound() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
