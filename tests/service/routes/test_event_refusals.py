"""Events that are refused, naming the field, before Google is asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.events import DAY, END, NEXT_DAY, PATH, START, draft

_AT_NINE = {"date_time": "2026-12-01T09:00:00", "time_zone": "America/Winnipeg"}
_OFFSET = {"date_time": "2026-12-01T10:00:00-06:00"}
_TIMES: list[tuple[dict[str, Any], str]] = [
    ({"end": _AT_NINE}, "end"),
    ({"start": _OFFSET, "end": {"date_time": "2026-12-01T15:59:59Z"}}, "end"),
    ({"start": DAY, "end": DAY}, "end"),
    ({"start": NEXT_DAY, "end": DAY}, "end"),
    ({"start": DAY}, "end"),
    ({"end": NEXT_DAY}, "end"),
    ({"start": {}}, "start.date_time"),
    ({"start": {**START, **DAY}}, "start.date_time"),
    ({"start": {"date_time": "2026-12-01T10:00:00"}}, "start.date_time"),
    ({"start": {"date_time": "tomorrow"}}, "start.date_time"),
    ({"start": {"date_time": 1764583200}}, "start.date_time"),
    ({"start": {"date": "2026-02-30"}, "end": NEXT_DAY}, "start.date"),
    ({"start": {**DAY, "time_zone": "UTC"}, "end": NEXT_DAY}, "start.time_zone"),
    ({"start": {**START, "time_zone": "Mars/Olympus"}}, "start.time_zone"),
    ({"start": _OFFSET, "recurrence": ["RRULE:FREQ=DAILY"]}, "start.time_zone"),
]
_RULES = [
    "FREQ=DAILY",
    "RRULE:FREQ=HOURLY",
    "RRULE:INTERVAL=2",
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=DAILY;COUNT=0",
    "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z",
    "RRULE:FREQ=DAILY;UNTIL=20270101",
    "RRULE:FREQ=DAILY;UNTIL=20271301T000000Z",
    "RRULE:FREQ=DAILY;BYDAY=XX",
    "RRULE:FREQ=DAILY;FREQ=WEEKLY",
    "RRULE:FREQ=DAILY;COLOUR=RED",
    "RRULE:FREQ=DAILY\r\nATTENDEE:eve@example.com",
    "RRULE:",
    "EXDATE:20261201",
    "DTSTART:20261201T100000Z",
    "EXRULE:FREQ=DAILY",
]
_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"id": "UPPERCASE0123456"}, "id"),
    ({"id": "short"}, "id"),
    ({"id": "w" * 20}, "id"),
    ({"id": ...}, "id"),
    ({"send_updates": ...}, "send_updates"),
    ({"send_updates": "everybody"}, "send_updates"),
    ({"title": "x\ny"}, "title"),
    ({"title": "x" * 1025}, "title"),
    ({"title": 5}, "title"),
    ({"description": "x\x00"}, "description"),
    ({"location": "x\x7f"}, "location"),
    ({"attendees": [{"email": "nobody"}]}, "attendees.0.email"),
    ({"attendees": [{"email": "a@example.com"}, {"email": "A@example.com"}]}, "attendees"),
    ({"attendees": [{"email": f"a{number}@example.com"} for number in range(201)]}, "attendees"),
    ({"reminders": [{"method": "sms", "minutes": 5}]}, "reminders.0.method"),
    ({"reminders": [{"method": "popup", "minutes": 40321}]}, "reminders.0.minutes"),
    ({"reminders": [{"method": "popup", "minutes": 5}] * 6}, "reminders"),
    ({"activity_id": "not-a-uuid"}, "activity_id"),
    ({"has_meet_link": "yes"}, "has_meet_link"),
    ({"colour": "red"}, "colour"),
    ({"recurrence": ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"]}, "recurrence"),
    ({"recurrence": "RRULE:FREQ=DAILY"}, "recurrence"),
]
_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"start": START}, "end"),
    ({"end": END}, "start"),
    ({"start": None, "end": None}, "start"),
    ({"start": START, "end": _AT_NINE}, "end"),
    ({"recurrence": ["RRULE:FREQ=DAILY"]}, "recurrence"),
    ({"start": DAY, "end": NEXT_DAY, "recurrence": ["RRULE:FREQ=DAILY"]}, "recurrence"),
    ({"id": "0" * 20, "title": "x"}, "id"),
]


def refused(actor: Actor, method: str, path: str, body: dict[str, Any], **options: Any) -> list[str]:
    """Ask, and give the fields that the refusal names; Google was not asked."""
    before = len(actor.google.received())
    answer = assert_refused(actor.call(method, path, json=body, **options), 422, "invalid_request")
    assert len(actor.google.received()) == before
    assert "eve@example.com" not in str(answer)
    return [each["field"] for each in answer["details"]]


@pytest.mark.parametrize(("changes", "field"), _TIMES + _FIELDS)
def test_event_is_refused_if_a_field_is_wrong(connected: Actor, changes: dict[str, Any], field: str):
    assert refused(connected, "POST", PATH, draft(**changes)) == [field]


@pytest.mark.parametrize("rule", _RULES)
def test_event_is_refused_if_its_rule_is_none(connected: Actor, rule: str):
    assert refused(connected, "POST", PATH, draft(recurrence=[rule])) == ["recurrence"]


@pytest.mark.parametrize(("changes", "field"), _CHANGES)
def test_change_is_refused_if_a_field_is_wrong(connected: Actor, changes: dict[str, Any], field: str):
    assert refused(connected, "PATCH", f"{PATH}/abcde", {"send_updates": "none"} | changes) == [field]


@pytest.mark.parametrize("etag", ["abc", '"a" "b"', "*", '"' + "x" * 300 + '"', ""])
def test_change_is_refused_if_the_etag_is_none(connected: Actor, etag: str):
    body = {"send_updates": "none", "title": "x"}
    fields = refused(connected, "PATCH", f"{PATH}/abcde", body, headers={"If-Match": etag})
    assert [each.replace("-", "_").lower() for each in fields] == ["if_match"]


@pytest.mark.parametrize("event_id", ["a b", "a%2fb", "ä", "x" * 1025, "a.b"])
def test_event_id_that_is_none_is_refused(connected: Actor, event_id: str):
    before = len(connected.google.received())
    answer = connected.call("GET", f"{PATH}/{event_id}")
    assert answer.status_code in ((404,) if "%2f" in event_id else (422,))
    assert len(connected.google.received()) == before
