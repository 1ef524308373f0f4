"""Revoking at Google what is not stored here, unless that would end somebody's connection of the same account.

Google's revocation ends every grant of the account to our project. The database therefore says beforehand whether
anybody else needs the account, and lets nobody connect it until Google has answered.
"""

from contextlib import suppress
from datetime import datetime

from service.alerts import Alert, raise_alert
from service.domain.google_values import GoogleTokens
from service.domain.ports import GoogleOAuth, TokenStore
from service.errors import ServiceUnavailable


def revoke_unstored(
    tokens: GoogleTokens, *, store: TokenStore, oauth: GoogleOAuth, account_key: int | None = None
) -> None:
    """Revoke what Google gave and nobody stored.

    Where the database cannot be asked, nothing is revoked and operators are told: the grant ends unused or by the user.

    Args:
        account_key: which account, if it is known; else the ID token says it, verified or not.
    """
    subject = None if account_key is not None else oauth.unverified_subject(tokens.id_token or "")
    if account_key is None and subject is None:
        raise_alert(Alert.UNSTORED_GRANT_LEFT, reason="account_unknown")
        return
    try:
        answer = store.begin_google_revocation(google_sub=subject, account_key=account_key)
    except ServiceUnavailable:
        raise_alert(Alert.UNSTORED_GRANT_LEFT, reason="database_unavailable")
        return
    if answer.account_key is None or answer.began_at is None:
        return
    # Either token ends the grant (Google's revocation guide).
    revoke_begun(
        tokens.refresh_token or tokens.access_token, answer.account_key, answer.began_at, store=store, oauth=oauth
    )


def revoke_begun(
    token: str, account_key: int, began_at: datetime, *, store: TokenStore, oauth: GoogleOAuth
) -> str | None:
    """Revoke, and let the account be connected again; returns why Google did not confirm, or None."""
    reason = oauth.revoke(token)
    # Where Google's answer is not known, the revocation may still arrive: the account waits out its time.
    if reason != "google_unreachable":
        with suppress(ServiceUnavailable):
            store.end_google_revocation(account_key=account_key, began_at=began_at)
    return reason
