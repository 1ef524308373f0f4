"""The root of every error that a caller of the service can meet, and the errors that belong to no single feature."""

import inspect
from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """Something went wrong.

    The first paragraph of a subclass's docstring is its default message. A message never holds anything that the
    caller sent or that Google answered: it reaches logs.
    """

    error_code: str = "internal_error"
    status: int = 500
    headers: Mapping[str, str] = {}

    def __init__(
        self, message: str | None = None, *, headers: Mapping[str, str] | None = None, details: Any = None
    ) -> None:
        """Make the error.

        Args:
            message: instead of the docstring.
            headers: response headers, added to those of the class.
            details: JSON for the caller's program: fields, seconds, a missing scope.
        """
        self.message = message or _default_message(type(self))
        self.headers = {**type(self).headers, **(headers or {})}
        self.details = details
        super().__init__(self.message)

    def __repr__(self) -> str:
        # Details may name what the caller sent; they go to the caller and nowhere else.
        return f"{type(self).__name__}({self.error_code!r})"


class Unauthenticated(ServiceError):
    """Sign in: a valid access token of Supabase Auth is needed as Bearer."""

    error_code = "unauthenticated"
    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}

    def __init__(self, reason: str = "refused") -> None:
        """Make the error.

        Args:
            reason: one word for the log. The caller always reads the same message, so that nobody can probe tokens.
        """
        super().__init__()
        self.reason = reason


class InvalidJSON(ServiceError):
    """The body is not valid JSON."""

    error_code = "invalid_json"
    status = 400


class InvalidRequest(ServiceError):
    """The request does not have the form that this endpoint takes; details names each field.

    details is a list of {"field", "message"}.
    """

    error_code = "invalid_request"
    status = 422


class NotFound(ServiceError):
    """Nothing is here."""

    error_code = "not_found"
    status = 404


class MethodNotAllowed(ServiceError):
    """This address does not take this method."""

    error_code = "method_not_allowed"
    status = 405


class PayloadTooLarge(ServiceError):
    """The body is larger than the service takes."""

    error_code = "payload_too_large"
    status = 413


class UnsupportedMediaType(ServiceError):
    """The body has to be application/json."""

    error_code = "unsupported_media_type"
    status = 415


class RateLimited(ServiceError):
    """Too many requests; wait and try again."""

    error_code = "rate_limited"
    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            headers={"Retry-After": str(retry_after_seconds)}, details={"retry_after_seconds": retry_after_seconds}
        )


class ServiceUnavailable(ServiceError):
    """The service cannot answer at the moment; whether this was done is not known. It is safe to try again."""

    error_code = "service_unavailable"
    status = 503
    headers: Mapping[str, str] = {"Retry-After": "5"}


class InternalError(ServiceError):
    """Something went wrong on our side; the request id helps us to find it."""


class FieldError(ValueError):
    """What a check of several fields together found, and the field to name for it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _default_message(error_class: type[ServiceError]) -> str:
    documentation = inspect.getdoc(error_class) or error_class.error_code
    return " ".join(documentation.split("\n\n")[0].split())
