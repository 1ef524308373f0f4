"""Single occurrences of a recurring event: RRULE, EXDATE and RDATE lines, expanded in the event's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from service.local.google.times import InvalidTime, moment_of

# A rule without an end has this many occurrences here.
_MOST = 400


def check_recurrence(event: dict[str, Any]) -> None:
    """Refuse an event whose rule cannot be read.

    Raises:
        InvalidTime: the rule does not parse, or ends in another kind of time than the start.
    """
    if event.get("recurrence"):
        try:
            _rules(event)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise InvalidTime("invalid", "Invalid recurrence rule.") from None


def occurrences(event: dict[str, Any], *, until: datetime | None) -> list[dict[str, Any]]:
    """Expand an event; one that does not recur is its only occurrence."""
    if not event.get("recurrence"):
        return [event]
    result = []
    for start in islice(_rules(event), _MOST):
        occurrence = _moved(event, start)
        if until and moment_of(occurrence["start"]) >= until:
            break
        result.append(occurrence)
    return result


def _rules(event: dict[str, Any]) -> rruleset:
    """Read the lines; dates of an all-day event count without a zone, times on the clock of the event's zone."""
    lines = [line.replace(";VALUE=DATE:", ":") for line in event["recurrence"]]
    rules = rrulestr("\n".join(lines), dtstart=_start(event), forceset=True)
    rules.rdate(_start(event))
    return rules


def _start(event: dict[str, Any]) -> datetime:
    start = event["start"]
    if "date" in start:
        return datetime.combine(date.fromisoformat(start["date"]), time())
    return moment_of(start).astimezone(ZoneInfo(start["timeZone"]))


def _moved(event: dict[str, Any], to: datetime) -> dict[str, Any]:
    by = to - _start(event)
    if "date" in event["start"]:
        start = {"date": to.date().isoformat()}
        end = {"date": (date.fromisoformat(event["end"]["date"]) + by).isoformat()}
        name = f"{to:%Y%m%d}"
    else:
        zone = to.tzinfo
        start = {**event["start"], "dateTime": to.isoformat()}
        # On the clock on the wall, as the start: an hour stays an hour where summer time begins or ends.
        last = moment_of(event["end"]).astimezone(zone) + by
        end = {**event["end"], "dateTime": last.isoformat()}
        name = f"{to.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    rest = {key: value for key, value in event.items() if key != "recurrence"}
    moved = {"id": f"{event['id']}_{name}", "recurringEventId": event["id"], "start": start, "end": end}
    return {**rest, **moved, "originalStartTime": start}
