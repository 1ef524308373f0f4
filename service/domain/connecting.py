"""Connecting a Google account in three steps: start, callback, finish (RFC 6749, 7636, 9207; OpenID Connect Core).

The callback is a bare browser request that proves nothing about who sent it, so it stores no token: it hands the
browser a sealed completion, and only the user who started may finish with it.
"""

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4

from service.domain.answers import Connection
from service.domain.google_scopes import REQUESTED_SCOPES
from service.domain.google_values import GoogleTokens
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.refusals import CompletionInvalid, ConnectionChanged, GoogleAccountBusy, refusal
from service.domain.revoking import revoke_unstored
from service.domain.sealed import AttemptBinding, CompletionBinding, SealedDocumentError, UnknownKeyError, Use
from service.domain.storing import ClaimedAttempt, store_connection
from service.errors import ServiceUnavailable

_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_COMPLETION = re.compile(r"(?P<state_hash>[0-9a-f]{64})\.(?P<document>[A-Za-z0-9_.-]{1,4096})")
# RFC 6749, section 4.1.2.1, and Google's own additions. Anything else reaches the frontend as google_refused.
_KNOWN_REFUSALS = frozenset({"access_denied", "admin_policy_enforced", "org_internal", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class StartedAuthorization:
    """Where to send the browser, and until when."""

    authorization_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CallbackParameters:
    """What Google put into the redirect; everything in it is untrusted."""

    state: str | None
    code: str | None
    iss: str | None
    error: str | None

    def __repr__(self) -> str:
        return "CallbackParameters(...)"


@dataclass(frozen=True, slots=True)
class StateRefused:
    """A state that names no waiting authorization: state_unknown, state_used, state_expired. It redirects nowhere."""

    reason: str


@dataclass(frozen=True, slots=True)
class CallbackRedirect:
    """Where the browser goes; the fragment holds the completion or the reason."""

    url: str

    def __repr__(self) -> str:
        return "CallbackRedirect(...)"


def start(
    principal: Principal, return_to: str, *, database: Database, sealer: Sealer, oauth: GoogleOAuth
) -> StartedAuthorization:
    """Record an attempt bound to user and session and build Google's consent address.

    Args:
        return_to: already compared with the allow-list.

    Raises:
        Unauthenticated, UserBanned, AccountClosing, MFARequired: as the database answers.
    """
    state, nonce, code_verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    attempt_id = uuid4()
    answer = database.begin_google_authorization(
        principal,
        attempt_id=attempt_id,
        state_hash=_hash(state),
        sealed_secrets=sealer.seal(
            Use.ATTEMPT,
            AttemptBinding(attempt_id=attempt_id, user_id=principal.user_id),
            {"code_verifier": code_verifier, "nonce": nonce},
        ),
        return_to=return_to,
        requested_scopes=REQUESTED_SCOPES,
    )
    if answer.outcome != "started" or answer.expires_at is None:
        raise refusal(answer.outcome)
    url = oauth.authorization_url(state=state, nonce=nonce, code_verifier=code_verifier, scopes=REQUESTED_SCOPES)
    return StartedAuthorization(url, answer.expires_at)


def receive_callback(
    parameters: CallbackParameters, *, database: Database, sealer: Sealer, oauth: GoogleOAuth
) -> CallbackRedirect | StateRefused:
    """Use up the state and seal the code for the user who started.

    Returns:
        A redirect to the attempt's own return_to, or StateRefused, which must redirect nowhere.
    """
    if parameters.state is None or not _STATE.fullmatch(parameters.state):
        return StateRefused("state_unknown")
    state_hash = _hash(parameters.state)
    reason = _refusal_reason(parameters, oauth)
    answer = database.receive_google_callback(state_hash=state_hash, is_refused=reason is not None)
    if answer.return_to is None:
        return StateRefused(answer.outcome)
    if reason is not None or parameters.code is None:
        return CallbackRedirect(f"{answer.return_to}#google_error={reason}")
    document = sealer.seal(
        Use.COMPLETION, CompletionBinding(state_hash=bytes.fromhex(state_hash)), {"code": parameters.code}
    )
    return CallbackRedirect(f"{answer.return_to}#google_completion={quote(f'{state_hash}.{document}')}")


def finish(
    principal: Principal, completion: str, *, database: Database, sealer: Sealer, oauth: GoogleOAuth
) -> Connection:
    """Exchange the code of a completion and store the connection, sealed.

    Returns:
        The connection as it was stored.

    Raises:
        CompletionInvalid: it does not open; nothing was changed, so a forgery cannot end somebody's attempt.
        CompletionUnknown, CompletionUsed, CompletionExpired: no attempt waits for it.
        CompletionOfAnotherUser, CompletionOfAnotherSession: genuine, but not this caller's; the attempt is ended.
        AuthorizationCodeRefused, IDTokenInvalid, EmailUnverified, GoogleUnavailable: the attempt is ended,
            nothing is stored, and what Google gave is revoked.
        GoogleAccountBusy: the same Google account was revoked while the code was exchanged.
        ConnectionChanged: the user disconnected or signed out meanwhile.
    """
    parts = _COMPLETION.fullmatch(completion)
    if parts is None:
        raise CompletionInvalid
    state_hash = parts["state_hash"]
    try:
        payload = sealer.open(
            Use.COMPLETION, CompletionBinding(state_hash=bytes.fromhex(state_hash)), parts["document"]
        )
    except (SealedDocumentError, UnknownKeyError):
        # New keys are on every replica before one of them seals: a kid that is unknown here was made up.
        raise CompletionInvalid from None

    claim = database.claim_google_authorization(principal, state_hash=state_hash)
    if claim.outcome != "claimed" or claim.attempt_id is None or claim.connection_id is None:
        raise refusal(claim.outcome)
    attempt = ClaimedAttempt(claim.attempt_id, claim.connection_id, claim.token_version, claim.next_token_version)
    tokens: GoogleTokens | None = None
    try:
        attempt_secrets = sealer.open(
            Use.ATTEMPT,
            AttemptBinding(attempt_id=attempt.attempt_id, user_id=principal.user_id),
            claim.sealed_secrets or "",
        )
        tokens = oauth.exchange(code=payload["code"], code_verifier=attempt_secrets["code_verifier"])
        account = oauth.verify_id_token(tokens.id_token or "", nonce=attempt_secrets["nonce"])
        _name_account(principal, attempt.attempt_id, account.sub, database=database)
        return store_connection(principal, attempt, tokens, account, database=database, sealer=sealer, oauth=oauth)
    except BaseException:
        # Whatever went wrong, the attempt is over and what Google gave out must not stay valid unseen.
        with suppress(ServiceUnavailable):
            database.end_google_authorization(principal, attempt_id=attempt.attempt_id)
        if tokens is not None:
            revoke_unstored(tokens, store=database, oauth=oauth)
        raise


def _name_account(principal: Principal, attempt_id: UUID, google_sub: str, *, database: Database) -> None:
    answer = database.name_google_account(principal, attempt_id=attempt_id, google_sub=google_sub)
    if answer.outcome == "revoking":
        seconds = answer.retry_after or 1
        raise GoogleAccountBusy(headers={"Retry-After": str(seconds)}, details={"retry_after_seconds": seconds})
    if answer.outcome != "named":
        raise ConnectionChanged


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _refusal_reason(parameters: CallbackParameters, oauth: GoogleOAuth) -> str | None:
    """Say why the callback ends the attempt, as a word of our list; None if it brings a code."""
    if parameters.iss is not None and not oauth.is_issuer(parameters.iss):
        return "issuer_mismatch"
    if parameters.error is not None:
        return parameters.error if parameters.error in _KNOWN_REFUSALS else "google_refused"
    # Google's codes are at most 256 bytes (its OAuth overview); longer ones would not fit into a completion.
    if not parameters.code or len(parameters.code) > 512 or not parameters.code.isascii():
        return "google_refused"
    return None
