"""Reading a calendar: list and get events of the primary calendar, and the list of calendars."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.local.google.calendar_access import EMPTY_CALENDAR, events_of, find_event
from service.local.google.calendar_writing import insert, patch
from service.local.google.errors import APIError, not_imitated
from service.local.google.recurrence import occurrences
from service.local.google.state import AccessToken
from service.local.google.times import InvalidTime, moment_of, parse_moment, shown_in, zone_of
from service.local.google.wiring import stand_in

_DEFAULT_PAGE = 250
_LARGEST_PAGE = 2500
_NOT_IMITATED = ("q", "syncToken", "updatedMin", "sharedExtendedProperty", "iCalUID", "showHiddenInvitations")


def _list(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    events = events_of(token, parameters["calendarId"])
    for name in _NOT_IMITATED:
        # An answer that leaves a condition out would look right and be wrong.
        if name in parameters:
            raise not_imitated(f"The parameter {name}")
    is_expanded = parameters.get("singleEvents", False)
    if parameters.get("orderBy") == "startTime" and not is_expanded:
        raise APIError(400, "invalid", "The requested ordering is not available for the particular query.")
    zone = _zone(parameters)
    lowest, highest = _bound(parameters, "timeMin"), _bound(parameters, "timeMax")
    if lowest and highest and highest <= lowest:
        raise APIError(400, "timeRangeEmpty", "The specified time range is empty.")
    found = []
    for event in events.values():
        if not _is_asked_for(event, parameters):
            continue
        inside = [each for each in occurrences(event, until=highest) if _is_inside(each, lowest, highest)]
        if is_expanded:
            found += inside
        elif inside:
            found.append(event)
    is_by_start = parameters.get("orderBy") == "startTime"
    found.sort(key=lambda event: (moment_of(event["start"]) if is_by_start else event["updated"], event["id"]))
    offset = _page_offset(parameters.get("pageToken"))
    size = min(parameters.get("maxResults", _DEFAULT_PAGE), _LARGEST_PAGE)
    answer: dict[str, Any] = {
        "kind": "calendar#events",
        "summary": stand_in().google.accounts[token.sub].email,
        "timeZone": parameters.get("timeZone", "UTC"),
        "accessRole": "owner",
        "items": [shown_in(event, zone) for event in found[offset : offset + size]],
    }
    if offset + size < len(found):
        answer["nextPageToken"] = f"page{offset + size}"
    return answer


def _get(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return shown_in(find_event(token, parameters), _zone(parameters))


def _calendar_list(token: AccessToken, _parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    email = stand_in().google.accounts[token.sub].email
    return {
        "kind": "calendar#calendarList",
        "items": [
            {"id": email, "summary": email, "primary": True, "accessRole": "owner", "timeZone": "UTC"},
            {"id": EMPTY_CALENDAR, "summary": "Holidays", "accessRole": "reader", "timeZone": "UTC"},
        ],
    }


def _is_asked_for(event: dict[str, Any], parameters: dict[str, Any]) -> bool:
    if event["status"] == "cancelled" and not parameters.get("showDeleted"):
        return False
    if "eventTypes" in parameters and event["eventType"] not in parameters["eventTypes"]:
        return False
    return all(_has_property(event, each) for each in parameters.get("privateExtendedProperty", []))


def _is_inside(event: dict[str, Any], lowest: datetime | None, highest: datetime | None) -> bool:
    """Whether it ends after the lower bound and starts before the upper one: a running event is inside."""
    return (lowest is None or moment_of(event["end"]) > lowest) and (
        highest is None or moment_of(event["start"]) < highest
    )


def _has_property(event: dict[str, Any], pair: str) -> bool:
    name, _, value = pair.partition("=")
    return event.get("extendedProperties", {}).get("private", {}).get(name) == value


def _bound(parameters: dict[str, Any], name: str) -> datetime | None:
    if name not in parameters:
        return None
    try:
        return parse_moment(parameters[name])
    except ValueError:
        raise APIError(400, "badRequest", "Bad Request") from None


def _zone(parameters: dict[str, Any]) -> ZoneInfo:
    try:
        return zone_of(parameters.get("timeZone", "UTC"))
    except InvalidTime:
        raise APIError(400, "invalid", "Invalid time zone definition.") from None


def _page_offset(token: str | None) -> int:
    if token is None:
        return 0
    if not re.fullmatch(r"page\d{1,6}", token):
        raise APIError(400, "invalid", "Invalid page token value.")
    return int(token.removeprefix("page"))


HANDLERS = {
    "calendar.events.list": _list,
    "calendar.events.get": _get,
    "calendar.events.insert": insert,
    "calendar.events.patch": patch,
    "calendar.calendarList.list": _calendar_list,
}
