"""Bodies of creating and changing an event: what Google would refuse is refused here, naming the field."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from service.domain.recurrence import check_recurrence, has_end
from service.errors import FieldError
from service.routes.addresses import EmailAddress
from service.routes.texts import plain_line, plain_text
from service.routes.time_zones import TimeZone

_UUID_EXAMPLE = "6f1c2f0e-7c55-4a3a-9d3c-0d9a7f0f5b11"
SendUpdates = Literal["all", "external_only", "none"]


def _as_text(value: object) -> object:
    # A number would be read as seconds since 1970.
    if not isinstance(value, str):
        raise ValueError("has to be text")
    return value


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventMoment(_Body):
    """`date` for an all-day event, else `date_time` with an offset or with `time_zone`."""

    date: Annotated[Day, BeforeValidator(_as_text)] | None = Field(
        default=None, description="The day; an end is the day after the last one.", examples=[None]
    )
    date_time: Annotated[datetime, BeforeValidator(_as_text)] | None = Field(
        default=None, description="RFC 3339; the offset may be left out if time_zone is given.",
        examples=["2026-12-01T10:00:00"],
    )  # fmt: skip
    time_zone: TimeZone | None = Field(
        default=None, description="IANA name; needed for events that recur.", examples=["America/Winnipeg"]
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "EventMoment":
        if (self.date is None) == (self.date_time is None):
            raise FieldError("date_time", "either date or date_time")
        if self.date is not None and self.time_zone is not None:
            raise FieldError("time_zone", "a date has none")
        if self.date_time is not None and self.date_time.tzinfo is None and self.time_zone is None:
            raise FieldError("date_time", "needs an offset, or time_zone beside it")
        return self

    @property
    def moment(self) -> datetime | None:
        """The time with its offset; None for a date."""
        if self.date_time is None or self.date_time.tzinfo is not None:
            return self.date_time
        return self.date_time.replace(tzinfo=ZoneInfo(self.time_zone or "UTC"))


class AttendeeInput(_Body):
    """Somebody to invite. A change replaces the whole list: hand back `response` of those who have answered."""

    email: EmailAddress = Field(examples=["grace@example.com"])
    name: Annotated[str, AfterValidator(plain_line)] | None = Field(default=None, max_length=200, examples=["Grace"])
    is_optional: bool = Field(default=False, strict=True)
    response: Literal["needsAction", "declined", "tentative", "accepted"] | None = None


class ReminderInput(_Body):
    """A reminder before the start."""

    method: Literal["email", "popup"]
    minutes: int = Field(ge=0, le=40320, strict=True, examples=[30])


Title = Annotated[str, AfterValidator(plain_line), Field(max_length=1024, strict=True, examples=["Kick-off"])]
Description = Annotated[str, AfterValidator(plain_text), Field(max_length=8192, strict=True)]
Location = Annotated[str, AfterValidator(plain_line), Field(max_length=1024, strict=True, examples=["Main Street 1"])]
Recurrence = Annotated[
    list[Annotated[str, Field(max_length=1024)]],
    Field(max_length=20, examples=[["RRULE:FREQ=WEEKLY;COUNT=4"]], description="RRULE, EXDATE and RDATE lines."),
]


class _EventFields(_Body):
    title: Title | None = None
    description: Description | None = None
    location: Location | None = None
    recurrence: Recurrence | None = None
    attendees: list[AttendeeInput] | None = Field(default=None, max_length=200)
    reminders: list[ReminderInput] | None = Field(
        default=None, max_length=5, description="null: those of the calendar. An empty list: none."
    )
    has_meet_link: bool | None = Field(default=None, strict=True, description="Make, or take away, a Meet link.")
    activity_id: UUID | None = Field(
        default=None, examples=[_UUID_EXAMPLE],
        description="The CRM activity that this event belongs to, one that the caller may edit. Each keeps the id of "
        "the other; null takes the event away from the activity that has it.",
    )  # fmt: skip
    send_updates: SendUpdates = Field(
        description="Whom Google tells by mail: every guest, guests who do not use Google Calendar, nobody."
    )

    @field_validator("attendees")
    @classmethod
    def _nobody_twice(cls, value: list[AttendeeInput] | None) -> list[AttendeeInput] | None:
        addresses = [each.email.lower() for each in value or []]
        if len(addresses) != len(set(addresses)):
            raise ValueError("an address stands there twice")
        return value

    def fields(self) -> dict[str, Any]:
        """The fields that were given, as plain JSON values."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"send_updates"})


class EventDraft(_EventFields):
    """A new event. Choose `id` yourself, and the same request again makes no second event."""

    id: str = Field(
        pattern=r"^[a-v0-9]{16,64}$", strict=True, description="A UUID without hyphens, for example.",
        examples=["6f1c2f0e7c554a3a9d3c0d9a7f0f5b11"],
    )  # fmt: skip
    start: EventMoment
    end: EventMoment

    @model_validator(mode="after")
    def _times_fit(self) -> "EventDraft":
        _check_times(self.start, self.end, self.recurrence)
        return self


class EventChange(_EventFields):
    """What to change; what is left out stays, null removes. `start` and `end` change together."""

    status: Literal["cancelled"] | None = Field(
        default=None, examples=[None],
        description="Cancels the event; beside it may stand activity_id and send_updates alone.",
    )  # fmt: skip
    start: EventMoment | None = None
    end: EventMoment | None = None

    @model_validator(mode="after")
    def _times_fit(self) -> "EventChange":
        if not self.model_fields_set - {"send_updates"}:
            raise ValueError("name at least one field to change")
        if "status" in self.model_fields_set:
            if self.status is None:
                raise FieldError("status", "cannot be removed")
            if self.model_fields_set - {"status", "activity_id", "send_updates"}:
                raise FieldError("status", "an event that is cancelled changes in nothing else")
        if (self.start is None) != (self.end is None):
            raise FieldError("start" if self.start is None else "end", "start and end change together")
        if self.start is None and self.model_fields_set & {"start", "end"}:
            raise FieldError("start", "start and end cannot be removed")
        if self.start is not None and self.end is not None:
            _check_times(self.start, self.end, self.recurrence)
            if self.start.date is not None and not has_end(self.recurrence or []):
                raise FieldError("recurrence", "of an all-day event has to end: COUNT or UNTIL")
        elif self.recurrence:
            raise FieldError("recurrence", "needs start and end beside it")
        return self


def _check_times(start: EventMoment, end: EventMoment, recurrence: list[str] | None) -> None:
    if (start.date is None) != (end.date is None):
        raise FieldError("end", "start and end have to be both dates or both times")
    if start.date is not None and end.date is not None and end.date <= start.date:
        raise FieldError("end", "has to be after start: it is the day after the last one")
    if start.moment is not None and end.moment is not None and end.moment < start.moment:
        raise FieldError("end", "is before start")
    if recurrence:
        if start.date is None and start.time_zone is None:
            raise FieldError("start.time_zone", "is needed for an event that recurs")
        try:
            check_recurrence(recurrence, is_all_day=start.date is not None)
        except ValueError as error:
            raise FieldError("recurrence", str(error)) from None
