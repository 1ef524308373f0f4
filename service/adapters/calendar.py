"""The Calendar API through Google's own client, over the shared connection pool; nothing is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.adapters.event_fields import LISTED, WHOLE, listed_event, to_google, whole_event, without_nulls
from service.adapters.google_api import build_service, execute, read_answer
from service.adapters.google_http import GoogleHTTP
from service.domain.deadlines import Deadline
from service.domain.event_values import CalendarEntry, EventPage, WholeEvent

_SEND_UPDATES = {"all": "all", "external_only": "externalOnly", "none": "none"}
_WRITERS = ("writer", "owner")


class CalendarClient:
    """Fulfils service.domain.ports.Calendar. Every method is one request and raises GoogleFault."""

    def __init__(self, http: GoogleHTTP, *, endpoint: str) -> None:
        self._http = http
        service = build_service(http, "calendar", "v3", endpoint)
        self._events, self._calendars = service.events(), service.calendarList()

    def calendars(
        self, access_token: str, deadline: Deadline, *, page_token: str | None
    ) -> tuple[Sequence[CalendarEntry], str | None]:
        """List the calendars that the user sees, and the token of the next page."""
        request = self._calendars.list(
            maxResults=100,
            pageToken=page_token,
            fields="kind,items(id,summary,summaryOverride,primary,accessRole,timeZone),nextPageToken",
        )
        answer = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: [_entry(each) for each in _items(answer, "kind")]), answer.get("nextPageToken")

    def upcoming(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, time_min: datetime,
        time_max: datetime | None, time_zone: str | None, max_results: int, page_token: str | None,
    ) -> EventPage:  # fmt: skip
        """List single occurrences of a calendar in order of their start."""
        request = self._events.list(
            calendarId=calendar_id,
            singleEvents=True,
            orderBy="startTime",
            eventTypes=["default"],
            timeMin=time_min.isoformat(),
            timeMax=None if time_max is None else time_max.isoformat(),
            timeZone=time_zone,
            maxResults=max_results,
            pageToken=page_token,
            fields=LISTED,
        )
        answer = execute(request, self._http, access_token, deadline)
        return read_answer(
            lambda: EventPage(
                events=tuple(listed_event(item) for item in _items(answer, "timeZone")),
                next_page_token=answer.get("nextPageToken"),
                time_zone=answer.get("timeZone"),
            )
        )

    def event(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, event_id: str, time_zone: str | None
    ) -> WholeEvent:
        """Read one event."""
        request = self._events.get(calendarId=calendar_id, eventId=event_id, timeZone=time_zone, fields=WHOLE)
        return self._whole(request, access_token, deadline)

    def insert(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, fields: Mapping[str, Any], send_updates: str
    ) -> WholeEvent:
        """Make an event under the id that `fields` names."""
        request = self._events.insert(
            calendarId=calendar_id,
            body=without_nulls(to_google(fields, meet_request_id=fields["id"])),
            conferenceDataVersion=1,
            sendUpdates=_SEND_UPDATES[send_updates],
            fields=WHOLE,
        )
        return self._whole(request, access_token, deadline)

    def patch(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, event_id: str, fields: Mapping[str, Any],
        send_updates: str, if_match: str | None,
    ) -> WholeEvent:  # fmt: skip
        """Change the fields that are named; None removes."""
        request = self._events.patch(
            calendarId=calendar_id,
            eventId=event_id,
            body=to_google(fields, meet_request_id=fields["change_hash"].rpartition(":")[2]),
            conferenceDataVersion=1,
            sendUpdates=_SEND_UPDATES[send_updates],
            fields=WHOLE,
        )
        if if_match is not None:
            request.headers["If-Match"] = if_match
        return self._whole(request, access_token, deadline)

    def _whole(self, request: Any, access_token: str, deadline: Deadline) -> WholeEvent:
        answer = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: whole_event(answer))


def _items(answer: Mapping[str, Any], always: str) -> Sequence[Mapping[str, Any]]:
    """Give the items of a page; an empty page may come without them, but never without what every page has."""
    if always not in answer:
        raise KeyError(always)
    return answer.get("items", [])


def _entry(item: Mapping[str, Any]) -> CalendarEntry:
    return CalendarEntry(
        id=item["id"],
        title=item.get("summaryOverride") or item.get("summary"),
        is_primary=item.get("primary", False),
        can_write=item.get("accessRole") in _WRITERS,
        time_zone=item.get("timeZone"),
    )
