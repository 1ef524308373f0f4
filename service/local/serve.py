"""Starts the service itself on a local platform: gunicorn, configured as in production, and later the worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

from service.local.parts import REPOSITORY, Part, base_environment, http_answers
from service.local.platform import Platform
from service.local.ports import is_free, unused_port
from service.local.processes import start_child

_GUNICORN = REPOSITORY / "service" / "gunicorn_conf.py"


def choose_port(wanted: int) -> int:
    """The wanted port if nothing listens there, else a free one."""
    return wanted if is_free(wanted) else unused_port()


@contextmanager
def service_processes(platform: Platform, *, log_dir: Path) -> Iterator[list[Part]]:
    """Run the service's processes until the block ends. The worker joins this list when there is one."""
    web = _start_web(platform, log_dir)
    try:
        web.wait_until_ready()
        yield [web]
    finally:
        web.child.terminate()


def _start_web(platform: Platform, log_dir: Path) -> Part:
    url = platform.identity.public_url
    argv = [sys.executable, "-m", "gunicorn", "-c", str(_GUNICORN), "--graceful-timeout", "3", "service.wsgi:app"]
    # The control socket would lie in the home folder, where two checkouts meet.
    argv.append("--no-control-socket")
    environment = {
        **base_environment(),
        **platform.settings_env(),
        "BIND": urlsplit(url).netloc,
        "WEB_CONCURRENCY": "1",
    }
    # gunicorn passes SIGTERM on to its workers; with SIGKILL they would outlive it for a moment.
    child = start_child("service", argv, env=environment, log_path=log_dir / "service.log", death_signal=SIGTERM)
    return Part("Service", url, child, lambda: http_answers(f"{url}/healthz", 200))
