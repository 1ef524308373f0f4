"""Errors of sending a mail: what the caller gets when it was not sent, may not be sent again, or nobody knows."""

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


class SendFailed(ServiceError):
    """Gmail did not take the message; it was certainly not sent."""

    error_code = "send_failed"
    status = 502
