"""Single occurrences of a recurring event, for rules of FREQ=DAILY or WEEKLY with INTERVAL, COUNT and UNTIL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from service.local.google.times import moment_of

_MOST = 400
_DAYS = {"DAILY": 1, "WEEKLY": 7}


class NotImitated(Exception):
    """The rule has parts that this stand-in does not expand."""


def occurrences(event: dict[str, Any], *, until: datetime | None) -> list[dict[str, Any]]:
    """Expand an event; one that does not recur is its only occurrence.

    Raises:
        NotImitated: the rule says more than is imitated here.
    """
    if not event.get("recurrence"):
        return [event]
    rule = dict(part.split("=", 1) for part in event["recurrence"][0].removeprefix("RRULE:").split(";"))
    if rule.get("FREQ") not in _DAYS or set(rule) - {"FREQ", "INTERVAL", "COUNT", "UNTIL"}:
        raise NotImitated("This recurrence rule is not expanded by the stand-in.")
    step = timedelta(days=_DAYS[rule["FREQ"]] * int(rule.get("INTERVAL", 1)))
    last = _until(rule["UNTIL"]) if "UNTIL" in rule else None
    result = []
    for number in range(min(int(rule.get("COUNT", _MOST)), _MOST)):
        occurrence = _moved(event, step * number)
        start = moment_of(occurrence["start"])
        if (last and start > last) or (until and start >= until):
            break
        result.append(occurrence)
    return result


def _moved(event: dict[str, Any], by: timedelta) -> dict[str, Any]:
    def move(value: dict[str, Any]) -> dict[str, Any]:
        if "date" in value:
            return {**value, "date": (date.fromisoformat(value["date"]) + by).isoformat()}
        return {**value, "dateTime": (datetime.fromisoformat(value["dateTime"]) + by).isoformat()}

    start = move(event["start"])
    suffix = moment_of(start).strftime("%Y%m%dT%H%M%SZ")
    rest = {key: value for key, value in event.items() if key != "recurrence"}
    return {
        **rest, "id": f"{event['id']}_{suffix}", "recurringEventId": event["id"], "start": start,
        "end": move(event["end"]), "originalStartTime": start,
    }  # fmt: skip


def _until(text: str) -> datetime:
    form = "%Y%m%dT%H%M%SZ" if "T" in text else "%Y%m%d"
    return datetime.strptime(text, form).replace(tzinfo=UTC)
