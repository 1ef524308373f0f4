"""Query and bodies of showing events."""

from datetime import datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from service.routes.responses import ResponseModel


@cache
def _zones() -> frozenset[str]:
    # available_timezones reads the file system each time.
    return frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("not a time zone of the IANA database")
    return value


class EventsQuery(BaseModel):
    """Which events to show; by default the next ten from now on."""

    model_config = ConfigDict(extra="forbid")

    time_min: AwareDatetime | None = Field(default=None, description="Events that end after this time; default now.")
    time_max: AwareDatetime | None = Field(default=None, description="Events that start before this time.")
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = Field(
        default=None,
        description="Zone of the times in the answer; default the calendar's.",
        examples=["America/Winnipeg"],
    )
    max_results: int = Field(default=10, ge=1, le=100)
    page_token: str | None = Field(default=None, min_length=1, max_length=2048)

    @model_validator(mode="after")
    def _window_is_not_empty(self) -> "EventsQuery":
        if self.time_min and self.time_max and self.time_max <= self.time_min:
            raise ValueError("time_max must be after time_min")
        return self


class EventTimeBody(ResponseModel):
    """`date` for an all-day event, else `date_time` with its offset."""

    date: str | None
    date_time: str | None
    time_zone: str | None


class EventBody(ResponseModel):
    """One event, passed through from Google and kept nowhere."""

    id: str
    title: str | None
    start: EventTimeBody
    end: EventTimeBody
    location: str | None
    html_link: str | None
    status: str | None


class EventsBody(ResponseModel):
    """One page of upcoming events in order of their start."""

    events: list[EventBody]
    next_page_token: str | None
    time_zone: str | None
    fetched_at: datetime
