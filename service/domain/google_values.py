"""What Google answers, as plain values; tokens never show in a repr."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GoogleTokens:
    """A token response (RFC 6749, section 5.1) with `expires_in` already turned into a time."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    granted_scopes: tuple[str, ...] | None
    id_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class GoogleAccount:
    """The account that a verified ID token names."""

    sub: str
    email: str
    name: str | None
    picture: str | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Gmail's ids of a message that it took."""

    message_id: str
    thread_id: str


@dataclass(frozen=True, slots=True)
class ReplyHeaders:
    """What a reply names of the mail it answers (RFC 5322, section 3.6.4): message ids, nothing else."""

    message_id: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """One message as far as its labels and its date tell."""

    id: str
    thread_id: str
    is_read: bool
    is_trashed: bool
    is_sent: bool
    date: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadStatus:
    """The messages of a thread, oldest first."""

    id: str
    messages: tuple[MessageStatus, ...]
