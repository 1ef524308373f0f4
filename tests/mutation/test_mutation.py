"""A sample of the mutations is noticed, always the same one; a run with one that is not noticed is red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.redundant import REDUNDANT

_ROOT = Path(__file__).parents[2]
# Another seed draws others: .venv/bin/python -m tests.mutation --sample 24 --seed 8
_SAMPLE = ("--sample", "12", "--seed", "7")
_CORRECTIONS = "tests/database/workspaces/test_corrections.py"
_PLANTED = "alter table public.workspaces add constraint planted check (industry <> 'none')"
_BROKEN = (
    "create or replace function private.touch_updated_at() returns trigger language plpgsql "
    "set search_path = '' as 'begin return new; end'"
)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutation", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=900)


def _only(*names: str) -> list[str]:
    return [argument for name in names for argument in ("--only", name)]


def test_sample_of_mutations_is_noticed() -> None:
    ended = _run(*_SAMPLE, "--seconds", "400")
    again = f".venv/bin/python -m tests.mutation {' '.join(_SAMPLE)}"
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}\nRun it again with: {again}"


def test_mutation_that_nothing_notices_makes_the_run_red() -> None:
    ended = _run("--plant", _PLANTED, *_only("drop constraint planted"), "--tests", _CORRECTIONS)
    assert "survived: alter table public.workspaces drop constraint planted" in ended.stdout
    assert ended.returncode == 1, ended.stderr


def test_mutation_that_was_not_decided_in_time_makes_the_run_red() -> None:
    endless = ("--tests", "tests/mutation/endless.py", "--seconds", "1")
    ended = _run("--plant", _PLANTED, *_only("drop constraint planted"), *endless)
    assert "not decided in time: alter table public.workspaces drop constraint planted" in ended.stdout
    assert ended.returncode == 1, ended.stderr


def test_noticing_counts_for_nothing_if_the_test_fails_without_the_mutation() -> None:
    names = _only("drop trigger touch_updated_at on public.workspaces")
    ended = _run("--plant", _BROKEN, *names, "--tests", _CORRECTIONS)
    assert f"fails without any mutation, too: {_CORRECTIONS}" in ended.stdout
    assert ended.returncode == 1, ended.stderr


@pytest.mark.skipif(not REDUNDANT, reason="none is redundant")
def test_redundant_guards_are_still_redundant() -> None:
    tests = [argument for name in REDUNDANT for argument in ("--tests", REDUNDANT[name].test)]
    ended = _run(*_only(*REDUNDANT), *tests)
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
