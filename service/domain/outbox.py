"""What the outbox hands out and takes back: one kind of work per handler, one entry at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ParkedEntry:
    """An entry that the database put aside on taking it, because it can never succeed."""

    outbox_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class QueuedRevocation:
    """A deleted account's sealed refresh document, leased for one try at telling Google."""

    outbox_id: int
    lease_id: UUID
    document: str = field(repr=False)
    connection_id: UUID
    user_id: UUID
    token_version: int
    client_id: str
    revocation_began_at: datetime
    account_key: int


@dataclass(frozen=True, slots=True)
class TakenRevocations:
    """What was due: entries to work on, and those that the database has already ended or put aside."""

    entries: Sequence[QueuedRevocation] = ()
    not_needed_count: int = 0
    parked: Sequence[ParkedEntry] = ()


class RevocationOutbox(Protocol):
    """The queued revocations. Each function raises ServiceUnavailable when the database does not answer."""

    def take_google_revocations(self, *, limit: int) -> TakenRevocations: ...

    def finish_google_revocation(
        self, *, outbox_id: int, lease_id: UUID, outcome: Literal["revoked", "failed", "poison"], reason: str | None
    ) -> Literal["stored", "superseded"]: ...


class Handler(Protocol):
    """Does the work of one kind of entry; the worker asks each handler in turn."""

    @property
    def kind(self) -> str:
        """The kind, as private.outbox names it."""
        ...

    def work(self) -> bool:
        """Take what is due, one entry at most, and finish it.

        Returns:
            Whether anything was due: then there may be more.

        Raises:
            ServiceUnavailable: the database does not answer; what was taken comes back once its lease is over.
        """
        ...
