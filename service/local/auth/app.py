"""Wires the Auth stand-in: routes, errors, health, settings and JWKS."""

from __future__ import annotations

import logging
from http import HTTPStatus

import psycopg
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from service.local.auth.account import account_blueprint
from service.local.auth.admin import admin_blueprint
from service.local.auth.callers import TokenVerifier
from service.local.auth.config import AuthSettings
from service.local.auth.database import Database
from service.local.auth.errors import AuthError, error_response
from service.local.auth.grants import grants_blueprint
from service.local.auth.signup import signup_blueprint

_NOT_IMITATED = (
    "/verify", "/recover", "/invite", "/magiclink", "/otp", "/resend", "/reauthenticate", "/authorize", "/callback",
    "/sso", "/saml", "/factors", "/admin/generate_link", "/admin/audit",
)  # fmt: skip
_log = logging.getLogger(__name__)


def create_app(settings: AuthSettings) -> Flask:
    """Build the stand-in for one database."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    database = Database(settings.database_url)
    verifier = TokenVerifier(settings)
    app.register_blueprint(signup_blueprint(settings, database))
    app.register_blueprint(grants_blueprint(settings, database))
    app.register_blueprint(account_blueprint(verifier, database))
    app.register_blueprint(admin_blueprint(verifier, database))
    _register_information(app, settings)
    _register_errors(app)
    return app


def _register_information(app: Flask, settings: AuthSettings) -> None:
    @app.get("/health")
    def health() -> Response:
        description = "Stand-in for Supabase Auth on this machine"
        return jsonify({"version": "local", "name": "GoTrue", "description": description})

    @app.get("/settings")
    def public_settings() -> Response:
        external = {"email": True, "phone": False, "anonymous_users": False, "google": False}
        return jsonify(
            {
                "external": external,
                "disable_signup": False,
                "mailer_autoconfirm": settings.autoconfirm,
                "phone_autoconfirm": False,
                "sms_provider": "",
                "saml_enabled": False,
            }
        )

    @app.get("/.well-known/jwks.json")
    def jwks() -> Response:
        response = jsonify(settings.jwks)
        response.headers["Cache-Control"] = "public, max-age=600"
        return response


def _register_errors(app: Flask) -> None:
    @app.errorhandler(AuthError)
    def refused(error: AuthError) -> Response:
        return error_response(error)

    @app.errorhandler(psycopg.Error)
    def database_failed(error: psycopg.Error) -> Response:
        # Only the class is logged: PostgreSQL's messages quote values, e-mail addresses among them.
        _log.error("database error %s, sqlstate %s", type(error).__name__, error.sqlstate)
        return error_response(AuthError(500, "unexpected_failure", "Unexpected failure, please check server logs"))

    @app.errorhandler(HTTPException)
    def not_routed(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or 500)
        return error_response(AuthError(status, "not_found" if status == 404 else "validation_failed", status.phrase))

    def not_imitated(**_: str) -> Response:
        return error_response(AuthError(501, "not_imitated", "The local Auth stand-in does not imitate this endpoint"))

    methods = ["GET", "POST", "PUT", "DELETE"]
    for number, path in enumerate(_NOT_IMITATED):
        app.add_url_rule(path, f"not_imitated_{number}", not_imitated, methods=methods)
        app.add_url_rule(f"{path}/<path:rest>", f"not_imitated_{number}_below", not_imitated, methods=methods)
