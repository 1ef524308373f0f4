"""Writing a calendar: insert and patch events."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import request

from service.local.google.calendar_access import events_of, find_event
from service.local.google.errors import APIError, not_imitated
from service.local.google.event_rules import check_fields, invalid
from service.local.google.nulls import merged
from service.local.google.recurrence import check_recurrence
from service.local.google.samples import finished_event
from service.local.google.state import AccessToken
from service.local.google.times import InvalidTime, check_times, shown_in, zone_of
from service.local.google.wiring import stand_in

_EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
_SOLUTIONS = ("hangoutsMeet", "eventHangout", "eventNamedHangout", "addOn")
# Google ignores them in what a client writes.
_READ_ONLY = {
    "kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "hangoutLink", "locked", "privateCopy",
    "recurringEventId", "originalStartTime",
}  # fmt: skip
_FIXED = {"id", "iCalUID", "eventType"}


def insert(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Add an event, with the client's id or a new one."""
    events = events_of(token, parameters["calendarId"], is_written=True)
    event_id = body.get("id")
    if event_id is not None and not _EVENT_ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.")
    if event_id is not None and "iCalUID" in body:
        raise invalid("Only one of id and iCalUID may be given.")
    if event_id in events:
        # A cancelled event keeps its id.
        raise APIError(409, "duplicate", "The requested identifier already exists.", "ALREADY_EXISTS")
    draft = {key: value for key, value in body.items() if key not in _READ_ONLY}
    draft = _with_conference(draft, {}, parameters)
    _check(draft)
    event = finished_event(draft, stand_in().google.accounts[token.sub].email)
    events[event["id"]] = event
    _tell_guests(token, parameters, event)
    return shown_in(event, zone_of("UTC"))


def patch(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Change an event, if it still is as the client knows it."""
    events = events_of(token, parameters["calendarId"], is_written=True)
    event = find_event(token, parameters)
    if event["id"] not in events:
        raise not_imitated("Changing a single occurrence")
    if request.headers.get("If-Match", "*") not in ("*", event["etag"]):
        raise APIError(412, "conditionNotMet", "Precondition Failed", "FAILED_PRECONDITION")
    changes = {key: value for key, value in body.items() if key not in _READ_ONLY | _FIXED}
    result = merged(event, _with_conference(changes, event, parameters))
    if "conferenceData" not in result:
        result.pop("hangoutLink", None)
    result.setdefault("status", "confirmed")
    _check(result)
    changed = finished_event({**result, "sequence": event["sequence"] + 1}, event["organizer"]["email"])
    events[event["id"]] = changed
    _tell_guests(token, parameters, changed)
    return shown_in(changed, zone_of("UTC"))


def _check(event: dict[str, Any]) -> None:
    check_fields(event)
    try:
        check_times(event)
        check_recurrence(event)
    except InvalidTime as error:
        raise APIError(400, error.reason, str(error)) from None


def _tell_guests(token: AccessToken, parameters: dict[str, Any], event: dict[str, Any]) -> None:
    """Note whom Google would write to: every guest, those who use another calendar, nobody."""
    wanted = parameters.get("sendUpdates", "none")
    guests = [each["email"] for each in event.get("attendees", [])]
    if wanted == "externalOnly":
        guests = [each for each in guests if stand_in().google.account_of(each) is None]
    if wanted != "none" and guests:
        note = {"event_id": event["id"], "send_updates": wanted, "to": guests}
        stand_in().google.invitations[token.sub].append(note)


def _with_conference(body: dict[str, Any], old: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Answer a request for a conference; without conferenceDataVersion=1 it is ignored, as Google ignores it."""
    rest = {key: value for key, value in body.items() if key != "conferenceData"}
    if parameters.get("conferenceDataVersion", 0) != 1:
        return rest
    asked = (body.get("conferenceData") or {}).get("createRequest")
    if not asked:
        return body
    solution = asked.get("conferenceSolutionKey", {}).get("type", "hangoutsMeet")
    if not asked.get("requestId") or solution not in _SOLUTIONS:
        raise invalid("Invalid conference type value.")
    if old.get("conferenceData", {}).get("createRequest", {}).get("requestId") == asked["requestId"]:
        return rest
    letters = hashlib.sha256(asked["requestId"].encode()).hexdigest().translate(_TO_LETTERS)
    link = f"https://meet.google.com/{letters[:3]}-{letters[3:7]}-{letters[7:10]}"
    conference = {
        "conferenceId": link.rpartition("/")[2],
        "createRequest": {**asked, "status": {"statusCode": "success"}},
        "entryPoints": [{"entryPointType": "video", "uri": link}],
    }
    return {**rest, "conferenceData": conference, "hangoutLink": link}


_TO_LETTERS = str.maketrans("0123456789", "ghijklmnop")
