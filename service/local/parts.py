"""A running part of the local platform, and what starting one needs: a clean environment, a readiness probe."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from service.local.processes import Child, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
_START_TIMEOUT = 30.0
_PROBE_TIMEOUT = 2.0
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Part:
    """One process of the platform: what it is, where it answers, the process, and how to see that it is ready."""

    name: str
    url: str
    child: Child = field(repr=False)
    is_ready: Callable[[], bool] = field(default=lambda: True, repr=False)

    def wait_until_ready(self) -> None:
        """Wait for the first good answer.

        Raises:
            ChildFailed: the process ended or did not answer in time; the message holds the end of its log.
        """

        # If somebody else has the port, their server may answer while our process is already dead.
        def answers_itself() -> bool:
            return self.is_ready() and self.child.poll() is None

        wait_until(answers_itself, what=self.name, timeout=_START_TIMEOUT, child=self.child)


def base_environment() -> dict[str, str]:
    """What every child gets. Nothing else is inherited: a PG* or GOOGLE_* variable of the shell must not reach one."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def http_answers(url: str, status: int, headers: dict[str, str] | None = None) -> bool:
    """Tell whether a GET is answered with this status; a refused connection is a no."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_PROBE_TIMEOUT)
    try:
        connection.request("GET", address.path or "/", headers=headers or {})
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
