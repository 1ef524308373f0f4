"""The demo as a person runs it: every step holds, and a broken rule makes it exit with an error."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date

import pytest

from service.local.binaries import REPOSITORY
from service.local.demo.sabotage import SABOTAGES
from service.local.demo.steps import STEPS
from tests.faults.conftest import IS_FULL

_NOTICED_IN = {
    "no-profile": "Ada signs up",
    "secrets-outlive-connection": "The access token ends",
    "connections-open-to-all": "Nobody else reaches them",
    "session-not-checked": "Nobody else reaches them",
    "google-does-not-revoke": "Ada disconnects",
    "two-refreshes-at-once": "The access token ends",
    "mails-go-out-twice": "Ada sends a mail",
    "dead-tokens-kept": "Ada revokes the access",
}


def _demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.local", "demo", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_demo_ends_well_if_nothing_is_broken():
    answer = _demo()
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.strip().endswith(f"{len(STEPS)} of {len(STEPS)} steps held.")
    assert answer.stdout.count("✓") == len(STEPS)
    for secret in ("ya29.", "1//", "eyJ", "4/0A"):
        assert secret not in answer.stdout + answer.stderr


def test_every_sabotage_is_tried():
    assert set(SABOTAGES) == set(_NOTICED_IN)


# All of them with `make torture`, else three that change from day to day; every worker has to collect the same ones.
_TRIED = sorted(_NOTICED_IN) if IS_FULL else random.Random(date.today().isoformat()).sample(sorted(_NOTICED_IN), 3)


@pytest.mark.parametrize("sabotage", _TRIED)
def test_demo_exits_with_an_error_if_a_rule_is_broken(sabotage: str):
    answer = _demo("--sabotage", sabotage)
    assert answer.returncode == 1
    (failed,) = [line for line in answer.stdout.splitlines() if line.startswith("✗")]
    assert _NOTICED_IN[sabotage] in failed
