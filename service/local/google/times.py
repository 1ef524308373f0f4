"""Start and end of events: a date, or a time with an offset or a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

# RFC 3339, with the offset left out where a zone stands beside it. Python's own parser takes much more.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LINE = re.compile(r"(RRULE|EXRULE):(.*;)?FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;.*)?|(RDATE|EXDATE)[;:].+")


class InvalidTime(ValueError):
    """Start and end do not fit; `reason` is Google's word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def moment_of(value: dict[str, Any]) -> datetime:
    """Turn a start or an end into a moment."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time(), UTC)
    moment = datetime.fromisoformat(value["dateTime"])
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(value["timeZone"]))
    return moment.astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """Read a time with an offset.

    Raises:
        ValueError: it is no such time.
    """
    moment = datetime.fromisoformat(text)
    if not _TIME.fullmatch(text) or moment.tzinfo is None:
        raise ValueError("a time with an offset is needed")
    return moment.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Find a time zone.

    Raises:
        InvalidTime: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidTime("invalid", "Invalid time zone definition.") from None


def check_times(event: dict[str, Any]) -> None:
    """Refuse an event whose start and end Google would refuse.

    Raises:
        InvalidTime: one is missing, they mix forms, or the end is before the start.
    """
    for name in ("start", "end"):
        _check_one(name, event.get(name) or {})
    start, end = event["start"], event["end"]
    if ("date" in start) != ("date" in end):
        raise InvalidTime("invalid", "Start and end times must either both be date or both be dateTime.")
    if moment_of(end) < moment_of(start):
        raise InvalidTime("timeRangeEmpty", "The specified time range is empty.")
    if event.get("recurrence") and "dateTime" in start and "timeZone" not in start:
        raise InvalidTime("required", "Missing time zone definition for start time.")
    if any(not _LINE.fullmatch(each) for each in event.get("recurrence", [])):
        raise InvalidTime("invalid", "Invalid recurrence rule.")


def _check_one(name: str, value: dict[str, Any]) -> None:
    if not value:
        raise InvalidTime("required", f"Missing {name} time.")
    if ("date" in value) == ("dateTime" in value):
        raise InvalidTime("invalid", f"Invalid {name} time.")
    form, text = (_DATE, value["date"]) if "date" in value else (_TIME, value["dateTime"])
    if not form.fullmatch(text):
        raise InvalidTime("invalid", f"Invalid {name} time.")
    if "timeZone" in value:
        zone_of(value["timeZone"])
    try:
        has_no_zone = "dateTime" in value and datetime.fromisoformat(text).tzinfo is None
        if has_no_zone and "timeZone" not in value:
            raise InvalidTime("required", f"Missing time zone definition for {name} time.")
        moment_of(value)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, InvalidTime) else InvalidTime("invalid", f"Invalid {name} time.") from None


def shown_in(event: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Give the event with its times in a zone."""

    def convert(value: dict[str, Any]) -> dict[str, Any]:
        if "date" in value:
            return value
        shown = moment_of(value).astimezone(zone).isoformat()
        return {**value, "dateTime": shown.replace("+00:00", "Z")}

    times = ("start", "end", "originalStartTime")
    return {**event, **{name: convert(event[name]) for name in times if name in event}}
