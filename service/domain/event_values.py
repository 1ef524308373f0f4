"""Events and calendars as Google answers them, as plain values that live as long as the answer that carries them."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventTime:
    """Start or end of an event: a date for an all-day event, else a time with its offset (RFC 3339)."""

    date: str | None
    date_time: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event of a list."""

    id: str
    title: str | None = field(repr=False)
    start: EventTime
    end: EventTime
    location: str | None = field(repr=False)
    html_link: str | None = field(repr=False)
    status: str | None
    recurring_event_id: str | None
    activity_id: str | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of upcoming events."""

    events: tuple[CalendarEvent, ...]
    next_page_token: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited, and what they answered."""

    email: str = field(repr=False)
    name: str | None = field(repr=False)
    is_optional: bool
    is_organizer: bool
    is_self: bool
    response: str | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder so many minutes before the start."""

    method: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WholeEvent:
    """One event with all that can be edited here; `reminders` is None where the calendar's own hold.

    `request_hash` and `change_hash` are what we wrote into it: the request that made it and the last change of ours.
    """

    id: str
    etag: str
    title: str | None = field(repr=False)
    description: str | None = field(repr=False)
    location: str | None = field(repr=False)
    start: EventTime
    end: EventTime
    recurrence: tuple[str, ...]
    recurring_event_id: str | None
    attendees: tuple[Attendee, ...] = field(repr=False)
    reminders: tuple[Reminder, ...] | None
    meet_link: str | None = field(repr=False)
    is_meet_link_pending: bool
    html_link: str | None = field(repr=False)
    status: str | None
    activity_id: str | None
    request_hash: str | None = field(repr=False)
    change_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class EventTie:
    """What a write says of an event and an activity; None takes the event away from the activity that has it."""

    event_id: str
    is_on_primary_calendar: bool
    activity_id: UUID | None


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A calendar that the user may choose."""

    id: str
    title: str | None = field(repr=False)
    is_primary: bool
    can_write: bool
    time_zone: str | None
