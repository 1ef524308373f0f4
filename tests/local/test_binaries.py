"""Where programs are found: the explicit variable first, a wrong one named, and an old Node passed over."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from service.local import binaries


def program(folder: Path, name: str, says: str) -> Path:
    """A program that prints one line."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("variable", "find"), [("PG_BIN_DIR", binaries.postgres_folder), ("POSTGREST_BIN", binaries.postgrest)]
)
def test_variable_is_named_if_it_points_nowhere(
    monkeypatch: pytest.MonkeyPatch, variable: str, find: Callable[[], Path]
) -> None:
    monkeypatch.setenv(variable, "/nowhere/at/all")
    with pytest.raises(binaries.ProgramMissing, match=f"{variable} names /nowhere/at/all"):
        find()


def test_variable_wins_over_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PG_BIN_DIR", str(tmp_path / "bin"))
    monkeypatch.setenv("POSTGREST_BIN", str(program(tmp_path, "postgrest", "x")))
    assert binaries.postgres_folder() == tmp_path
    assert binaries.postgrest() == tmp_path / "postgrest"


def test_node_on_the_path_is_passed_over_if_it_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "node", "v20.19.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = binaries.node()
    assert found != tmp_path / "node"
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    assert int(answer.stdout.removeprefix("v").split(".")[0]) >= 22


def test_node_on_the_path_is_taken_if_it_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = program(tmp_path, "node", "v22.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.node() == node


def test_missing_program_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("POSTGREST_BIN", raising=False)
    monkeypatch.setattr(binaries, "REPOSITORY", tmp_path)
    with pytest.raises(binaries.ProgramMissing, match="make install"):
        binaries.postgrest()
    with pytest.raises(binaries.ProgramMissing, match="make install"):
        binaries.supabase_cli()
