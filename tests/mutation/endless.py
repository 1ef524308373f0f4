"""A test that never ends, whatever the machine: a run that waits for it has to give up."""

from __future__ import annotations

import threading


def test_without_end() -> None:
    threading.Event().wait()
