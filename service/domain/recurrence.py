"""Recurrence lines of an event (RFC 5545, sections 3.8.5 and 3.3.10), checked before Google is asked."""

import re
from collections.abc import Sequence
from datetime import datetime

from dateutil.rrule import rrulestr

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_RULE = "RRULE:"
_PART = re.compile(r"[A-Z]+=[A-Z0-9,+-]+")
# Dates that are left out or added: all of them dates, or all of them times in UTC or in a named zone.
_DATES = re.compile(r"(EXDATE|RDATE)(;VALUE=DATE)?:\d{8}(,\d{8})*")
_TIMES = re.compile(r"(EXDATE|RDATE)(;VALUE=DATE-TIME)?(;TZID=[A-Za-z0-9_+/-]{1,64})?:\d{8}T\d{6}Z?(,\d{8}T\d{6}Z?)*")
_UNTIL_DATE, _UNTIL_TIME = re.compile(r"\d{8}"), re.compile(r"\d{8}T\d{6}Z")
_ANY_DAY = datetime(2000, 1, 1)


def check_recurrence(lines: Sequence[str], *, is_all_day: bool) -> None:
    """Check the lines of one event.

    Raises:
        ValueError: what is wrong, in words that hold nothing of the lines.
    """
    rules = [line for line in lines if line.startswith(_RULE)]
    if len(rules) > 1:
        raise ValueError("more than one RRULE")
    for line in lines:
        if line.startswith(_RULE):
            _check_rule(line.removeprefix(_RULE), is_all_day=is_all_day)
        elif not (_DATES if is_all_day else _TIMES).fullmatch(line):
            raise ValueError("a line is neither RRULE nor EXDATE or RDATE with the kind of date that the start has")


def has_end(lines: Sequence[str]) -> bool:
    """Whether the event comes to an end: by a count, by a last day, or since it has no rule."""
    rules = [line for line in lines if line.startswith(_RULE)]
    return all(re.search(r"[:;](COUNT|UNTIL)=", rule) for rule in rules)


def _check_rule(rule: str, *, is_all_day: bool) -> None:
    parts = rule.split(";")
    if not all(_PART.fullmatch(part) for part in parts):
        raise ValueError("RRULE does not parse")
    values = dict(part.split("=", 1) for part in parts)
    if len(values) != len(parts):
        raise ValueError("RRULE names a part twice")
    if values.get("FREQ") not in _FREQUENCIES:
        raise ValueError("RRULE needs FREQ of DAILY, WEEKLY, MONTHLY or YEARLY")
    if "COUNT" in values and "UNTIL" in values:
        raise ValueError("RRULE may end by COUNT or by UNTIL, not by both")
    for name in ("COUNT", "INTERVAL"):
        if name in values and not re.fullmatch(r"[1-9]\d{0,3}", values[name]):
            raise ValueError(f"{name} of RRULE has to be between 1 and 9999")
    if "UNTIL" in values and not (_UNTIL_DATE if is_all_day else _UNTIL_TIME).fullmatch(values["UNTIL"]):
        raise ValueError("UNTIL of RRULE has to be " + ("a date" if is_all_day else "a time in UTC"))
    try:
        # Reads the rule and counts nothing: rules may name years that take long to reach.
        rrulestr(";".join(part for part in parts if not part.startswith("UNTIL=")), dtstart=_ANY_DAY)
        if "UNTIL" in values:
            datetime.strptime(values["UNTIL"].rstrip("Z"), "%Y%m%d" if is_all_day else "%Y%m%dT%H%M%S")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise ValueError("RRULE does not parse") from None
