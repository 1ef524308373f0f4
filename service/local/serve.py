"""Starts the service itself on a local platform: gunicorn, configured as in production, and the worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
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
def service_processes(
    platform: Platform, *, log_dir: Path, with_worker: bool = True, **environ: str
) -> Iterator[list[Part]]:
    """Run the service's processes until the block ends.

    Args:
        with_worker: run a worker as well, so that what the database queues is done.
        environ: variables of the web processes that differ from those of the platform.
    """
    with ExitStack() as stack:
        parts = [_start_web(platform, log_dir, environ)]
        stack.callback(parts[0].child.terminate)
        if with_worker:
            parts.append(start_worker(platform, log_dir))
            # It finishes the entry in hand.
            stack.callback(parts[1].child.terminate, timeout=15)
        for part in parts:
            part.wait_until_ready()
        yield parts


def _start_web(platform: Platform, log_dir: Path, environ: Mapping[str, str]) -> Part:
    url = platform.identity.public_url
    argv = [sys.executable, "-m", "gunicorn", "-c", str(_GUNICORN), "--graceful-timeout", "3"]
    # The control socket would lie in the home folder, where two checkouts meet.
    argv += ["--no-control-socket", "service.local.example.wsgi:app"]
    environment = {
        **base_environment(),
        **platform.settings_env(),
        "BIND": urlsplit(url).netloc,
        "WEB_CONCURRENCY": "1",
        "METRICS_PORT": str(unused_port()),
        **environ,
    }
    # gunicorn passes SIGTERM on to its workers; with SIGKILL they would outlive it for a moment.
    child = start_child("service", argv, env=environment, log_path=log_dir / "service.log", death_signal=SIGTERM)
    return Part("Service", url, child, lambda: http_answers(f"{url}/healthz", 200))


def start_worker(platform: Platform, log_dir: Path, *, name: str = "worker", **environ: str) -> Part:
    """Start a worker; several may run.

    Args:
        name: of its log.
        environ: variables that differ from those of the platform.
    """
    log_path = log_dir / f"{name}.log"
    log_begins = log_path.stat().st_size if log_path.exists() else 0
    argv = [sys.executable, "-m", "service", "worker", "--poll-seconds", "0.5"]
    environment = {**base_environment(), **platform.settings_env(), **environ}
    child = start_child("worker", argv, env=environment, log_path=log_path)

    def is_ready() -> bool:
        return b"worker is ready" in log_path.read_bytes()[log_begins:]

    return Part("Worker", "outbox in the database", child, is_ready)
