"""A refusal in the JSON of Google's APIs."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.local.google.faults import google_error


class APIError(Exception):
    """A call is refused."""

    def __init__(
        self, code: int, reason: str, message: str, status: str = "INVALID_ARGUMENT", details: list[Any] | None = None
    ) -> None:
        super().__init__(message)
        self._arguments = (code, reason, message)
        self._status = status
        self._details = details

    def response(self) -> Response:
        """The refusal as a response."""
        return google_error(*self._arguments, status=self._status, details=self._details)


def not_found() -> APIError:
    """What Google answers for an id that is not there, or is somebody else's."""
    return APIError(404, "notFound", "Requested entity was not found.", "NOT_FOUND")


def not_imitated(what: str) -> APIError:
    """What this stand-in answers where Google would do something that it cannot."""
    return APIError(501, "notImplemented", f"{what} is not imitated.", "UNIMPLEMENTED")
