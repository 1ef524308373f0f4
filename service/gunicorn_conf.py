"""gunicorn for production: `gunicorn -c service/gunicorn_conf.py service.wsgi:app`, behind a proxy that speaks TLS."""

import logging
import os
import shutil
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from service import core_dumps
from service.config import load_settings
from service.logs import configure_logging

# Each worker counts into files here, and the master adds them up. Set before any metric is made, which is when
# prometheus_client looks.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="cxtrack-metrics-")


_log = logging.getLogger("service.gunicorn")


class ServiceLogger(Logger):
    """Sends gunicorn's own messages through the service's redacting handler: one of them quotes a request's URI."""

    def setup(self, cfg: object) -> None:  # noqa: ARG002 - gunicorn calls it with its configuration
        configure_logging(is_production=True)
        self.error_log.propagate = True
        self.error_log.handlers.clear()
        self.error_log.setLevel(logging.INFO)


def when_ready(_: Arbiter) -> None:
    """Serve /metrics from the master; the workers serve requests and nothing else."""
    from service.metrics import serve_metrics

    port = load_settings().metrics_port
    if not port:
        return
    try:
        serve_metrics(port, is_multiprocess=True)
    except OSError:
        # Serving users matters more; two instances on one host need two ports.
        _log.error("metrics are not served: the port is taken", extra={"port": port})
    else:
        _log.info("metrics are served", extra={"port": port})


def post_fork(_: Arbiter, __: Worker) -> None:
    """Keep the memory of a worker that dies off the disk."""
    core_dumps.switch_off()


def child_exit(_: Arbiter, worker: Worker) -> None:
    """Keep a dead worker's counts and forget its gauges."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(_: Arbiter) -> None:
    """Leave no files behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", str(os.cpu_count() or 1)))
threads = 16
# A worker whose main thread says nothing for this long is stuck; requests run in other threads.
timeout = 60
graceful_timeout = 30
keepalive = 5
# Workers beat by touching a file; on a disk that stalls they would be killed for it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The service writes its own access log, without query strings.
accesslog = None
logger_class = ServiceLogger
# X-Forwarded-* are read by ProxyFix alone, as far as TRUSTED_PROXY_COUNT says.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# Each worker builds its own connections after the fork.
preload_app = False
# Nobody operates a running server through a socket; signals do.
control_socket_disable = True
