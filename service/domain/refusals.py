"""Errors of the Google work: what the caller gets when the database, the user or Google says no."""

from collections.abc import Mapping

from service.alerts import Alert, raise_alert
from service.domain.answers import OpenAnswer, RefreshAnswer
from service.domain.record_refusals import BY_OUTCOME as OF_RECORDS
from service.errors import ServiceError, ServiceUnavailable, Unauthenticated


class AccountClosing(ServiceError):
    """This account is being closed; nothing new can be started."""

    error_code = "account_closing"
    status = 403


class AdultAttestationMissing(ServiceError):
    """New processing opens once this user has said to be 18 or older (rpc attest_adult)."""

    error_code = "adult_attestation_missing"
    status = 403


class AgreementMissing(ServiceError):
    """New processing opens once this user has agreed to the privacy policy in effect (rpc accept_policy)."""

    error_code = "agreement_missing"
    status = 403


class UserBanned(ServiceError):
    """This user is suspended."""

    error_code = "user_banned"
    status = 403


class MFARequired(ServiceError):
    """This account has a second factor; sign in with it (aal2) and try again."""

    error_code = "mfa_required"
    status = 403


class NotConnected(ServiceError):
    """No Google account is connected."""

    error_code = "not_connected"
    status = 409


class ReconnectRequired(ServiceError):
    """The connection to Google has ended; connect again."""

    error_code = "reconnect_required"
    status = 409


class ScopeNotGranted(ServiceError):
    """The user did not allow this at Google."""

    error_code = "scope_not_granted"
    status = 403


class OpeningLimited(ServiceError):
    """Too many calls of this kind; wait and try again."""

    error_code = "rate_limited"
    status = 429


class RefreshInProgress(ServiceUnavailable):
    """The access token is being refreshed; try again in a moment."""

    error_code = "refresh_in_progress"


class RefreshStopped(ServiceUnavailable):
    """Refreshing is stopped until an operator has looked; every connection is kept, try again later."""

    error_code = "refresh_stopped"
    headers: Mapping[str, str] = {"Retry-After": "60"}


class GoogleAccountBusy(ServiceError):
    """This Google account is just being disconnected at Google; nothing was stored, connect again in a moment."""

    error_code = "google_account_busy"
    status = 409


class OpeningTooOld(ServiceUnavailable):
    """The database took too long; try again."""

    error_code = "opening_too_old"


class TokenKeyUnknown(ServiceUnavailable):
    """The service lacks a key that it sealed with; operators have been alerted, nothing is lost."""

    error_code = "token_key_unknown"


class GoogleClientMismatch(ServiceUnavailable):
    """The service runs with another Google client than the one that was connected; operators have been alerted."""

    error_code = "google_client_mismatch"


class GoogleUnavailable(ServiceError):
    """Google did not answer as expected; nothing was changed here."""

    error_code = "google_unavailable"
    status = 502


class GoogleRefused(ServiceError):
    """Google refused the call."""

    error_code = "google_refused"
    status = 502


class ReturnToNotAllowed(ServiceError):
    """return_to is not one of the addresses that this service may send a browser to."""

    error_code = "return_to_not_allowed"
    status = 422


class CompletionInvalid(ServiceError):
    """The completion is not one of ours; start connecting again."""

    error_code = "completion_invalid"
    status = 400


class CompletionUnknown(ServiceError):
    """No authorization is waiting for this completion; start connecting again."""

    error_code = "completion_unknown"
    status = 404


class CompletionUsed(ServiceError):
    """This completion was used before; start connecting again."""

    error_code = "completion_used"
    status = 409


class CompletionExpired(ServiceError):
    """This completion is older than two minutes; start connecting again."""

    error_code = "completion_expired"
    status = 410


class CompletionOfAnotherUser(ServiceError):
    """Another user started this authorization; it has been ended and that user was told."""

    error_code = "completion_of_another_user"
    status = 403


class CompletionOfAnotherSession(ServiceError):
    """This authorization was started in another session; it has been ended, start again."""

    error_code = "completion_of_another_session"
    status = 403


class AuthorizationCodeRefused(ServiceError):
    """Google refused the authorization code; start connecting again."""

    error_code = "authorization_code_refused"
    status = 400


class IDTokenInvalid(ServiceError):
    """Google's answer could not be verified; nothing was stored."""

    error_code = "id_token_invalid"
    status = 403


class EmailUnverified(ServiceError):
    """The e-mail address of this Google account is not verified at Google."""

    error_code = "google_email_unverified"
    status = 403


class ConnectionChanged(ServiceError):
    """The connection was changed or the session ended while this authorization finished; nothing was stored."""

    error_code = "connection_changed"
    status = 409


_BY_OUTCOME: dict[str, type[ServiceError]] = {
    "session_ended": Unauthenticated,
    "user_banned": UserBanned,
    "account_closing": AccountClosing,
    "adult_attestation_missing": AdultAttestationMissing,
    "agreement_missing": AgreementMissing,
    "mfa_required": MFARequired,
    "not_connected": NotConnected,
    "attempt_unknown": CompletionUnknown,
    "attempt_used": CompletionUsed,
    "attempt_expired": CompletionExpired,
    "attempt_of_another_user": CompletionOfAnotherUser,
    "attempt_of_another_session": CompletionOfAnotherSession,
    "busy": RefreshInProgress,
    "refresh_stopped": RefreshStopped,
    **OF_RECORDS,
}


def refusal(outcome: str, answer: OpenAnswer | RefreshAnswer | None = None) -> ServiceError:
    """Turn an outcome of the database into the error that the caller gets.

    Args:
        answer: the answer that the outcome came in, for what the caller can act on: seconds, a scope, a reason.

    Raises:
        KeyError: the outcome is none of the refusals, so the database and the service disagree.
    """
    if outcome == "limited":
        seconds = (answer.retry_after if answer else None) or 1
        return OpeningLimited(headers={"Retry-After": str(seconds)}, details={"retry_after_seconds": seconds})
    if outcome == "secret_missing":
        raise_alert(Alert.SECRET_MISSING)
        return ReconnectRequired(details={"reason": "secret_missing"})
    if isinstance(answer, OpenAnswer) and outcome == "reconnect_required":
        return ReconnectRequired(details={"reason": answer.reason})
    if isinstance(answer, OpenAnswer) and outcome == "scope_not_granted":
        return ScopeNotGranted(details=scope_details(answer.missing_scope))
    return _BY_OUTCOME[outcome]()


def scope_details(missing_scope: str | None) -> dict[str, str | None]:
    """Say which scope is missing, and how to ask for it."""
    return {
        "missing_scope": missing_scope,
        "how": "Start POST /v1/google/authorizations again and let the user tick this box at Google.",
    }
