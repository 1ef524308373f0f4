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
class EventTime:
    """Start or end of an event: a date for an all-day event, else a time with its offset (RFC 3339)."""

    date: str | None
    date_time: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event as shown; it lives as long as the answer that carries it."""

    id: str
    title: str | None = field(repr=False)
    start: EventTime
    end: EventTime
    location: str | None = field(repr=False)
    html_link: str | None = field(repr=False)
    status: str | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of upcoming events."""

    events: tuple[CalendarEvent, ...]
    next_page_token: str | None
    time_zone: str | None
