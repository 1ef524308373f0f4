"""Showing upcoming events: fetched for this answer, kept nowhere."""

from dataclasses import dataclass
from datetime import UTC, datetime

from service.domain.google_values import EventPage
from service.domain.opening import open_token
from service.domain.ports import Calendar, Database, GoogleOAuth, Sealer
from service.domain.principal import Principal


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
        The refusals of opening a token; GoogleUnavailable, GoogleRefused.
    """
    opened = open_token(principal, "show_events", database=database, sealer=sealer, oauth=oauth)
    return calendar.upcoming(
        opened.access_token,
        time_min=window.time_min or datetime.now(UTC),
        time_max=window.time_max,
        time_zone=window.time_zone,
        max_results=window.max_results,
        page_token=window.page_token,
    )
