"""The functions of service_api that let the worker check unused connections."""

from uuid import UUID

from service.adapters.token_store import PostgRESTTokenStore
from service.domain.checking_unused import UnusedAnswer


class PostgRESTUnusedConnections(PostgRESTTokenStore):
    """Fulfils service.domain.checking_unused.UnusedConnections."""

    def take_unused_connection(self) -> UnusedAnswer:
        return self._functions.call(UnusedAnswer, "take_unused_connection", {})

    def finish_unused_connection(self, *, outbox_id: int, lease_id: UUID, reason: str | None) -> str:
        answer = self._functions.call(
            dict[str, str],
            "finish_unused_connection",
            {"p_outbox_id": outbox_id, "p_lease_id": str(lease_id), "p_reason": reason},
        )
        return answer["outcome"]
