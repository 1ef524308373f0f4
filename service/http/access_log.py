"""One log line per request: method, path, status and duration. Never a query string, which may hold a code."""

import logging
import time

from flask import Flask, Response, g, request

_log = logging.getLogger("service.access")
_LONGEST_PATH = 256


def install(app: Flask) -> None:
    """Log every request when its answer is ready."""

    @app.before_request
    def start() -> None:
        g.started_at = time.perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        _log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path[:_LONGEST_PATH],
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - g.started_at) * 1000, 1),
            },
        )
        return response
