"""The row about starting: from the command until the service says that it is ready, against an empty app."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from service.local.platform import Platform
from tests.bench.rows import Row, at_most
from tests.bench.stage import EMPTY, SERVICE, serving


def start(platform: Platform, log_dir: Path, rounds: int, report: Callable[[str], None]) -> Row:
    """Measure both starts in turn; ready means that /readyz has asked the database and Auth's keys."""
    row = at_most("start of the service until ready, against an empty Flask app with the same imports", 1.5)
    for number in range(1, rounds + 1):
        report(f"start: round {number} of {rounds}")
        ours, theirs = (_seconds(app, platform, log_dir) for app in (SERVICE, EMPTY))
        row.ratios.append(ours / theirs)
        row.detail = f"{ours:.2f} and {theirs:.2f} s"
    return row


def _seconds(app: str, platform: Platform, log_dir: Path) -> float:
    began = time.perf_counter()
    with serving(app, platform, google_url="http://127.0.0.1:9", log_dir=log_dir, ready_at="/readyz"):
        return time.perf_counter() - began
