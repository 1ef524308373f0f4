"""Request ids: one name for a request in the answer, in every log line and at the proxy in front."""

import re
from uuid import uuid4

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
# Whatever a caller sends is written into logs: nothing that could be a token or a second line.
_SANE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def install(app: Flask) -> None:
    """Give each request an id: the caller's own if it is sane, else a new one."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE.fullmatch(given) else uuid4().hex
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def name(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        return response
