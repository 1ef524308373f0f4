"""Single occurrences of a recurring event, for rules of FREQ=DAILY or WEEKLY with INTERVAL, COUNT and UNTIL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.local.google.times import moment_of

# A rule without an end has this many occurrences here.
_MOST = 400
_DAYS = {"DAILY": 1, "WEEKLY": 7}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL"}


class NotImitated(Exception):
    """The rule has parts that this stand-in does not expand."""


def occurrences(event: dict[str, Any], *, until: datetime | None) -> list[dict[str, Any]]:
    """Expand an event; one that does not recur is its only occurrence.

    Raises:
        NotImitated: the rule says more than is imitated here.
    """
    if not event.get("recurrence"):
        return [event]
    step, most, last = _rule(event["recurrence"])
    result = []
    for number in range(min(most, _MOST)):
        occurrence = _moved(event, step * number)
        start = moment_of(occurrence["start"])
        if (last and start > last) or (until and start >= until):
            break
        result.append(occurrence)
    return result


def _rule(recurrence: list[str]) -> tuple[timedelta, int, datetime | None]:
    try:
        (text,) = recurrence
        rule = dict(part.split("=", 1) for part in text.removeprefix("RRULE:").split(";"))
        step = timedelta(days=_DAYS[rule["FREQ"]] * int(rule.get("INTERVAL", 1)))
        last = _until(rule["UNTIL"]) if "UNTIL" in rule else None
        most = int(rule.get("COUNT", _MOST))
    except (ValueError, KeyError):
        raise NotImitated("This recurrence rule") from None
    if set(rule) - _PARTS or not step:
        raise NotImitated("This recurrence rule")
    return step, most, last


def _moved(event: dict[str, Any], by: timedelta) -> dict[str, Any]:
    start = _later(event["start"], by, event["start"].get("timeZone"))
    form = "%Y%m%d" if "date" in start else "%Y%m%dT%H%M%SZ"
    rest = {key: value for key, value in event.items() if key != "recurrence"}
    return {
        **rest,
        "id": f"{event['id']}_{moment_of(start).strftime(form)}",
        "recurringEventId": event["id"],
        "start": start,
        "end": _later(event["end"], by, event["start"].get("timeZone")),
        "originalStartTime": start,
    }


def _later(value: dict[str, Any], by: timedelta, zone: str | None) -> dict[str, Any]:
    """Move a time; the clock on the wall stays the same where summer time begins or ends."""
    if "date" in value:
        return {**value, "date": (date.fromisoformat(value["date"]) + by).isoformat()}
    moment = moment_of(value).astimezone(ZoneInfo(zone) if zone else UTC)
    return {**value, "dateTime": (moment + by).isoformat()}


def _until(text: str) -> datetime:
    form = "%Y%m%dT%H%M%SZ" if "T" in text else "%Y%m%d"
    return datetime.strptime(text, form).replace(tzinfo=UTC)
