"""Refreshing an access token under a lease, so that one connection has one refresh at a time.

What Google answers is either new tokens, which are stored if the connection is still at the version that they came
from, or the end of the grant, which the database alone may turn into the end of the connection. Everything else keeps
the tokens.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from service.alerts import Alert, raise_alert
from service.domain.answers import RefreshAnswer
from service.domain.google_values import GoogleTokens
from service.domain.ports import Database, GoogleOAuth, Sealer, TokenStore
from service.domain.principal import Principal
from service.domain.refusals import (
    GoogleClientMismatch,
    GoogleRefused,
    GoogleUnavailable,
    ReconnectRequired,
    RefreshStopped,
    refusal,
)
from service.domain.revoking import revoke_unstored
from service.domain.sealed import TokenBinding, Use
from service.domain.storing import seal_tokens
from service.errors import ServiceError, ServiceUnavailable
from service.metrics import GOOGLE_REFRESHES, REFRESH_BREAKER_OPEN


class GrantEnded(Exception):
    """Google's token endpoint answered invalid_grant: `grant_ended`, or `reauthentication_required`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to refresh one connection, and what it takes."""

    lease_id: UUID
    user_id: UUID
    connection_id: UUID
    account_key: int
    token_version: int
    next_token_version: int
    client_id: str
    document: str = field(repr=False)


def refresh(principal: Principal, token_version: int, *, database: Database, sealer: Sealer, oauth: GoogleOAuth) -> str:
    """Refresh the connection that is at this version, unless somebody else does.

    Returns:
        `refreshed`, `superseded` (somebody else was faster), `gone` (disconnected meanwhile) or `busy`; ask again.

    Raises:
        ReconnectRequired: the grant has ended at Google; the tokens are deleted and the user has been told.
        RefreshStopped: too many grants seem to have ended at once; nothing is deleted until an operator has looked.
        GoogleUnavailable, GoogleRefused, GoogleClientMismatch: every token is kept and the lease is given back.
    """
    answer = database.begin_google_refresh(principal, token_version=token_version)
    if answer.outcome in ("busy", "superseded"):
        return answer.outcome
    return refresh_leased(lease_of(answer), store=database, sealer=sealer, oauth=oauth)


def lease_of(answer: RefreshAnswer) -> Lease:
    """Read a lease out of the database's answer.

    Raises:
        ServiceError: the answer is a refusal.
    """
    if answer.outcome == "refresh_stopped":
        REFRESH_BREAKER_OPEN.set(1)
        raise_alert(Alert.REFRESH_BREAKER_OPEN)
    if answer.outcome != "leased":
        raise refusal(answer.outcome, answer)
    if (
        answer.lease_id is None or answer.user_id is None or answer.connection_id is None or answer.document is None
        or answer.account_key is None or answer.client_id is None
    ):  # fmt: skip
        raise TypeError("a leased answer brings a document and everything to store its successor")
    return Lease(
        lease_id=answer.lease_id,
        user_id=answer.user_id,
        connection_id=answer.connection_id,
        account_key=answer.account_key,
        token_version=answer.token_version,
        next_token_version=answer.next_token_version,
        client_id=answer.client_id,
        document=answer.document,
    )


def refresh_leased(lease: Lease, *, store: TokenStore, sealer: Sealer, oauth: GoogleOAuth) -> str:
    """Refresh under a lease; returns `refreshed`, `superseded` or `gone`, raises as `refresh` does."""
    REFRESH_BREAKER_OPEN.set(0)
    try:
        outcome = _refresh(lease, store=store, sealer=sealer, oauth=oauth)
    except ServiceError as error:
        GOOGLE_REFRESHES.labels(error.error_code).inc()
        raise
    GOOGLE_REFRESHES.labels(outcome).inc()
    return outcome


def _refresh(lease: Lease, *, store: TokenStore, sealer: Sealer, oauth: GoogleOAuth) -> str:
    try:
        tokens, refresh_token = _ask_google(lease, sealer=sealer, oauth=oauth)
    except GrantEnded as ended:
        return _end(lease, ended.reason, store=store, client_id=oauth.client_id)
    except BaseException as error:
        # The lease ends by itself: what went wrong matters more than that it could not be shortened.
        with suppress(ServiceUnavailable):
            store.release_google_refresh(
                connection_id=lease.connection_id, lease_id=lease.lease_id, reason=_reason_of(error)
            )
        raise
    return _store(lease, tokens, refresh_token, store=store, sealer=sealer, oauth=oauth)


def _ask_google(lease: Lease, *, sealer: Sealer, oauth: GoogleOAuth) -> tuple[GoogleTokens, str]:
    # A document of another client would answer invalid_grant at Google, which must not be read as the user's doing.
    if lease.client_id != oauth.client_id:
        raise_alert(Alert.GOOGLE_CLIENT_MISMATCH)
        raise GoogleClientMismatch
    held = TokenBinding(connection_id=lease.connection_id, user_id=lease.user_id, token_version=lease.token_version)
    refresh_token = sealer.open(Use.REFRESH, held, lease.document)["refresh_token"]
    return oauth.refresh(refresh_token), refresh_token


def _store(
    lease: Lease, tokens: GoogleTokens, refresh_token: str, *, store: TokenStore, sealer: Sealer, oauth: GoogleOAuth
) -> str:
    access_document, refresh_document = seal_tokens(
        sealer,
        TokenBinding(connection_id=lease.connection_id, user_id=lease.user_id, token_version=lease.next_token_version),
        access_token=tokens.access_token,
        # Google seldom rotates refresh tokens; when it does, the new one is the only one that lives.
        refresh_token=tokens.refresh_token or refresh_token,
        client_id=oauth.client_id,
    )
    answer = store.store_google_refresh(
        user_id=lease.user_id,
        connection_id=lease.connection_id,
        token_version=lease.token_version,
        next_token_version=lease.next_token_version,
        access_document=access_document,
        refresh_document=refresh_document,
        access_expires_at=tokens.expires_at,
        granted_scopes=tokens.granted_scopes,
    )
    if answer.outcome == "gone":
        # Disconnected while Google answered: what it gave must not stay valid unseen.
        revoke_unstored(tokens, store=store, oauth=oauth, account_key=lease.account_key)
    return "refreshed" if answer.outcome == "stored" else answer.outcome


def _end(lease: Lease, reason: str, *, store: TokenStore, client_id: str) -> str:
    answer = store.refuse_google_refresh(
        user_id=lease.user_id,
        connection_id=lease.connection_id,
        lease_id=lease.lease_id,
        token_version=lease.token_version,
        client_id=client_id,
        reason=reason,
    )
    match answer.outcome, answer.reason:
        case "reconnect_required", _:
            raise ReconnectRequired(details={"reason": answer.reason})
        case "kept", "client_mismatch":
            raise_alert(Alert.GOOGLE_CLIENT_MISMATCH)
            raise GoogleClientMismatch
        case "kept", _:
            REFRESH_BREAKER_OPEN.set(1)
            is_first = answer.reason == "breaker_opened"
            raise_alert(Alert.REFRESH_BREAKER_OPENED if is_first else Alert.REFRESH_BREAKER_OPEN)
            raise RefreshStopped
        case _:
            return answer.outcome


def _reason_of(error: BaseException) -> str:
    match error:
        case GoogleClientMismatch():
            return "client_mismatch"
        case GoogleUnavailable():
            return "google_unavailable"
        case GoogleRefused():
            return "google_refused"
        case _:
            return "failed"
