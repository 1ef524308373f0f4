"""Serves the Auth stand-in on a loopback port: `python -m service.local.auth --port N`, settings in the environment."""

from __future__ import annotations

import argparse
import logging
import os

from werkzeug.serving import WSGIRequestHandler, make_server

from service.local.auth.app import create_app
from service.local.auth.config import AuthSettings


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open for the gateway and writes no access log, as query strings can hold tokens."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m service.local.auth")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    app = create_app(AuthSettings.from_environment(os.environ))
    make_server("127.0.0.1", arguments.port, app, threaded=True, request_handler=_QuietHandler).serve_forever()


if __name__ == "__main__":
    main()
