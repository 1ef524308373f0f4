"""The functions of service_api that end a refresh or a revocation, for the user's request and for the worker alike."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from service.adapters.postgrest_functions import PostgRESTFunctions
from service.domain.answers import RefuseAnswer, RevocationAnswer, StoreAnswer


class PostgRESTTokenStore:
    """Fulfils service.domain.ports.TokenStore. Every method is one round trip."""

    def __init__(self, functions: PostgRESTFunctions) -> None:
        self._functions = functions

    def store_google_refresh(
        self, *, user_id: UUID, connection_id: UUID, token_version: int, next_token_version: int, access_document: str,
        refresh_document: str, access_expires_at: datetime, granted_scopes: Sequence[str] | None,
    ) -> StoreAnswer:  # fmt: skip
        return self._functions.call(
            StoreAnswer,
            "store_google_refresh",
            {
                "p_user_id": str(user_id),
                "p_connection_id": str(connection_id),
                "p_token_version": token_version,
                "p_next_token_version": next_token_version,
                "p_access_document": access_document,
                "p_refresh_document": refresh_document,
                "p_access_expires_at": access_expires_at.isoformat(),
                "p_granted_scopes": None if granted_scopes is None else list(granted_scopes),
            },
        )

    def release_google_refresh(self, *, connection_id: UUID, lease_id: UUID, reason: str) -> None:
        self._functions.call(
            dict[str, str],
            "release_google_refresh",
            {"p_connection_id": str(connection_id), "p_lease_id": str(lease_id), "p_reason": reason},
        )

    def refuse_google_refresh(
        self, *, user_id: UUID, connection_id: UUID, lease_id: UUID, token_version: int, client_id: str, reason: str
    ) -> RefuseAnswer:
        return self._functions.call(
            RefuseAnswer,
            "refuse_google_refresh",
            {
                "p_user_id": str(user_id),
                "p_connection_id": str(connection_id),
                "p_lease_id": str(lease_id),
                "p_token_version": token_version,
                "p_client_id": client_id,
                "p_reason": reason,
            },
        )

    def begin_google_revocation(
        self, *, google_sub: str | None = None, account_key: int | None = None
    ) -> RevocationAnswer:
        return self._functions.call(
            RevocationAnswer, "begin_google_revocation", {"p_google_sub": google_sub, "p_account_key": account_key}
        )

    def end_google_revocation(self, *, account_key: int, began_at: datetime) -> None:
        self._functions.call(
            dict[str, str],
            "end_google_revocation",
            {"p_account_key": account_key, "p_began_at": began_at.isoformat()},
        )
