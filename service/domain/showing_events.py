"""Showing upcoming events: fetched for this answer, kept nowhere."""

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.domain.google_values import EventPage
from service.domain.opening import open_token
from service.domain.ports import Calendar, Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class EventWindow:
    """What to show: from when (now if None), until when, in which zone, how many at once, from which page on."""

    time_min: datetime | None
    time_max: datetime | None
    time_zone: str | None
    max_results: int
    page_token: str | None


def show_events(
    principal: Principal, window: EventWindow,
    *, database: Database, sealer: Sealer, oauth: GoogleOAuth, calendar: Calendar,
) -> EventPage:  # fmt: skip
    """List the primary calendar's events of a window, single occurrences in order of their start.

    Raises:
        InvalidRequest: the page token is not one that an answer of ours gave, or belongs to another window.
        The refusals of opening a token; GoogleUnavailable, GoogleRefused.
    """
    time_min, page_token = window.time_min or datetime.now(UTC), None
    if window.page_token is not None:
        time_min, page_token = _read_page_token(window.page_token)
        if window.time_min not in (None, time_min):
            raise InvalidRequest(details=[{"field": "time_min", "message": "not the one that page_token belongs to"}])
    opened = open_token(principal, "show_events", database=database, sealer=sealer, oauth=oauth)
    page = calendar.upcoming(
        opened.for_call(),
        time_min=time_min,
        time_max=window.time_max,
        time_zone=window.time_zone,
        max_results=window.max_results,
        page_token=page_token,
    )
    if page.next_page_token is None:
        return page
    return replace(page, next_page_token=_page_token(time_min, page.next_page_token))


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
