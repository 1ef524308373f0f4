"""Whom a mail goes to, as the database looks them up: by hashes, so that strangers' addresses are in no log of it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from service.domain.messages import Message


@dataclass(frozen=True, slots=True)
class HashedRecipient:
    """One recipient: `to`, `cc` or `bcc`, and the SHA-256 of the address in lower case."""

    header: str
    address_hash: str = field(repr=False)


def hashed_recipients(message: Message) -> tuple[HashedRecipient, ...]:
    """Give every To, Cc and Bcc of a mail, each once per field."""
    named = ((name, _hash(address)) for name, address in _addresses(message))
    return tuple(HashedRecipient(*each) for each in dict.fromkeys(named))


def addresses_of(message: Message, hashes: Collection[str]) -> list[str]:
    """Give the addresses that these hashes are of, as the caller wrote them."""
    return list(dict.fromkeys(address for _, address in _addresses(message) if _hash(address) in hashes))


def _addresses(message: Message) -> list[tuple[str, str]]:
    fields = (("to", message.to), ("cc", message.cc), ("bcc", message.bcc))
    return [(name, each.address) for name, recipients in fields for each in recipients]


def _hash(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()
