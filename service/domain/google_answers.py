"""The table of Google's answers: what the caller gets for each, whether it may be tried again, and whether we alert.

Rows are by status and Google's reason (snake case); a row without a reason is for every other reason of its status.
Source: Gmail "Resolve errors" and Calendar "Handle API errors", and what the client library raises without an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.alerts import Alert, raise_alert
from service.domain.google_faults import DROPPED, NOT_BEGUN, TIMEOUT, UNREACHABLE, UNREADABLE, GoogleFault
from service.domain.google_refusals import (
    BlockedByAdministrator,
    EventChanged,
    EventIdTaken,
    GoogleForbidden,
    GoogleMisconfigured,
    GoogleRateLimited,
    GoogleRefusedRequest,
    GoogleTimedOut,
    GoogleUnauthorized,
    MessageTooLarge,
)
from service.domain.refusals import GoogleUnavailable, ScopeNotGranted, scope_details
from service.errors import NotFound, ServiceError

# Seconds to name where Google names none: a per-minute quota, a daily one, and a server that is busy.
_SOON, _MUCH_LATER = 60, 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """One row.

    `may_repeat`: reads, and writes whose repetition changes nothing more, are tried again inside the deadline.
    """

    error: type[ServiceError]
    may_repeat: bool = False
    retry_after: int | None = None
    alert: Alert | None = None


_LATER = Answer(GoogleRateLimited, may_repeat=True, retry_after=_SOON)
_TOMORROW = Answer(GoogleRateLimited, retry_after=_MUCH_LATER)
_FAULT = Answer(GoogleUnavailable, may_repeat=True)

ANSWERS: dict[tuple[int | None, str | None], Answer] = {
    (400, None): Answer(GoogleRefusedRequest),
    (401, None): Answer(GoogleUnauthorized, alert=Alert.UNAUTHORIZED_AFTER_REFRESH),
    (403, "rate_limit_exceeded"): _LATER,
    (403, "user_rate_limit_exceeded"): _LATER,
    (403, "quota_exceeded"): _TOMORROW,
    (403, "daily_limit_exceeded"): _TOMORROW,
    (403, "insufficient_permissions"): Answer(ScopeNotGranted),
    (403, "access_token_scope_insufficient"): Answer(ScopeNotGranted),
    (403, "domain_policy"): Answer(BlockedByAdministrator),
    (403, "access_not_configured"): Answer(GoogleMisconfigured, alert=Alert.GOOGLE_API_DISABLED),
    (403, "service_disabled"): Answer(GoogleMisconfigured, alert=Alert.GOOGLE_API_DISABLED),
    (403, None): Answer(GoogleForbidden),
    (404, None): Answer(NotFound),
    (409, "duplicate"): Answer(EventIdTaken),
    # Deleted: for the caller the same as never there.
    (410, None): Answer(NotFound),
    (412, None): Answer(EventChanged),
    (413, None): Answer(MessageTooLarge),
    (429, None): _LATER,
    (500, None): _FAULT,
    (502, None): _FAULT,
    (503, None): _FAULT,
    (504, None): _FAULT,
    (None, NOT_BEGUN): Answer(GoogleTimedOut),
    (None, TIMEOUT): Answer(GoogleTimedOut, may_repeat=True),
    (None, UNREACHABLE): _FAULT,
    (None, DROPPED): _FAULT,
    (None, UNREADABLE): _FAULT,
}
# What is in no row is not what Google documents: said to be so, and not tried again.
_UNDOCUMENTED = Answer(GoogleUnavailable)


def row_of(fault: GoogleFault) -> Answer:
    """Find the row for a fault."""
    by_reason = ANSWERS.get((fault.status, fault.reason))
    return by_reason or ANSWERS.get((fault.status, None), _UNDOCUMENTED)


def translate(fault: GoogleFault, *, scope: str) -> ServiceError:
    """Turn a fault into the error that the caller gets.

    Args:
        scope: the one that the call needed, for the user who is asked to allow it.
    """
    row = row_of(fault)
    if row.alert is not None:
        raise_alert(row.alert, reason=fault.reason)
    details: dict[str, object] = {"reason": fault.reason}
    headers: Mapping[str, str] = {}
    seconds = fault.retry_after or row.retry_after
    if row.error is GoogleRateLimited and seconds is not None:
        details["retry_after_seconds"] = seconds
        headers = {"Retry-After": str(seconds)}
    if row.error is ScopeNotGranted:
        details |= scope_details(scope)
    return row.error(headers=headers, details=details)
