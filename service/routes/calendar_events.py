"""GET /v1/calendar/events: show upcoming events, passed through and kept nowhere."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask_openapi import APIBlueprint

from service.domain.showing_events import EventWindow, show_events
from service.routes.authentication import authenticated
from service.routes.calendar_models import EventBody, EventsBody, EventsQuery
from service.routes.documentation import BEARER, CALENDAR_TAG, errors
from service.routes.responses import respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("calendar_events", __name__, abp_tags=[CALENDAR_TAG], abp_security=BEARER)


@blueprint.get(
    "/v1/calendar/events",
    summary="Show upcoming events",
    responses={200: EventsBody, **errors(401, 403, 409, 422, 429, 502, 503)},
)
def list_events(query: EventsQuery):
    """Lists the primary calendar's events, single occurrences in order of their start."""
    page = show_events(
        authenticated(),
        EventWindow(**query.model_dump()),
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
        calendar=adapters().calendar,
    )
    return respond(
        EventsBody(
            events=[EventBody.model_validate(asdict(event)) for event in page.events],
            next_page_token=page.next_page_token,
            time_zone=page.time_zone,
            fetched_at=datetime.now(UTC),
        )
    )
