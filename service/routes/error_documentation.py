"""The errors of each operation for the OpenAPI document: every error_code by its status, each with an example."""

from collections.abc import Mapping
from typing import Any

from service.domain.google_answers import ANSWERS
from service.domain.google_refusals import EventChanged, EventIdTaken, MessageTooLarge
from service.domain.google_scopes import GMAIL_SEND
from service.domain.record_refusals import (
    ActivityHasAnEvent,
    ActivityNotFound,
    EventHasAnActivity,
    RecipientRefused,
    WorkspaceNotFound,
)
from service.domain.refusals import (
    AccountClosing,
    AdultAttestationMissing,
    AgreementMissing,
    AuthorizationCodeRefused,
    CompletionExpired,
    CompletionInvalid,
    CompletionOfAnotherSession,
    CompletionOfAnotherUser,
    CompletionUnknown,
    CompletionUsed,
    ConnectionChanged,
    EmailUnverified,
    GoogleAccountBusy,
    GoogleClientMismatch,
    GoogleRefused,
    GoogleUnavailable,
    IDTokenInvalid,
    MFARequired,
    NotConnected,
    OpeningLimited,
    OpeningTooOld,
    ReconnectRequired,
    RefreshInProgress,
    RefreshStopped,
    ScopeNotGranted,
    TokenKeyUnknown,
    UserBanned,
    scope_details,
)
from service.domain.sealed import SealedDocumentError
from service.domain.send_refusals import (
    AliasNotAccepted,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    SendInProgress,
    SendOutcomeUnknown,
)
from service.errors import (
    InternalError,
    InvalidJSON,
    InvalidRequest,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
    Unauthenticated,
    UnsupportedMediaType,
)

Errors = tuple[type[ServiceError], ...]
SIGNED_IN: Errors = (Unauthenticated, ServiceUnavailable, InternalError)
WITH_BODY: Errors = (InvalidJSON, InvalidRequest, PayloadTooLarge, UnsupportedMediaType)
_NOT_OPEN: Errors = (UserBanned, AccountClosing, AdultAttestationMissing, AgreementMissing)
STARTING: Errors = (*_NOT_OPEN, MFARequired)
_OPENING: Errors = (
    *_NOT_OPEN, NotConnected, ReconnectRequired, ScopeNotGranted, OpeningLimited, OpeningTooOld,
    RefreshInProgress, RefreshStopped, TokenKeyUnknown, GoogleClientMismatch, GoogleRefused, SealedDocumentError,
)  # fmt: skip
_OF_ONE_CALL: Errors = (EventIdTaken, EventChanged, MessageTooLarge)
CALLING_GOOGLE: Errors = _OPENING + tuple(
    dict.fromkeys(row.error for row in ANSWERS.values() if row.error not in (*_OF_ONE_CALL, ScopeNotGranted))
)
SENDING: Errors = (
    IdempotencyKeyRequired, IdempotencyKeyReused, SendInProgress, SendOutcomeUnknown, AliasNotAccepted, MessageTooLarge,
    RecipientRefused, WorkspaceNotFound,
)  # fmt: skip
NAMING_AN_ACTIVITY: Errors = (ActivityNotFound, ActivityHasAnEvent, EventHasAnActivity)
FINISHING: Errors = (
    *STARTING, CompletionInvalid, CompletionUnknown, CompletionUsed, CompletionExpired,
    CompletionOfAnotherUser, CompletionOfAnotherSession, AuthorizationCodeRefused, IDTokenInvalid, EmailUnverified,
    ConnectionChanged, GoogleAccountBusy, GoogleUnavailable, GoogleRefused, TokenKeyUnknown, SealedDocumentError,
)  # fmt: skip

_WAIT = {"retry_after_seconds": 12}
_FIELD = {"field": "to.0", "message": "not an e-mail address"}
DETAILS: dict[str, Any] = {
    "invalid_request": [_FIELD],
    "rate_limited": _WAIT,
    "google_account_busy": _WAIT,
    "google_rate_limited": {"reason": "user_rate_limit_exceeded"} | _WAIT,
    "scope_not_granted": scope_details(GMAIL_SEND),
    "reconnect_required": {"reason": "grant_ended"},
    "google_forbidden": {"reason": "required_access_level"},
    "blocked_by_administrator": {"reason": "domain_policy"},
    "google_refused_request": {"reason": "invalid"},
    "google_unavailable": {"reason": "backend_error"},
    "google_timed_out": {"reason": "timeout"},
    "google_unauthorized": {"reason": "auth_error"},
    "google_misconfigured": {"reason": "access_not_configured"},
    "google_refused": {"oauth_error": "invalid_client"},
    "event_changed": {"reason": "condition_not_met"},
    "recipient_refused": {"addresses": ["grace@example.com"]},
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}


def errors(*classes: type[ServiceError]) -> dict[int, Any]:
    """Describe the errors that an operation answers with, by status."""
    by_status: dict[int, dict[str, type[ServiceError]]] = {}
    for each in classes:
        by_status.setdefault(each.status, {})[each.error_code] = each
    return {status: _response(named) for status, named in sorted(by_status.items())}


def _response(named: Mapping[str, type[ServiceError]]) -> dict[str, Any]:
    return {
        "description": " Or: ".join(each().message for each in named.values()),
        **({"headers": _RETRY_AFTER} if any(_names_seconds(each) for each in named.values()) else {}),
        "content": {
            "application/json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/ErrorBody"},
                        {"type": "object", "properties": {"error_code": {"type": "string", "enum": sorted(named)}}},
                    ]
                },
                "examples": {code: {"value": _example(each)} for code, each in sorted(named.items())},
            }
        },
    }


def _names_seconds(each: type[ServiceError]) -> bool:
    return each.status == 429 or "Retry-After" in each.headers


def _example(each: type[ServiceError]) -> dict[str, Any]:
    details = DETAILS.get(each.error_code)
    return {"error_code": each.error_code, "message": each().message, **({"details": details} if details else {})}
