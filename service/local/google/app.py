"""Puts the stand-in's application together."""

from __future__ import annotations

from flask import Flask, Response

from service.local.google import api, control, oauth
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
    for module in (oauth, api, control):
        app.register_blueprint(module.blueprint)

    @app.get("/")
    def index() -> str:
        kinds = "".join(f"<li><code>{kind}</code>: {meaning}" for kind, meaning in KINDS.items())
        return (
            "<!doctype html><html lang=en><meta charset=utf-8><title>Google stand-in</title><h1>Google stand-in</h1>"
            "<p>OAuth, Gmail and Calendar for tests and demos. Controlled under <code>/_control</code>.</p>"
            f"<h2>Faults</h2><ul>{kinds}</ul></html>"
        )

    @app.errorhandler(404)
    def not_found(_error: object) -> Response:
        return google_error(404, "notFound", "Not Found", status="NOT_FOUND")

    return app
