"""The short form, with a seed of its own in each run; `make torture` goes on for as long as it is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.databases import Database
from tests.faults.torture.run import run
from tests.faults.torture.stage import Stage, staged
from tests.scratch import NotScratch

_SECONDS = 10
_REST = ("platform", "service", "http", "google", "web", "worker", "logs")
_SEED = random.SystemRandom().randrange(10**6)


def test_every_invariant_holds_after_a_short_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with staged(tmp_path) as stage:
        outcome = run(stage, _SEED, _SECONDS)
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.broken == [], f"Run it again with: make torture SEED={_SEED} MINUTES=1"
    assert outcome.mails > 0
    assert sum(outcome.havoc.done.values()) > 5


def test_nothing_is_tortured_without_the_scratch_marker(database: Database):
    with database.connect("supabase_admin") as admin:
        admin.execute("drop schema local_platform cascade")
    with pytest.raises(NotScratch):
        Stage(database=database, **dict.fromkeys(_REST))  # type: ignore[arg-type]
