"""Errors of calls at Gmail and Calendar: what the caller gets for what Google answered."""

from service.errors import ServiceError


class GoogleRefusedRequest(ServiceError):
    """Google does not take this request; details.reason is Google's word for why. Nothing was changed."""

    error_code = "google_refused_request"
    status = 422


class GoogleUnauthorized(ServiceError):
    """Google refused the access token, and a fresh one too; operators have been alerted and nothing is lost."""

    error_code = "google_unauthorized"
    status = 502


class GoogleRateLimited(ServiceError):
    """Google takes no more calls of this kind for now; wait and try again."""

    error_code = "google_rate_limited"
    status = 429


class GoogleForbidden(ServiceError):
    """The connected Google account may not do this."""

    error_code = "google_forbidden"
    status = 403


class BlockedByAdministrator(ServiceError):
    """The administrator of this Google account's organisation does not allow this."""

    error_code = "blocked_by_administrator"
    status = 403


class GoogleMisconfigured(ServiceError):
    """Our Google project lacks this API; operators have been alerted and nothing is lost."""

    error_code = "google_misconfigured"
    status = 502


class EventIdTaken(ServiceError):
    """Another event has this id; choose a new one."""

    error_code = "event_id_taken"
    status = 409


class EventChanged(ServiceError):
    """The event was changed since it was read; read it again. Nothing was changed."""

    error_code = "event_changed"
    status = 412


class GoogleTimedOut(ServiceError):
    """Google did not answer in time; it is safe to try again."""

    error_code = "google_timed_out"
    status = 504


class MessageTooLarge(ServiceError):
    """The message is larger than 25 MB when written out; attachments count by a third more than their size."""

    error_code = "message_too_large"
    status = 413
