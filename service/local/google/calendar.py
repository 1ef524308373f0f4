"""Calendar as far as it is used: list, get, insert and patch events of the primary calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from service.local.google.errors import APIError, not_found
from service.local.google.recurrence import NotImitated, occurrences
from service.local.google.samples import finished_event
from service.local.google.state import AccessToken
from service.local.google.times import InvalidTime, check_times, moment_of, shown_in
from service.local.google.wiring import stand_in

_EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
_DEFAULT_PAGE = 250


def _list(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    events = _calendar(token, parameters["calendarId"])
    is_expanded = parameters.get("singleEvents", False)
    if parameters.get("orderBy") == "startTime" and not is_expanded:
        raise APIError(400, "invalid", "The requested ordering is not available for the particular query.")
    zone = _zone(parameters.get("timeZone", "UTC"))
    lowest, highest = _bound(parameters, "timeMin"), _bound(parameters, "timeMax")
    if lowest and highest and highest <= lowest:
        raise APIError(400, "timeRangeEmpty", "The specified time range is empty.")
    try:
        found = [
            occurrence
            for event in events.values()
            for occurrence in (occurrences(event, until=highest) if is_expanded else [event])
            if (occurrence["status"] != "cancelled" or parameters.get("showDeleted"))
            and (lowest is None or moment_of(occurrence["end"]) > lowest)
            and (highest is None or moment_of(occurrence["start"]) < highest)
            and occurrence.get("eventType", "default") in parameters.get("eventTypes", ["default"])
            and all(_has_property(occurrence, each) for each in parameters.get("privateExtendedProperty", []))
        ]
    except NotImitated as error:
        raise APIError(501, "notImplemented", str(error), "UNIMPLEMENTED") from None
    key = "start" if parameters.get("orderBy") == "startTime" else "updated"
    found.sort(key=lambda event: (moment_of(event["start"]) if key == "start" else event["updated"], event["id"]))
    offset = _page_offset(parameters.get("pageToken"))
    size = min(parameters.get("maxResults", _DEFAULT_PAGE), 2500)
    page = [shown_in(event, zone) for event in found[offset : offset + size]]
    answer: dict[str, Any] = {
        "kind": "calendar#events",
        "summary": stand_in().google.accounts[token.sub].email,
        "timeZone": parameters.get("timeZone", "UTC"),
        "items": page,
    }
    if offset + size < len(found):
        answer["nextPageToken"] = f"page{offset + size}"
    return answer


def _get(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _event(token, parameters)


def _insert(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    events = _calendar(token, parameters["calendarId"])
    event_id = body.get("id")
    if event_id is not None and not _EVENT_ID.fullmatch(event_id):
        raise APIError(400, "invalid", "Invalid resource id value.")
    if event_id in events:
        # A cancelled event keeps its id.
        raise APIError(409, "duplicate", "The requested identifier already exists.", "ALREADY_EXISTS")
    _check(body)
    event = finished_event(_without_conference(body, parameters), stand_in().google.accounts[token.sub].email)
    events[event["id"]] = event
    return event


def _patch(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    event = _event(token, parameters)
    expected = request.headers.get("If-Match")
    if expected not in (None, "*", event["etag"]):
        raise APIError(412, "conditionNotMet", "Precondition Failed", "FAILED_PRECONDITION")
    merged = _merge(event, _without_conference(body, parameters))
    _check(merged)
    changed = finished_event({**merged, "sequence": event["sequence"] + 1}, merged["organizer"]["email"])
    _calendar(token, parameters["calendarId"])[event["id"]] = changed
    return changed


def _calendar_list(token: AccessToken, _parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    email = stand_in().google.accounts[token.sub].email
    return {
        "kind": "calendar#calendarList",
        "items": [
            {"id": email, "summary": email, "primary": True, "accessRole": "owner", "timeZone": "UTC"},
            {"id": "holidays@example.com", "summary": "Holidays", "accessRole": "reader", "timeZone": "UTC"},
        ],
    }


def _calendar(token: AccessToken, calendar_id: str) -> dict[str, dict[str, Any]]:
    if calendar_id not in ("primary", stand_in().google.accounts[token.sub].email):
        raise not_found()
    return stand_in().google.events[token.sub]


def _event(token: AccessToken, parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        return _calendar(token, parameters["calendarId"])[parameters["eventId"]]
    except KeyError:
        raise not_found() from None


def _check(event: dict[str, Any]) -> None:
    try:
        check_times(event)
    except InvalidTime as error:
        raise APIError(400, error.reason, str(error)) from None


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Merge as a patch does: objects are merged, arrays replaced, null removes."""
    merged = dict(old)
    for key, value in new.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict) and key not in ("start", "end"):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _without_conference(body: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Ignore conference data unless the call says that it knows about it, as Google does."""
    if parameters.get("conferenceDataVersion", 0) == 1:
        asked = body.get("conferenceData", {}).get("createRequest")
        if asked is None:
            return body
        entry = {"entryPointType": "video", "uri": "https://meet.google.com/abc-defg-hij"}
        status = {"createRequest": {**asked, "status": {"statusCode": "success"}}, "entryPoints": [entry]}
        return {**body, "conferenceData": status, "hangoutLink": entry["uri"]}
    return {key: value for key, value in body.items() if key != "conferenceData"}


def _has_property(event: dict[str, Any], pair: str) -> bool:
    name, _, value = pair.partition("=")
    return event.get("extendedProperties", {}).get("private", {}).get(name) == value


def _bound(parameters: dict[str, Any], name: str) -> datetime | None:
    if name not in parameters:
        return None
    try:
        moment = datetime.fromisoformat(parameters[name])
    except ValueError:
        raise APIError(400, "badRequest", "Bad Request") from None
    if moment.tzinfo is None:
        raise APIError(400, "badRequest", "Bad Request")
    return moment.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
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
    "calendar.events.insert": _insert,
    "calendar.events.patch": _patch,
    "calendar.calendarList.list": _calendar_list,
}
