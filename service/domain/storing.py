"""Sealing what an exchange brought and storing it, fenced against whatever happened meanwhile."""

from dataclasses import dataclass
from uuid import UUID

from service.domain.answers import Connection
from service.domain.google_values import GoogleAccount, GoogleTokens
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.refusals import ConnectionChanged, GoogleRefused
from service.domain.sealed import TokenBinding, Use

# Each superseded answer means that another finish of the same user won; three in a row is a client gone wild.
_STORE_TRIES = 3


@dataclass(frozen=True, slots=True)
class ClaimedAttempt:
    """An attempt in exchange, and which connection and version to seal for."""

    attempt_id: UUID
    connection_id: UUID
    token_version: int
    next_token_version: int


def seal_tokens(
    sealer: Sealer, binding: TokenBinding, *, access_token: str, refresh_token: str, client_id: str
) -> tuple[str, str]:
    """Seal the access and the refresh document of one version.

    Returns:
        The two compact JWEs; each records the client that its token was issued to.
    """
    return (
        sealer.seal(Use.ACCESS, binding, {"access_token": access_token, "client_id": client_id}),
        sealer.seal(Use.REFRESH, binding, {"refresh_token": refresh_token, "client_id": client_id}),
    )


def store_connection(
    principal: Principal, attempt: ClaimedAttempt, tokens: GoogleTokens, account: GoogleAccount,
    *, database: Database, sealer: Sealer, oauth: GoogleOAuth,
) -> Connection:  # fmt: skip
    """Store the connection under the version that the attempt was claimed for; seal again if another finish won.

    Raises:
        GoogleRefused: Google gave no refresh token or no scopes, so there is nothing that could last.
        ConnectionChanged: the user disconnected or signed out meanwhile.
    """
    if tokens.refresh_token is None or tokens.granted_scopes is None:
        raise GoogleRefused("Google's answer lacks the refresh token or the scopes; nothing was stored.")
    connection_id, version, next_version = attempt.connection_id, attempt.token_version, attempt.next_token_version
    for _ in range(_STORE_TRIES):
        binding = TokenBinding(connection_id=connection_id, user_id=principal.user_id, token_version=next_version)
        access_document, refresh_document = seal_tokens(
            sealer,
            binding,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            client_id=oauth.client_id,
        )
        answer = database.store_google_connection(
            principal,
            attempt_id=attempt.attempt_id,
            connection_id=connection_id,
            token_version=version,
            next_token_version=next_version,
            account=account,
            granted_scopes=tokens.granted_scopes,
            client_id=oauth.client_id,
            access_document=access_document,
            refresh_document=refresh_document,
            access_expires_at=tokens.expires_at,
        )
        if answer.outcome == "stored" and answer.connection is not None:
            return answer.connection
        if answer.outcome != "superseded" or answer.connection_id is None:
            break
        connection_id, version, next_version = answer.connection_id, answer.token_version, answer.next_token_version
    raise ConnectionChanged
