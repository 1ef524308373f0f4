"""Reading events through Google's own API client, over the shared connection pool; nothing is kept."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from service.adapters.google_errors import reason_of
from service.adapters.google_http import AuthorizedHTTP, GoogleHTTP
from service.alerts import Alert, raise_alert
from service.domain.google_values import CalendarEvent, EventPage, EventTime
from service.domain.refusals import GoogleRefused, GoogleUnavailable

_log = logging.getLogger(__name__)
# Only what is shown is asked for; Google sends nothing else.
_SHOWN = "items(id,summary,location,htmlLink,status,start,end),nextPageToken,timeZone"


class CalendarClient:
    """Fulfils service.domain.ports.Calendar."""

    def __init__(self, http: GoogleHTTP, *, endpoint: str) -> None:
        self._http = http
        # Parsing the discovery document and making the nested resource cost milliseconds: both once per process.
        self._events: Any = build(
            "calendar",
            "v3",
            http=AuthorizedHTTP(http, "no token: each call brings its own"),
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": endpoint},
        ).events()

    def upcoming(
        self, access_token: str, *, time_min: datetime, time_max: datetime | None, time_zone: str | None,
        max_results: int, page_token: str | None,
    ) -> EventPage:  # fmt: skip
        """List single occurrences of the primary calendar in order of their start.

        Raises:
            GoogleUnavailable: no answer, 429 or 5xx.
            GoogleRefused: any other answer; the reason is in the details.
        """
        request = self._events.list(
            calendarId="primary",
            singleEvents=True,
            orderBy="startTime",
            eventTypes=["default"],
            timeMin=time_min.isoformat(),
            timeMax=None if time_max is None else time_max.isoformat(),
            timeZone=time_zone,
            maxResults=max_results,
            pageToken=page_token,
            fields=_SHOWN,
        )
        answer = _execute(request, AuthorizedHTTP(self._http, access_token))
        return EventPage(
            events=tuple(_event(item) for item in answer.get("items", [])),
            next_page_token=answer.get("nextPageToken"),
            time_zone=answer.get("timeZone"),
        )


def _execute(request: Any, http: AuthorizedHTTP) -> Mapping[str, Any]:
    try:
        answer = request.execute(http=http, num_retries=0)
    except requests.RequestException as error:
        _log.warning("calendar not reached", extra={"kind": type(error).__name__})
        raise GoogleUnavailable from None
    except HttpError as error:
        reason = reason_of(error.content)
        _log.warning("calendar refused", extra={"status": error.status_code, "reason": reason})
        if error.status_code == requests.codes.too_many or error.status_code >= 500:
            raise GoogleUnavailable(details={"reason": reason}) from None
        if error.status_code == requests.codes.unauthorized:
            # The token had not ended by our clock: kept, whatever Google means by it.
            raise_alert(Alert.UNAUTHORIZED_AFTER_REFRESH, api="calendar")
        raise GoogleRefused(details={"reason": reason}) from None
    except ValueError:
        raise GoogleUnavailable from None
    if not isinstance(answer, Mapping):
        raise GoogleUnavailable
    return answer


def _event(item: Mapping[str, Any]) -> CalendarEvent:
    return CalendarEvent(
        id=item["id"],
        title=item.get("summary"),
        start=_time(item.get("start", {})),
        end=_time(item.get("end", {})),
        location=item.get("location"),
        html_link=item.get("htmlLink"),
        status=item.get("status"),
    )


def _time(value: Mapping[str, Any]) -> EventTime:
    return EventTime(date=value.get("date"), date_time=value.get("dateTime"), time_zone=value.get("timeZone"))
