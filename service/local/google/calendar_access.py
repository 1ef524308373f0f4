"""Which calendars and events a token reaches."""

from __future__ import annotations

from typing import Any

from service.local.google.errors import APIError, not_found
from service.local.google.recurrence import occurrences
from service.local.google.state import AccessToken
from service.local.google.wiring import stand_in

# A calendar that everybody may read, nobody may write, and that has no events.
EMPTY_CALENDAR = "holidays@example.com"


def events_of(token: AccessToken, calendar_id: str, *, is_written: bool = False) -> dict[str, dict[str, Any]]:
    """The events of a calendar by their ids.

    Raises:
        APIError: there is no such calendar for this account, or it may only be read.
    """
    if calendar_id == EMPTY_CALENDAR:
        if is_written:
            message = "You need to have writer access to this calendar."
            raise APIError(403, "requiredAccessLevel", message, "PERMISSION_DENIED")
        return {}
    if calendar_id not in ("primary", stand_in().google.accounts[token.sub].email):
        raise not_found()
    return stand_in().google.events[token.sub]


def find_event(token: AccessToken, parameters: dict[str, Any]) -> dict[str, Any]:
    """An event, or a single occurrence of a recurring one.

    Raises:
        APIError: there is no such event for this account.
    """
    events, event_id = events_of(token, parameters["calendarId"]), parameters["eventId"]
    if event_id in events:
        return events[event_id]
    recurring = events.get(event_id.partition("_")[0])
    found = [] if recurring is None else occurrences(recurring, until=None)
    for each in found:
        if each["id"] == event_id:
            return each
    raise not_found()
