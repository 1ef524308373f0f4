"""Events between our fields and Google's: what we write, and what we read of an answer."""

from collections.abc import Mapping
from typing import Any

from service.domain.event_values import Attendee, CalendarEvent, EventTime, Reminder, WholeEvent

# Private properties are ours alone on this copy of the event; nothing personal is put into them.
_ACTIVITY, _REQUEST, _CHANGE = "cxtrack_activity_id", "cxtrack_request", "cxtrack_change"
_PROPERTIES = {"activity_id": _ACTIVITY, "request_hash": _REQUEST, "change_hash": _CHANGE}
_SAME = {"id": "id", "description": "description", "location": "location", "title": "summary", "status": "status"}

LISTED = (
    "items(id,summary,location,htmlLink,status,start,end,recurringEventId,extendedProperties/private),"
    "nextPageToken,timeZone"
)
WHOLE = (
    "id,etag,summary,description,location,htmlLink,status,start,end,recurrence,recurringEventId,"
    "attendees(email,displayName,optional,organizer,self,responseStatus),reminders,hangoutLink,"
    "conferenceData/createRequest/status,extendedProperties/private"
)


def to_google(fields: Mapping[str, Any], *, meet_request_id: str) -> dict[str, Any]:
    """Build the body of a write; None stands for null, which removes in a patch.

    Args:
        meet_request_id: names the request for a Meet link, so that a repeat asks for no second one.
    """
    body: dict[str, Any] = {theirs: fields[ours] for ours, theirs in _SAME.items() if ours in fields}
    for name in ("start", "end"):
        if name in fields:
            # A patch merges: without the nulls, an event that becomes all-day would be both.
            time = fields[name]
            body[name] = {
                "date": time.get("date"), "dateTime": time.get("date_time"), "timeZone": time.get("time_zone")
            }  # fmt: skip
    if "recurrence" in fields:
        body["recurrence"] = fields["recurrence"]
    if "attendees" in fields:
        body["attendees"] = [_attendee(each) for each in fields["attendees"] or []]
    if "reminders" in fields:
        reminders = fields["reminders"]
        body["reminders"] = {"useDefault": reminders is None, "overrides": reminders or []}
    if "has_meet_link" in fields:
        asked = {"requestId": meet_request_id, "conferenceSolutionKey": {"type": "hangoutsMeet"}}
        body["conferenceData"] = {"createRequest": asked} if fields["has_meet_link"] else None
    properties = {theirs: fields[ours] for ours, theirs in _PROPERTIES.items() if ours in fields}
    return body | ({"extendedProperties": {"private": properties}} if properties else {})


def without_nulls(body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is null: nothing is removed from an event that is only being made."""
    return {
        name: without_nulls(value) if isinstance(value, Mapping) else value
        for name, value in body.items()
        if value is not None
    }


def listed_event(item: Mapping[str, Any]) -> CalendarEvent:
    """Read one event of a list."""
    return CalendarEvent(
        id=item["id"],
        title=item.get("summary"),
        start=_time(item, "start"),
        end=_time(item, "end"),
        location=item.get("location"),
        html_link=item.get("htmlLink"),
        status=item.get("status"),
        recurring_event_id=item.get("recurringEventId"),
        activity_id=_property(item, _ACTIVITY),
    )


def whole_event(item: Mapping[str, Any]) -> WholeEvent:
    """Read one event whole."""
    reminders = item.get("reminders", {})
    conference = item.get("conferenceData", {}).get("createRequest", {}).get("status", {})
    return WholeEvent(
        id=item["id"],
        etag=item["etag"],
        title=item.get("summary"),
        description=item.get("description"),
        location=item.get("location"),
        start=_time(item, "start"),
        end=_time(item, "end"),
        recurrence=tuple(item.get("recurrence", [])),
        recurring_event_id=item.get("recurringEventId"),
        attendees=tuple(
            Attendee(
                email=each.get("email", ""),
                name=each.get("displayName"),
                is_optional=each.get("optional", False),
                is_organizer=each.get("organizer", False),
                is_self=each.get("self", False),
                response=each.get("responseStatus"),
            )
            for each in item.get("attendees", [])
        ),
        reminders=None
        if reminders.get("useDefault", True)
        else tuple(Reminder(each["method"], each["minutes"]) for each in reminders.get("overrides", [])),
        meet_link=item.get("hangoutLink"),
        # Google makes the link after the event.
        is_meet_link_pending=conference.get("statusCode") == "pending",
        html_link=item.get("htmlLink"),
        status=item.get("status"),
        activity_id=_property(item, _ACTIVITY),
        request_hash=_property(item, _REQUEST),
        change_hash=_property(item, _CHANGE),
    )


def _attendee(given: Mapping[str, Any]) -> dict[str, Any]:
    named = {
        "email": given["email"],
        "displayName": given.get("name"),
        "optional": given.get("is_optional"),
        "responseStatus": given.get("response"),
    }
    return {name: value for name, value in named.items() if value is not None}


def _time(item: Mapping[str, Any], name: str) -> EventTime:
    value = item.get(name, {})
    return EventTime(date=value.get("date"), date_time=value.get("dateTime"), time_zone=value.get("timeZone"))


def _property(item: Mapping[str, Any], name: str) -> str | None:
    return item.get("extendedProperties", {}).get("private", {}).get(name)
