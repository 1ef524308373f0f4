"""What operators must hear of: one log line at ERROR with a name that docs/operate.md explains, and a count by name."""

import logging
from enum import StrEnum

from service.metrics import ALERTS

_log = logging.getLogger(__name__)


class Alert(StrEnum):
    """The alerts; docs/operate.md says of each what it means and what to do."""

    REFRESH_BREAKER_OPENED = "refresh_breaker_opened"
    REFRESH_BREAKER_OPEN = "refresh_breaker_open"
    TOKEN_KEY_UNKNOWN = "token_key_unknown"  # noqa: S105 - a name
    SEALED_DOCUMENT_REFUSED = "sealed_document_refused"
    GOOGLE_CLIENT_MISMATCH = "google_client_mismatch"
    TOKEN_ENDPOINT_REFUSED = "token_endpoint_refused"  # noqa: S105 - a name
    UNAUTHORIZED_AFTER_REFRESH = "unauthorized_after_refresh"
    GOOGLE_API_DISABLED = "google_api_disabled"
    SECRET_MISSING = "secret_missing"  # noqa: S105 - a name
    UNSTORED_GRANT_LEFT = "unstored_grant_left"
    OUTBOX_ENTRY_PARKED = "outbox_entry_parked"
    DATABASE_REFUSED = "database_refused"


# Errors of ours that no caller can have caused: a key, a document or a deploy is wrong.
ALERTING_ERROR_CODES = frozenset({Alert.TOKEN_KEY_UNKNOWN, Alert.SEALED_DOCUMENT_REFUSED})


def alert_on(error_code: str, **facts: str | int) -> bool:
    """Raise the alert that an error code stands for, if it stands for one; whether it does."""
    if error_code not in ALERTING_ERROR_CODES:
        return False
    raise_alert(Alert(error_code), **facts)
    return True


def raise_alert(alert: Alert, **facts: str | int) -> None:
    """Tell operators; facts are words and numbers, never a token, a person or free text."""
    ALERTS.labels(alert.value).inc()
    _log.error("alert", extra={"alert": alert.value, **facts})
