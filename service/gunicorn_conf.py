"""gunicorn for production: `gunicorn -c service/gunicorn_conf.py service.wsgi:app`, behind a proxy that speaks TLS."""

import logging
import os
from pathlib import Path

from gunicorn.glogging import Logger

from service.logs import configure_logging


class ServiceLogger(Logger):
    """Sends gunicorn's own messages through the service's redacting handler: one of them quotes a request's URI."""

    def setup(self, cfg: object) -> None:  # noqa: ARG002 - gunicorn calls it with its configuration
        configure_logging(is_production=True)
        self.error_log.propagate = True
        self.error_log.handlers.clear()
        self.error_log.setLevel(logging.INFO)


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
