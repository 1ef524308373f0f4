"""Refreshing an access token under a lease, so that one connection has one refresh at a time."""

from contextlib import suppress

from service.domain.answers import RefreshAnswer
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.refusals import GoogleClientMismatch, refusal
from service.domain.sealed import TokenBinding, Use
from service.domain.storing import seal_tokens
from service.errors import ServiceUnavailable


def refresh(principal: Principal, token_version: int, *, database: Database, sealer: Sealer, oauth: GoogleOAuth) -> str:
    """Refresh the connection that is at this version, unless somebody else does.

    Returns:
        `refreshed`, `superseded` (somebody else was faster), `gone` (disconnected meanwhile) or `busy`; ask again.

    Raises:
        GoogleUnavailable, GoogleRefused, GoogleClientMismatch: every token is kept and the lease is given back.
    """
    lease = database.begin_google_refresh(principal, token_version=token_version)
    if lease.outcome in ("busy", "superseded"):
        return lease.outcome
    if lease.outcome != "leased" or lease.connection_id is None or lease.lease_id is None:
        raise refusal(lease.outcome, lease)
    try:
        return _refresh_leased(principal, lease, database=database, sealer=sealer, oauth=oauth)
    except BaseException:
        # The lease ends by itself: what went wrong matters more than that it could not be shortened.
        with suppress(ServiceUnavailable):
            database.release_google_refresh(connection_id=lease.connection_id, lease_id=lease.lease_id)
        raise


def _refresh_leased(
    principal: Principal, lease: RefreshAnswer, *, database: Database, sealer: Sealer, oauth: GoogleOAuth
) -> str:
    if lease.connection_id is None or lease.document is None:
        raise TypeError("a leased answer brings a document and a connection")
    # A document of another client would answer invalid_grant at Google, which must not be read as the user's doing.
    if lease.client_id != oauth.client_id:
        raise GoogleClientMismatch
    held = TokenBinding(connection_id=lease.connection_id, user_id=principal.user_id, token_version=lease.token_version)
    refresh_token = sealer.open(Use.REFRESH, held, lease.document)["refresh_token"]
    tokens = oauth.refresh(refresh_token)
    access_document, refresh_document = seal_tokens(
        sealer,
        TokenBinding(
            connection_id=lease.connection_id, user_id=principal.user_id, token_version=lease.next_token_version
        ),
        access_token=tokens.access_token,
        # Google seldom rotates refresh tokens; when it does, the new one is the only one that lives.
        refresh_token=tokens.refresh_token or refresh_token,
        client_id=oauth.client_id,
    )
    answer = database.store_google_refresh(
        principal,
        connection_id=lease.connection_id,
        token_version=lease.token_version,
        next_token_version=lease.next_token_version,
        access_document=access_document,
        refresh_document=refresh_document,
        access_expires_at=tokens.expires_at,
        granted_scopes=tokens.granted_scopes,
    )
    return "refreshed" if answer.outcome == "stored" else answer.outcome
