"""/v1/calendar: show calendars and events, passed through and kept nowhere; create and change events."""

from datetime import UTC, datetime

from flask import Response
from flask_openapi import APIBlueprint

from service.domain import showing_events, writing_events
from service.domain.event_values import WholeEvent
from service.domain.google_refusals import EventChanged, EventIdTaken
from service.domain.showing_events import EventWindow
from service.errors import InvalidRequest
from service.routes.calendar_models import (
    CalendarChoice,
    CalendarsBody,
    CalendarsQuery,
    EventPath,
    EventQuery,
    EventsBody,
    EventsQuery,
    IfMatchHeaders,
    WholeEventBody,
)
from service.routes.documentation import BEARER, CALENDAR_TAG
from service.routes.error_documentation import CALLING_GOOGLE, NAMING_AN_ACTIVITY, SIGNED_IN, WITH_BODY, errors
from service.routes.event_models import EventChange, EventDraft
from service.routes.google_calls import PreferHeaders, google_calls
from service.routes.responses import respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("calendar_events", __name__, abp_tags=[CALENDAR_TAG], abp_security=BEARER)
_SHOWING = errors(*SIGNED_IN, InvalidRequest, *CALLING_GOOGLE)


@blueprint.get(
    "/v1/calendar/calendars", summary="Show the calendars to choose from", responses={200: CalendarsBody, **_SHOWING}
)
def list_calendars(query: CalendarsQuery, header: PreferHeaders):  # noqa: ARG001 - read by google_calls
    """Lists the calendars that the connected account sees."""
    found, next_page_token = showing_events.show_calendars(
        google_calls(), query.page_token, calendar=adapters().calendar
    )
    return respond(CalendarsBody.model_validate({"calendars": found, "next_page_token": next_page_token}))


@blueprint.get("/v1/calendar/events", summary="Show upcoming events", responses={200: EventsBody, **_SHOWING})
def list_events(query: EventsQuery, header: PreferHeaders):  # noqa: ARG001 - read by google_calls
    """Lists a calendar's events, single occurrences in order of their start."""
    page = showing_events.show_events(google_calls(), EventWindow(**query.model_dump()), calendar=adapters().calendar)
    return respond(
        EventsBody.model_validate(
            {
                "events": page.events,
                "next_page_token": page.next_page_token,
                "time_zone": page.time_zone,
                "fetched_at": datetime.now(UTC),
            }
        )
    )


@blueprint.get("/v1/calendar/events/<id>", summary="Show an event whole", responses={200: WholeEventBody, **_SHOWING})
def read_event(path: EventPath, query: EventQuery, header: PreferHeaders):  # noqa: ARG001 - read by google_calls
    """Answers one event, or one occurrence of it, with all that can be edited here."""
    event = showing_events.show_event(
        google_calls(), query.calendar_id, path.id, query.time_zone, calendar=adapters().calendar
    )
    return _answer(event)


@blueprint.post(
    "/v1/calendar/events",
    summary="Create an event",
    responses={
        201: WholeEventBody,
        **errors(*SIGNED_IN, *WITH_BODY, *CALLING_GOOGLE, *NAMING_AN_ACTIVITY, EventIdTaken),
    },
)
def create_event(query: CalendarChoice, header: PreferHeaders, body: EventDraft):  # noqa: ARG001 - read by google_calls
    """Makes the event under the id that the caller chose; the same request again answers the same event."""
    event = writing_events.create_event(
        google_calls(),
        query.calendar_id,
        body.fields(),
        body.send_updates,
        calendar=adapters().calendar,
        hasher=adapters().request_hasher,
    )
    return _answer(event, 201)


@blueprint.patch(
    "/v1/calendar/events/<id>",
    summary="Change or cancel an event",
    responses={
        200: WholeEventBody,
        **errors(*SIGNED_IN, *WITH_BODY, *CALLING_GOOGLE, *NAMING_AN_ACTIVITY, EventChanged),
    },
)
def change_event(path: EventPath, query: CalendarChoice, header: IfMatchHeaders, body: EventChange):
    """Changes the fields that are given: null removes, what is left out stays, lists are replaced whole."""
    event = writing_events.change_event(
        google_calls(),
        query.calendar_id,
        path.id,
        body.fields(),
        body.send_updates,
        header.if_match,
        calendar=adapters().calendar,
        hasher=adapters().request_hasher,
    )
    return _answer(event)


def _answer(event: WholeEvent, status: int = 200) -> Response:
    return respond(WholeEventBody.model_validate(event), status, {"ETag": event.etag})
