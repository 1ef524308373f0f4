"""Queries and answers of calendars and events."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from service.errors import FieldError
from service.routes.google_calls import PreferHeaders
from service.routes.parameters import ParameterModel
from service.routes.responses import ResponseModel
from service.routes.texts import plain_line
from service.routes.time_zones import TimeZone

_EVENT_ID = "6f1c2f0e7c554a3a9d3c0d9a7f0f5b11"
_ETAG = '"3181161784712000"'


def _time_text(value: object) -> object:
    # In a query everything is text; bare digits would be read as seconds since 1970.
    if isinstance(value, str) and value.lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("has to be a date and time with an offset (RFC 3339)")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_time_text)]


class _Query(ParameterModel):
    model_config = ConfigDict(extra="forbid")


class CalendarChoice(_Query):
    """Which calendar; one of GET /v1/calendar/calendars."""

    calendar_id: Annotated[str, AfterValidator(plain_line)] = Field(
        default="primary", min_length=1, max_length=254, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._%+#@-]*$",
        description="The user's own by default. For a write it must be one with can_write.", examples=["primary"],
    )  # fmt: skip


class EventsQuery(CalendarChoice):
    """Which events to show; by default the next ten from now on."""

    time_min: Moment | None = Field(default=None, description="Events that end after this time; default now.")
    time_max: Moment | None = Field(default=None, description="Events that start before this time.")
    time_zone: TimeZone | None = Field(
        default=None,
        description="Zone of the times in the answer; default the calendar's.",
        examples=["America/Winnipeg"],
    )
    max_results: int = Field(default=10, ge=1, le=100)
    page_token: str | None = Field(default=None, min_length=1, max_length=2048)

    @model_validator(mode="after")
    def _window_is_not_empty(self) -> "EventsQuery":
        if self.time_min and self.time_max and self.time_max <= self.time_min:
            raise FieldError("time_max", "has to be after time_min")
        return self


class EventQuery(CalendarChoice):
    """In which calendar, and in which zone to show the times."""

    time_zone: TimeZone | None = Field(default=None, examples=["America/Winnipeg"])


class CalendarsQuery(_Query):
    """From which page on."""

    page_token: str | None = Field(default=None, min_length=1, max_length=2048)


class EventPath(ParameterModel):
    """Google's id of an event, or of one occurrence of it."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,1024}$", examples=[_EVENT_ID])


class IfMatchHeaders(PreferHeaders):
    """The ETag of the event as it was read, and how long the caller will wait."""

    if_match: str | None = Field(
        default=None, alias="If-Match", max_length=256, pattern=r'^(?:W/)?"[\x21\x23-\x7e]*"$', examples=[_ETAG],
        description="Changes the event only if it still is as it was read, else 412. Without it the last one wins.",
    )  # fmt: skip


class EventTimeBody(ResponseModel):
    """`date` for an all-day event, else `date_time` with its offset."""

    date: str | None = Field(examples=[None])
    date_time: str | None = Field(examples=["2026-12-01T10:00:00-06:00"])
    time_zone: str | None = Field(examples=["America/Winnipeg"])


class EventBody(ResponseModel):
    """One event, passed through from Google and kept nowhere."""

    id: str = Field(examples=[_EVENT_ID])
    title: str | None = Field(examples=["Kick-off"])
    start: EventTimeBody
    end: EventTimeBody
    location: str | None
    html_link: str | None
    status: str | None = Field(examples=["confirmed"])
    recurring_event_id: str | None = Field(description="The event that this is one occurrence of.", examples=[None])
    activity_id: str | None = Field(description="The CRM activity that it belongs to.", examples=[None])


class EventsBody(ResponseModel):
    """One page of upcoming events in order of their start."""

    events: list[EventBody]
    next_page_token: str | None
    time_zone: str | None
    fetched_at: datetime


class AttendeeBody(ResponseModel):
    """Somebody who is invited."""

    email: str
    name: str | None
    is_optional: bool
    is_organizer: bool
    is_self: bool
    response: str | None = Field(description="needsAction, declined, tentative or accepted.")


class ReminderBody(ResponseModel):
    """A reminder before the start."""

    method: str
    minutes: int


class WholeEventBody(EventBody):
    """One event with all that can be edited here. `etag` is the value for If-Match."""

    etag: str = Field(examples=[_ETAG])
    description: str | None
    recurrence: list[str] = Field(examples=[[]])
    attendees: list[AttendeeBody] = Field(examples=[[]])
    reminders: list[ReminderBody] | None = Field(description="null: those of the calendar.", examples=[None])
    meet_link: str | None
    is_meet_link_pending: bool = Field(description="Google is still making the link; read the event again.")


class CalendarBody(ResponseModel):
    """A calendar that the user may choose."""

    id: str = Field(examples=["ada@example.com"])
    title: str | None
    is_primary: bool
    can_write: bool
    time_zone: str | None


class CalendarsBody(ResponseModel):
    """One page of calendars."""

    calendars: list[CalendarBody]
    next_page_token: str | None
