"""Disconnecting: everything here is deleted first, then Google is told, and the receipt says what happened."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.answers import DisconnectAnswer
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.refusals import refusal
from service.domain.revoking import revoke_begun
from service.domain.sealed import SealedDocumentError, TokenBinding, UnknownKeyError, Use

GOOGLE_PERMISSIONS_URL = "https://myaccount.google.com/permissions"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a disconnect did. `not_revoked_because` is None exactly if Google confirmed the revocation."""

    was_connected: bool
    deleted_at: datetime | None
    secrets_deleted: int
    attempts_deleted: int
    calls_in_flight: int
    not_revoked_because: str | None


def disconnect(principal: Principal, *, database: Database, sealer: Sealer, oauth: GoogleOAuth) -> Receipt:
    """Delete connection, attempts and both secrets, then revoke at Google as far as it can be done.

    Repeating it is safe: a second call finds nothing and says so.

    Raises:
        Unauthenticated: the session has ended.
        ServiceUnavailable: the database did not answer; nothing is claimed to be deleted.
    """
    answer = database.disconnect_google(principal)
    if answer.outcome == "not_connected":
        return Receipt(False, None, 0, answer.attempts_deleted, 0, "not_connected")
    if answer.outcome != "disconnected":
        raise refusal(answer.outcome)
    return Receipt(
        was_connected=True,
        deleted_at=answer.deleted_at,
        secrets_deleted=answer.secrets_deleted,
        attempts_deleted=answer.attempts_deleted,
        calls_in_flight=answer.calls_in_flight,
        not_revoked_because=_revoke(principal, answer, database=database, sealer=sealer, oauth=oauth),
    )


def _revoke(
    principal: Principal, answer: DisconnectAnswer, *, database: Database, sealer: Sealer, oauth: GoogleOAuth
) -> str | None:
    """Tell Google; returns why it was not told or did not confirm. Nothing here may fail: the deletion stands."""
    if answer.is_account_shared:
        return "account_connected_by_another_user"
    if (
        answer.document is None or answer.connection_id is None or answer.account_key is None
        or answer.revocation_began_at is None
    ):  # fmt: skip
        return "no_refresh_token_kept"
    if answer.client_id != oauth.client_id:
        return "issued_to_another_client"
    binding = TokenBinding(
        connection_id=answer.connection_id, user_id=principal.user_id, token_version=answer.token_version
    )
    try:
        refresh_token = sealer.open(Use.REFRESH, binding, answer.document)["refresh_token"]
    except (SealedDocumentError, UnknownKeyError):
        return "refresh_token_could_not_be_opened"
    return revoke_begun(refresh_token, answer.account_key, answer.revocation_began_at, store=database, oauth=oauth)
