"""The functions of service_api that rotate keys, called with the operator's role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from service.adapters.postgrest_functions import PostgRESTFunctions
from service.domain.rotating_keys import DocumentsToReseal, KeyUse


@dataclass(frozen=True, slots=True)
class _Entries:
    entries: Sequence[DocumentsToReseal]


@dataclass(frozen=True, slots=True)
class _Uses:
    keys: Sequence[KeyUse]


@dataclass(frozen=True, slots=True)
class _Retired:
    outcome: Literal["retired", "in_use"]
    uses: KeyUse | None = None


class PostgRESTRotation:
    """Fulfils service.domain.rotating_keys.RotationDatabase. Every method is one round trip."""

    def __init__(self, functions: PostgRESTFunctions) -> None:
        self._functions = functions

    def list_documents_to_reseal(self, *, kid: str, after: UUID | None, limit: int) -> Sequence[DocumentsToReseal]:
        parameters = {"p_kid": kid, "p_after": None if after is None else str(after), "p_limit": limit}
        return self._functions.call(_Entries, "list_documents_to_reseal", parameters).entries

    def store_resealed_documents(
        self, documents: DocumentsToReseal, *, access_document: str, refresh_document: str
    ) -> str:
        answer = self._functions.call(
            dict[str, str],
            "store_resealed_documents",
            {
                "p_user_id": str(documents.user_id),
                "p_connection_id": str(documents.connection_id),
                "p_token_version": documents.token_version,
                "p_next_token_version": documents.next_token_version,
                "p_access_document": access_document,
                "p_refresh_document": refresh_document,
            },
        )
        return answer["outcome"]

    def count_key_uses(self) -> Sequence[KeyUse]:
        return self._functions.call(_Uses, "count_key_uses", {}).keys

    def retire_key(self, kid: str) -> KeyUse | None:
        return self._functions.call(_Retired, "retire_key", {"p_kid": kid}).uses
