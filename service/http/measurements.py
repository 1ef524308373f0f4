"""Counts each request and its duration under its route's template, for the metrics page."""

import time

from flask import Flask, Response, g, request

from service.metrics import HTTP_DURATION, HTTP_REQUESTS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    """Measure every request; the access log has started its clock."""

    @app.after_request
    def measure(response: Response) -> Response:
        # Labels stay few whatever a client asks for: an unknown path is one route, an unknown method one method.
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        HTTP_REQUESTS.labels(method, route, str(response.status_code)).inc()
        HTTP_DURATION.labels(route).observe(time.perf_counter() - g.started_at)
        return response
