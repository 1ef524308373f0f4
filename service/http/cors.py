"""CORS: the app's own origins, compared exactly, with tokens in a header and never with cookies."""

import re
from collections.abc import Sequence

from flask import Flask
from flask_cors import CORS


def install(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of these origins call /v1."""
    CORS(
        app,
        resources=re.compile(r"/v1/.*"),
        # flask-cors guesses which strings are patterns (an IPv6 address looks like one): nothing is left to guess.
        origins=[re.compile(re.escape(origin) + r"\Z") for origin in origins],
        methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Prefer", "X-Request-ID"],
        expose_headers=["ETag", "Retry-After", "WWW-Authenticate", "X-Request-ID"],
        supports_credentials=False,
        send_wildcard=False,
        always_send=False,
        vary_header=True,
        max_age=600,
    )
