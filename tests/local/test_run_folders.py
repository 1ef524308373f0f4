"""Folders of clusters: what a dead run left is removed by the next, what a live one uses never is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from service.local.parts import REPOSITORY
from service.local.run_folders import new_run_folder

_RUN = "from service.local.run_folders import new_run_folder; print(new_run_folder(), flush=True); input()"


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own, for this process and those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def start_run() -> tuple[subprocess.Popen[str], Path]:
    """A process that has made a run folder and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


@pytest.mark.usefixtures("temporary_folder")
def test_folder_stays_while_its_run_lives_and_goes_with_the_next_start_if_it_was_killed() -> None:
    process, folder = start_run()
    try:
        (folder / "data").mkdir()
        new_run_folder()
        assert folder.is_dir()
    finally:
        process.kill()
        process.communicate()
    assert folder.is_dir()
    new_run_folder()
    assert not folder.exists()


def test_folder_goes_if_its_number_belongs_to_another_process_now(temporary_folder: Path) -> None:
    reused = temporary_folder / f"cxtrack-pg-{os.getpid()}-old"
    reused.mkdir()
    (reused / "owner").write_text(f"{os.getpid()} 1")
    new_run_folder()
    assert not reused.exists()


def test_folder_without_mark_counts_as_just_being_made_by_the_process_in_its_name(temporary_folder: Path) -> None:
    unmarked = temporary_folder / f"cxtrack-pg-{os.getpid()}-new"
    unmarked.mkdir()
    new_run_folder()
    assert unmarked.is_dir()


def test_folder_stays_if_it_only_looks_like_one_of_ours(temporary_folder: Path) -> None:
    other = temporary_folder / "cxtrack-pg-notes"
    other.mkdir()
    new_run_folder()
    assert other.is_dir()


def test_two_folders_of_one_process_live_side_by_side(temporary_folder: Path) -> None:
    first, second = new_run_folder(), new_run_folder()
    assert first != second
    assert {first, second} == {path for path in temporary_folder.iterdir() if path.is_dir()}
