"""Puts the stand-in's application together."""

from __future__ import annotations

import sys
import traceback

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from service.local.google import api, authorization, control, oauth
from service.local.google.faults import KINDS, Faults, google_error
from service.local.google.id_tokens import IDTokenSigner
from service.local.google.state import Google
from service.local.google.wiring import StandIn, wire


def create_app(issuer: str, clients: dict[str, str], redirect_uris: list[str]) -> Flask:
    """Build the application.

    Args:
        issuer: the base address, which is also the `iss` of ID tokens and redirects.
        clients: secrets by client id.
        redirect_uris: the registered ones, compared whole.
    """
    app = Flask(__name__)
    wire(app, StandIn(Google(clients, redirect_uris), Faults(), IDTokenSigner(issuer)))
    app.before_request(control.note_request)
    for module in (authorization, oauth, api, control):
        app.register_blueprint(module.blueprint)

    @app.get("/")
    def index() -> str:
        kinds = "".join(f"<li><code>{kind}</code>: {meaning}" for kind, meaning in KINDS.items())
        return (
            "<!doctype html><html lang=en><meta charset=utf-8><title>Google stand-in</title><h1>Google stand-in</h1>"
            "<p>OAuth, Gmail and Calendar for tests and demos. Controlled under <code>/_control</code>.</p>"
            f"<h2>Faults</h2><ul>{kinds}</ul></html>"
        )

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.code == 404:
            return google_error(404, "notFound", "Not Found", status="NOT_FOUND")
        return google_error(error.code or 500, "badRequest", error.name)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        # Where it failed, never the error's text: that may hold a code or somebody's message.
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(f"{type(error).__name__} at {place.name}, line {place.lineno}", file=sys.stderr)
        return google_error(500, "backendError", "Backend Error", status="INTERNAL")

    return app
