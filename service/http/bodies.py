"""Request bodies: how large they may be, and that a body which ought to be JSON is JSON."""

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

from service.errors import InvalidJSON, InvalidRequest, UnsupportedMediaType

# An event with its two hundred guests, or a completion: nothing here is larger but a mail.
LARGEST_BODY = 256 * 1024
# A mail of 25 MB: its attachments as base64 take as much in JSON, and its text more, as JSON may escape it.
LARGEST_MAIL = 34 * 1024 * 1024
_LARGEST_FORM_PART = 64 * 1024


def install(app: Flask, *, mail_path: str) -> None:
    """Set the limits, and check JSON before flask-openapi reads it as null where it is broken.

    Args:
        mail_path: the one address that takes a mail with its attachments.
    """
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FORM_PART

    @app.before_request
    def require_json() -> None:
        if not _takes_json():
            return
        if request.path == mail_path:
            request.max_content_length = LARGEST_MAIL
        if request.mimetype != "application/json":
            raise UnsupportedMediaType
        try:
            value = request.get_json()
        except (BadRequest, RecursionError):
            raise InvalidJSON from None
        # flask-openapi would parse a JSON string once more, as JSON.
        if not isinstance(value, dict):
            raise InvalidRequest(details=[{"field": "body", "message": "has to be an object"}])


def _takes_json() -> bool:
    """Whether the view is declared with a body model."""
    if request.method == "OPTIONS":
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return "body" in getattr(view, "__annotations__", {})
