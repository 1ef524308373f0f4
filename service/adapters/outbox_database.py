"""The outbox in the database, called through PostgREST with the operator's role."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from service.adapters.postgrest_functions import PostgRESTFunctions
from service.domain.outbox import TakenRevocations


@dataclass(frozen=True, slots=True)
class _Finished:
    outcome: Literal["stored", "superseded"]


class PostgRESTOutbox:
    """Fulfils service.domain.outbox.RevocationOutbox. Every method is one round trip."""

    def __init__(self, functions: PostgRESTFunctions) -> None:
        self._functions = functions

    def take_google_revocations(self, *, limit: int) -> TakenRevocations:
        return self._functions.call(TakenRevocations, "take_google_revocations", {"p_limit": limit})

    def finish_google_revocation(
        self, *, outbox_id: int, lease_id: UUID, outcome: Literal["revoked", "failed", "poison"], reason: str | None
    ) -> Literal["stored", "superseded"]:
        answer = self._functions.call(
            _Finished,
            "finish_google_revocation",
            {"p_outbox_id": outbox_id, "p_lease_id": str(lease_id), "p_outcome": outcome, "p_reason": reason},
        )
        return answer.outcome
