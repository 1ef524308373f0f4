"""Errors of the Auth stand-in and the two JSON forms in which Supabase Auth reports them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request

API_VERSION_HEADER = "X-Supabase-Api-Version"
_API_VERSION_2024 = "2024-01-01"


class AuthError(Exception):
    """Auth refused the request."""

    def __init__(self, status: int, error_code: str, message: str, *, details: dict[str, Any] | None = None):
        super().__init__(error_code)
        self.status = HTTPStatus(status)
        self.error_code = error_code
        self.message = message
        self.details = details or {}


def bad_request(error_code: str, message: str) -> AuthError:
    """A 400."""
    return AuthError(HTTPStatus.BAD_REQUEST, error_code, message)


def forbidden(error_code: str, message: str) -> AuthError:
    """A 403."""
    return AuthError(HTTPStatus.FORBIDDEN, error_code, message)


def unprocessable(error_code: str, message: str) -> AuthError:
    """A 422."""
    return AuthError(HTTPStatus.UNPROCESSABLE_ENTITY, error_code, message)


def weak_password(message: str, reasons: list[str]) -> AuthError:
    """A 422 that names the password rules that failed."""
    details = {"weak_password": {"reasons": reasons}}
    return AuthError(HTTPStatus.UNPROCESSABLE_ENTITY, "weak_password", message, details=details)


def error_response(error: AuthError) -> Response:
    """Render an error in the form that the caller's API version asks for.

    Clients from 2024 on send an API version and read `{code, message}`; without it the older `{code, error_code, msg}`
    is sent, where `code` is the HTTP status.
    """
    if request.headers.get(API_VERSION_HEADER, "") >= _API_VERSION_2024:
        body: dict[str, Any] = {"code": error.error_code, "message": error.message}
        headers = {API_VERSION_HEADER: _API_VERSION_2024}
    else:
        body = {"code": int(error.status), "error_code": error.error_code, "msg": error.message}
        headers = {}
    response = jsonify({**body, **error.details})
    response.status_code = error.status
    response.headers.update(headers)
    return response
