"""Every error becomes one JSON body, and what is unexpected is logged without being shown."""

import logging
from typing import NoReturn

from flask import Flask, Response, json
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from service.alerts import alert_on
from service.errors import (
    FieldError,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    ServiceError,
    Unauthenticated,
    UnsupportedMediaType,
)

_log = logging.getLogger(__name__)
_LONGEST_FIELD = 200
# A body of a thousand wrong entries gets an answer that a person can read.
_MOST_FINDINGS = 20
_BY_STATUS: dict[int, type[ServiceError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def install(app: Flask) -> None:
    """Handle our errors, werkzeug's and everything else."""
    app.register_error_handler(ServiceError, _answer)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(Exception, _answer_unexpected)


def refuse_invalid(error: ValidationError) -> NoReturn:
    """Turn pydantic's findings into InvalidRequest, without the values that were sent."""
    findings = error.errors(include_url=False, include_input=False)[:_MOST_FINDINGS]
    raise InvalidRequest(
        details=[
            {"field": _field(finding), "message": finding["msg"].removeprefix("Value error, ")} for finding in findings
        ]
    ) from None


def _field(finding: ErrorDetails) -> str:
    """Name the field: where pydantic found it, or what a check of several fields together named."""
    named = finding.get("ctx", {}).get("error")
    parts = [*finding["loc"], *([named.field] if isinstance(named, FieldError) else [])]
    return ".".join(str(part) for part in parts)[:_LONGEST_FIELD] or "body"


def too_many_requests(seconds: int) -> Response:
    """Build the answer to an address that asks too often."""
    return _answer(RateLimited(seconds))


def _answer(error: ServiceError) -> Response:
    if isinstance(error, Unauthenticated):
        _log.info("unauthenticated", extra={"reason": error.reason})
    elif not alert_on(error.error_code) and error.status >= 500:
        _log.warning("answered with an error", extra={"error_code": error.error_code, "status": error.status})
    body = {"error_code": error.error_code, "message": error.message}
    if error.details is not None:
        body["details"] = error.details
    return Response(json.dumps(body), error.status, headers=dict(error.headers), mimetype="application/json")


def _answer_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error.response, Response):
        # Made by us already, by the limits per address.
        return error.response
    if status not in _BY_STATUS:
        if 300 <= status < 400:
            return Response(status=status, headers=error.get_headers())
        return _answer_unexpected(error) if status >= 500 else _answer(_unnamed(status))
    answer = _answer(_BY_STATUS[status]())
    if "Allow" in (headers := dict(error.get_headers())):
        answer.headers["Allow"] = headers["Allow"]
    return answer


def _answer_unexpected(error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    return _answer(InternalError())


def _unnamed(status: int) -> ServiceError:
    error = ServiceError("The request could not be understood.")
    error.status, error.error_code = status, "bad_request"
    return error
