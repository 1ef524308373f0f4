"""`python -m service.local.google --port N --redirect-uri URL`: runs the stand-in on loopback, logging no request."""

from __future__ import annotations

import logging
import os

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from service.local.google.app import create_app


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as Google does, and writes nothing: request lines have codes in their query strings."""

    protocol_version = "HTTP/1.1"
    # Head and body are two small writes; without this the second waits for the caller's delayed acknowledgement.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing, not even of a request line that could not be read."""


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--redirect-uri", "redirect_uris", multiple=True, required=True, help="A registered redirect URI.")
def main(port: int, redirect_uris: tuple[str, ...]) -> None:
    """Run until stopped. The client comes from GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    clients = {os.environ["GOOGLE_CLIENT_ID"]: os.environ["GOOGLE_CLIENT_SECRET"]}
    app = create_app(f"http://127.0.0.1:{port}", clients, list(redirect_uris))
    make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler).serve_forever()


if __name__ == "__main__":
    main()
