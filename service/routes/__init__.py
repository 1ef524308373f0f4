"""The HTTP interface: one module per resource, each with a `blueprint`."""

from flask import request
from flask_openapi import APIBlueprint, OpenAPI

from service.routes import (
    calendar_events,
    docs,
    gmail_messages,
    google_authorizations,
    google_callback,
    google_connection,
    health,
)
from service.routes.authentication import authenticated

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    google_authorizations.blueprint,
    google_callback.blueprint,
    google_connection.blueprint,
    gmail_messages.blueprint,
    calendar_events.blueprint,
    health.blueprint,
)


def register(app: OpenAPI) -> None:
    """Add every route. Where the document asks for a signed-in user, nothing is read before there is one."""
    signed_in = {blueprint.name for blueprint in BLUEPRINTS if blueprint.abp_security}

    @app.before_request
    def require_signed_in_user() -> None:  # pyright: ignore[reportUnusedFunction]
        # A browser asks with OPTIONS, and without a token, whether it may ask at all.
        if request.blueprint in signed_in and request.method != "OPTIONS":
            authenticated()

    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    app.register_blueprint(docs.blueprint)
