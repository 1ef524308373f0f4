"""Showing calendars and events: fetched for this answer, kept nowhere."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.domain.calling import GoogleCalls
from service.domain.event_values import CalendarEntry, EventPage, WholeEvent
from service.domain.ports import Calendar
from service.domain.purposes import Purpose
from service.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class EventWindow:
    """What to show: of which calendar, from when (now if None), until when, in which zone, how many, which page."""

    calendar_id: str
    time_min: datetime | None
    time_max: datetime | None
    time_zone: str | None
    max_results: int
    page_token: str | None


def show_calendars(
    calls: GoogleCalls, page_token: str | None, *, calendar: Calendar
) -> tuple[Sequence[CalendarEntry], str | None]:
    """List the calendars among which the user may choose, and the token of the next page.

    Raises:
        The refusals of opening a token, and what the table of answers says; so do the functions below.
    """
    return calls.repeatable(
        Purpose.SHOW_EVENTS, lambda token, deadline: calendar.calendars(token, deadline, page_token=page_token)
    )


def show_events(calls: GoogleCalls, window: EventWindow, *, calendar: Calendar) -> EventPage:
    """List a calendar's events of a window, single occurrences in order of their start.

    Raises:
        InvalidRequest: the page token is not one that an answer of ours gave, or belongs to another window.
    """
    time_min, page_token = window.time_min or datetime.now(UTC), None
    if window.page_token is not None:
        time_min, page_token = _read_page_token(window.page_token)
        if window.time_min not in (None, time_min):
            raise InvalidRequest(details=[{"field": "time_min", "message": "not the one that page_token belongs to"}])
    page = calls.repeatable(
        Purpose.SHOW_EVENTS,
        lambda token, deadline: calendar.upcoming(
            token,
            deadline,
            calendar_id=window.calendar_id,
            time_min=time_min,
            time_max=window.time_max,
            time_zone=window.time_zone,
            max_results=window.max_results,
            page_token=page_token,
        ),
    )
    if page.next_page_token is None:
        return page
    return replace(page, next_page_token=_page_token(time_min, page.next_page_token))


def show_event(
    calls: GoogleCalls, calendar_id: str, event_id: str, time_zone: str | None, *, calendar: Calendar
) -> WholeEvent:
    """Show one event whole, to be looked at or edited."""
    return calls.repeatable(
        Purpose.SHOW_EVENTS,
        lambda token, deadline: calendar.event(
            token, deadline, calendar_id=calendar_id, event_id=event_id, time_zone=time_zone
        ),
    )


def _page_token(time_min: datetime, token: str) -> str:
    """Carry the start of the window with Google's token: Google wants every page asked for in the same words."""
    return base64.urlsafe_b64encode(f"{time_min.isoformat()} {token}".encode()).decode().rstrip("=")


def _read_page_token(text: str) -> tuple[datetime, str]:
    try:
        encoded = text.encode("ascii")
        start, _, token = base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)).decode().partition(" ")
        time_min = datetime.fromisoformat(start)
    except (ValueError, binascii.Error):
        time_min, token = datetime.min, ""
    if not token or time_min.tzinfo is None:
        raise InvalidRequest(details=[{"field": "page_token", "message": "not a page token of an earlier answer"}])
    return time_min, token
