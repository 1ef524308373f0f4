"""Puts the application together: what holds for every request, then the routes."""

from flask import Response, request
from flask_openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from service import routes
from service.config import Settings
from service.http import (
    access_log,
    address_limits,
    bodies,
    cors,
    error_handlers,
    measurements,
    request_ids,
    security_headers,
)
from service.routes import gmail_messages, google_callback
from service.routes.documentation import DESCRIPTION, OPENAPI_VERSION, SECURITY_SCHEMES, ErrorBody
from service.routes.wiring import Adapters, wire


def build_app(settings: Settings, adapters: Adapters) -> OpenAPI:
    """Build the application from its settings and adapters."""
    app = OpenAPI(
        "service",
        info={"title": "CxTrack Google service", "version": "1", "description": DESCRIPTION},
        security_schemes=SECURITY_SCHEMES,
        servers=[{"url": settings.public_url}],
        validation_error_model=ErrorBody,
        validation_error_callback=error_handlers.refuse_invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = OPENAPI_VERSION
    wire(app, settings, adapters)
    # Functions before a request run in this order, functions after it in the opposite one.
    request_ids.install(app)
    access_log.install(app)
    measurements.install(app)
    security_headers.install(app, is_production=settings.is_production)
    cors.install(app, settings.allowed_origins)
    error_handlers.install(app)
    # Before the signed-in user: a flood costs no signature and no call of the database.
    address_limits.install(app, factor=settings.address_limit_factor, refuse=_refuse_address)
    routes.register(app)
    # After the signed-in user: a stranger's body is not read.
    bodies.install(app, mail_path=gmail_messages.PATH)
    if settings.trusted_proxy_count:
        count = settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=0)
    return app


def _refuse_address(seconds: int) -> Response:
    is_for_a_browser = request.path == google_callback.PATH
    return google_callback.wait_page(seconds) if is_for_a_browser else error_handlers.too_many_requests(seconds)
