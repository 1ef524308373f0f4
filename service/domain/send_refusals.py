"""Errors of sending a mail: what the caller gets when it was not sent, may not be sent again, or nobody knows."""

from service.domain.google_answers import row_of
from service.domain.google_faults import GoogleFault
from service.errors import ServiceError


class IdempotencyKeyRequired(ServiceError):
    """Sending needs an Idempotency-Key header with a UUID."""

    error_code = "idempotency_key_required"
    status = 400


class IdempotencyKeyReused(ServiceError):
    """This Idempotency-Key was used for another message."""

    error_code = "idempotency_key_reused"
    status = 422


class SendInProgress(ServiceError):
    """A send with this Idempotency-Key is under way."""

    error_code = "send_in_progress"
    status = 409


class SendOutcomeUnknown(ServiceError):
    """Whether Gmail sent this message is not known; it is never sent again by itself."""

    error_code = "outcome_unknown"
    status = 409


class AliasNotAccepted(ServiceError):
    """Gmail does not let the connected account send as this From address."""

    error_code = "alias_not_accepted"
    status = 422


def failed_send(google_status: int | None, reason: str) -> ServiceError:
    """Give again the error of a send that certainly did not happen; when to try again is no longer known."""
    row = row_of(GoogleFault(google_status, reason))
    return row.error(details={"reason": reason})
