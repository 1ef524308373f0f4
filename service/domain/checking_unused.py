"""Refreshing connections that nobody has used for long: where the grant ended at Google, the tokens go from here."""

import logging
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from service.alerts import alert_on
from service.domain.answers import RefreshAnswer
from service.domain.ports import GoogleOAuth, Sealer, TokenStore
from service.domain.refreshing import Lease, lease_of, refresh_leased
from service.domain.refusals import ReconnectRequired
from service.errors import ServiceError, ServiceUnavailable
from service.metrics import OUTBOX_ENTRIES

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnusedAnswer:
    """Outcome `taken` with the refresh to make, `postponed` or `not_needed` (ask again), or `none`."""

    outcome: str
    outbox_id: int | None = None
    outbox_lease_id: UUID | None = None
    refresh: RefreshAnswer | None = None
    reason: str | None = None


class UnusedConnections(TokenStore, Protocol):
    """The functions that hand out unused connections one by one, and take back what became of them."""

    def take_unused_connection(self) -> UnusedAnswer: ...

    def finish_unused_connection(self, *, outbox_id: int, lease_id: UUID, reason: str | None) -> str: ...


class UnusedConnectionHandler:
    """Fulfils service.domain.outbox.Handler for check_unused_connection."""

    kind = "check_unused_connection"

    def __init__(self, *, connections: UnusedConnections, sealer: Sealer, oauth: GoogleOAuth) -> None:
        self._connections = connections
        self._sealer = sealer
        self._oauth = oauth

    def work(self) -> bool:
        """Take one connection, refresh it, and say what became of it."""
        answer = self._connections.take_unused_connection()
        if answer.refresh is None or answer.outbox_id is None or answer.outbox_lease_id is None:
            return answer.outcome != "none"
        outcome, try_again_because = self._refresh(lease_of(answer.refresh))
        self._connections.finish_unused_connection(
            outbox_id=answer.outbox_id, lease_id=answer.outbox_lease_id, reason=try_again_because
        )
        OUTBOX_ENTRIES.labels(self.kind, outcome).inc()
        facts = {"kind": self.kind, "outbox_id": answer.outbox_id, "outcome": outcome}
        _log.info("outbox entry worked on", extra=facts)
        return True

    def _refresh(self, lease: Lease) -> tuple[str, str | None]:
        try:
            outcome = refresh_leased(lease, store=self._connections, sealer=self._sealer, oauth=self._oauth)
        except ReconnectRequired:
            # What the check is for: the tokens of a dead grant are gone.
            return "reconnect_required", None
        except ServiceError as error:
            if type(error) is ServiceUnavailable:
                raise
            alert_on(error.error_code, kind=self.kind)
            return "kept", error.error_code
        except Exception as error:
            # One connection that breaks must not stop those behind it; the error's own text may hold a secret.
            _log.error("outbox entry broke", extra={"kind": self.kind, "reason": type(error).__name__})
            return "kept", "unexpected_error"
        return outcome, None
