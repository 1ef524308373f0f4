"""Sealing every connection's documents anew under the first key, while refreshes, connects and disconnects go on.

Each connection is one fenced write: whatever ran meanwhile wins, and the connection is looked at again in the next
pass. Nothing is ever deleted, and a rotation that was stopped goes on where it is started again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from service.domain.ports import Sealer
from service.domain.sealed import SealedDocumentError, TokenBinding, UnknownKeyError, Use

_PASSES = 3


@dataclass(frozen=True, slots=True)
class DocumentsToReseal:
    """Both documents of one connection, sealed under an older key; None if Vault has lost one."""

    connection_id: UUID
    user_id: UUID
    token_version: int
    next_token_version: int
    client_id: str
    kid: str
    access_document: str | None = field(repr=False)
    refresh_document: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How much is sealed under one key."""

    kid: str
    connection_count: int
    attempt_count: int
    pending_revocation_count: int


class RotationDatabase(Protocol):
    """The functions of service_api for rotation. Each raises ServiceUnavailable when the database does not answer."""

    def list_documents_to_reseal(self, *, kid: str, after: UUID | None, limit: int) -> Sequence[DocumentsToReseal]: ...

    def store_resealed_documents(
        self, documents: DocumentsToReseal, *, access_document: str, refresh_document: str
    ) -> str: ...

    def count_key_uses(self) -> Sequence[KeyUse]: ...

    def retire_key(self, kid: str) -> KeyUse | None: ...


class Resealed(StrEnum):
    """What became of one connection."""

    STORED = "stored"
    # Refreshed, reconnected or under refresh meanwhile: looked at again in the next pass.
    SUPERSEDED = "superseded"
    BUSY = "busy"
    GONE = "gone"
    # These stay as they are until somebody has looked.
    KEY_UNKNOWN = "key_unknown"
    NOT_OPENED = "not_opened"


@dataclass(slots=True)
class Rotation:
    """How a rotation went."""

    counts: dict[Resealed, int] = field(default_factory=lambda: dict.fromkeys(Resealed, 0))
    # Connections whose documents did not open, by id: a person has to look.
    failed: list[UUID] = field(default_factory=list[UUID])
    left: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left under another key."""
        return self.left == 0


def rotate(
    *, database: RotationDatabase, sealer: Sealer, kid: str, batch_size: int,
    report: Callable[[Resealed], None], is_stopped: Callable[[], bool],
) -> Rotation:  # fmt: skip
    """Seal everything under the key `kid`, which is the one that the sealer seals with.

    Args:
        report: is told of each connection, for a progress bar.
        is_stopped: asked before each connection; the one in hand is finished.
    """
    rotation = Rotation()
    for _ in range(_PASSES):
        # The last pass says what did not open.
        rotation.failed.clear()
        is_worth_another = False
        after: UUID | None = None
        while batch := database.list_documents_to_reseal(kid=kid, after=after, limit=batch_size):
            for documents in batch:
                if is_stopped():
                    return _counted(rotation, database, kid)
                after = documents.connection_id
                outcome = _reseal(documents, database=database, sealer=sealer)
                rotation.counts[outcome] += 1
                is_worth_another = is_worth_another or outcome in (Resealed.SUPERSEDED, Resealed.BUSY)
                if outcome in (Resealed.KEY_UNKNOWN, Resealed.NOT_OPENED):
                    rotation.failed.append(documents.connection_id)
                report(outcome)
        if not is_worth_another:
            break
    return _counted(rotation, database, kid)


def _reseal(documents: DocumentsToReseal, *, database: RotationDatabase, sealer: Sealer) -> Resealed:
    if documents.access_document is None or documents.refresh_document is None:
        return Resealed.NOT_OPENED
    held = TokenBinding(documents.connection_id, documents.user_id, documents.token_version)
    renewed = TokenBinding(documents.connection_id, documents.user_id, documents.next_token_version)
    try:
        access_document, refresh_document = (
            sealer.seal(use, renewed, sealer.open(use, held, document))
            for use, document in (
                (Use.ACCESS, documents.access_document),
                (Use.REFRESH, documents.refresh_document),
            )
        )
    except UnknownKeyError:
        return Resealed.KEY_UNKNOWN
    except SealedDocumentError:
        return Resealed.NOT_OPENED
    return Resealed(
        database.store_resealed_documents(documents, access_document=access_document, refresh_document=refresh_document)
    )


def _counted(rotation: Rotation, database: RotationDatabase, kid: str) -> Rotation:
    rotation.left = sum(use.connection_count for use in database.count_key_uses() if use.kid != kid)
    return rotation
