"""Start and end of events: a date, or a time with an offset or a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo


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


def check_times(event: dict[str, Any]) -> None:
    """Refuse an event whose start and end Google would refuse.

    Raises:
        InvalidTime: one is missing, they mix forms, or the end is not after the start.
    """
    for name in ("start", "end"):
        value = event.get(name)
        if not value:
            raise InvalidTime("required", f"Missing {name} time.")
        if ("date" in value) == ("dateTime" in value):
            raise InvalidTime("invalid", f"Invalid {name} time.")
        try:
            moment_of(value)
        except (ValueError, KeyError, OSError):
            raise InvalidTime("invalid", f"Invalid {name} time.") from None
    if ("date" in event["start"]) != ("date" in event["end"]):
        raise InvalidTime("invalid", "Start and end times must either both be date or both be dateTime.")
    if moment_of(event["end"]) < moment_of(event["start"]):
        raise InvalidTime("timeRangeEmpty", "The specified time range is empty.")
    if event.get("recurrence") and "dateTime" in event["start"] and "timeZone" not in event["start"]:
        raise InvalidTime("required", "Missing time zone definition for start time.")


def shown_in(event: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Give the event with its times in a zone."""

    def convert(value: dict[str, Any]) -> dict[str, Any]:
        if "date" in value:
            return value
        return {**value, "dateTime": moment_of(value).astimezone(zone).isoformat()}

    return {**event, "start": convert(event["start"]), "end": convert(event["end"])}
