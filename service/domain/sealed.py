"""What a sealed document is for and what it is bound to.

The binding goes into the document's key, so a document that is moved to another user, connection, use or version does
not open, and nobody has to remember a comparison.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.refusals import TokenKeyUnknown
from service.errors import ServiceError

# A new label would make every document sealed before unreadable: it changes only with a migration of all of them.
_LABEL: Final = b"cxtrack sealed document v1"
_STATE_HASH_BYTES: Final = 32


class Use(StrEnum):
    """The uses of a sealed document; each has keys of its own."""

    ACCESS = "access"
    REFRESH = "refresh"
    ATTEMPT = "attempt"
    COMPLETION = "completion"

    @property
    def typ(self) -> str:
        """The `typ` of the document's protected header."""
        return f"cxtrack-google-{self}+jwe"


class SealedDocumentError(ServiceError):
    """A sealed document did not open: it was altered, or sealed for something else."""

    error_code = "sealed_document_refused"


class UnknownKeyError(TokenKeyUnknown):
    """The service lacks a key that it sealed with; operators have been alerted, nothing is lost.

    `kid` is the name that the document gives; whoever wrote the document chose it.
    """

    def __init__(self, kid: str) -> None:
        super().__init__()
        self.kid = kid


@dataclass(frozen=True, slots=True)
class TokenBinding:
    """Binds an access or refresh document to one version of one user's connection."""

    connection_id: UUID
    user_id: UUID
    token_version: int

    def info(self, use: Use) -> bytes:
        """Encode use and binding for the key derivation (RFC 5869, `info`)."""
        _require(use in (Use.ACCESS, Use.REFRESH), use, self)
        return _encode(use, self.connection_id.bytes, self.user_id.bytes, self.token_version.to_bytes(8, "big"))


@dataclass(frozen=True, slots=True)
class AttemptBinding:
    """Binds code_verifier and nonce to one authorization attempt of one user."""

    attempt_id: UUID
    user_id: UUID

    def info(self, use: Use) -> bytes:
        """Encode use and binding for the key derivation (RFC 5869, `info`)."""
        _require(use is Use.ATTEMPT, use, self)
        return _encode(use, self.attempt_id.bytes, self.user_id.bytes)


@dataclass(frozen=True, slots=True)
class CompletionBinding:
    """Binds an authorization code to the SHA-256 of the state that it came back with."""

    state_hash: bytes

    def info(self, use: Use) -> bytes:
        """Encode use and binding for the key derivation (RFC 5869, `info`)."""
        _require(use is Use.COMPLETION and len(self.state_hash) == _STATE_HASH_BYTES, use, self)
        return _encode(use, self.state_hash)


Binding = TokenBinding | AttemptBinding | CompletionBinding


def _require(is_fitting: bool, use: Use, binding: Binding) -> None:
    if not is_fitting:
        raise TypeError(f"{type(binding).__name__} does not bind the use {use.value}")


def _encode(use: Use, *parts: bytes) -> bytes:
    """Join the parts so that no other list of parts gives the same bytes: each goes after its length."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in (_LABEL, use.value.encode(), *parts))
