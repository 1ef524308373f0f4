"""One call through Google's own API client: its answer as a mapping, or a fault in the words of the domain."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from service.adapters.google_errors import reason_of
from service.adapters.google_http import AuthorizedHTTP, GoogleHTTP
from service.adapters.google_measurements import measured
from service.domain.deadlines import Deadline
from service.domain.google_faults import UNREADABLE, GoogleFault

_log = logging.getLogger(__name__)
_LONGEST_WAIT_SECONDS = 24 * 3600
T = TypeVar("T")


def build_service(http: GoogleHTTP, api: str, version: str, endpoint: str) -> Any:
    """Build a client of an API from its packaged discovery document; costs milliseconds, so once per process.

    It holds no credentials: each call brings its own to `execute`.
    """
    return build(
        api,
        version,
        # Without an http object it would look for credentials on this machine.
        http=AuthorizedHTTP(http, "", Deadline.within(0)),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": endpoint},
    )


def execute(request: Any, http: GoogleHTTP, access_token: str, deadline: Deadline) -> Mapping[str, Any]:
    """Execute a prepared request of googleapiclient once.

    Raises:
        GoogleFault: Google refused or failed, gave no answer in time, or none that is a JSON object.
    """
    with measured(request.methodId) as measurement:
        try:
            answer = request.execute(http=AuthorizedHTTP(http, access_token, deadline), num_retries=0)
        except HttpError as error:
            raise fault_of(error.status_code, error.content, error.resp) from None
        except GoogleFault as fault:
            raise noted(fault) from None
        except ValueError:
            raise noted(GoogleFault(None, UNREADABLE)) from None
        if not isinstance(answer, Mapping):
            raise noted(GoogleFault(None, UNREADABLE))
        measurement.outcome = "answered"
        return answer


def read_object(content: bytes) -> Mapping[str, Any]:
    """Read an answer that did not come through googleapiclient.

    Raises:
        GoogleFault: it is no JSON object.
    """
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, Mapping):
        raise noted(GoogleFault(None, UNREADABLE))
    return answer


def read_answer(read: Callable[[], T]) -> T:
    """Read values out of an answer; one of another form is a fault of Google's, not an error of ours.

    Raises:
        GoogleFault: something is not where, or not what, Google documents.
    """
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise noted(GoogleFault(None, UNREADABLE)) from None


def fault_of(status: int, content: bytes, headers: Mapping[str, str]) -> GoogleFault:
    """Read Google's refusal; nothing of its free text gets through."""
    return noted(GoogleFault(status, reason_of(content), retry_after=_retry_after(headers)))


def noted(fault: GoogleFault) -> GoogleFault:
    """Write a fault down, by status and word alone."""
    _log.warning("call at Google failed", extra={"status": fault.status, "reason": fault.reason})
    return fault


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Read Retry-After: seconds, or a date (RFC 9110, section 10.2.3)."""
    text = headers.get("Retry-After") or headers.get("retry-after") or ""
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), _LONGEST_WAIT_SECONDS) or None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    seconds = (at - datetime.now(UTC)).total_seconds()
    return min(int(seconds) + 1, _LONGEST_WAIT_SECONDS) if seconds > 0 else None
