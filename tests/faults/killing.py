"""Killing workers of the running service at random moments, and waiting until it is back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import httpx

_DEADLINE_SECONDS = 30
# More than the connections that the local PostgREST keeps and the processes of the service, one of which answers.
_IN_A_ROW = 30


def kill_workers(parent: int, chance: random.Random, is_over: Callable[[], bool]) -> int:
    """Kill a worker of this gunicorn now and then, until it is over; gives how many died."""
    killed = 0
    while not is_over():
        time.sleep(chance.uniform(0.05, 0.4))
        found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout.split()
        if found:
            with suppress(ProcessLookupError):
                os.kill(int(chance.choice(found)), signal.SIGKILL)
                killed += 1
    return killed


def wait_until_it_answers(web: httpx.Client) -> None:
    """Wait until the service is ready again, for so many questions in a row.

    Once is not enough: PostgREST keeps several connections, and each that was ended is noticed by whoever is given it.
    """
    deadline, in_a_row = time.monotonic() + _DEADLINE_SECONDS, 0
    while in_a_row < _IN_A_ROW:
        is_ready = False
        with suppress(httpx.HTTPError):
            is_ready = web.get("/readyz").status_code == 200
        in_a_row = in_a_row + 1 if is_ready else 0
        assert time.monotonic() < deadline, "the service did not come back"
        if not is_ready:
            time.sleep(0.1)
