"""Listing and reading events: windows, order, pages, zones and recurrence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local.google.person import Person
from tests.local.google.refusals import refused


@pytest.fixture
def events(ada: Person) -> Any:
    """Calendar's client with Ada's token for everything."""
    return ada.calendar().events()


def timed(start: str, end: str, **more: Any) -> dict[str, Any]:
    """An event between two times."""
    return {"start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"}, **more}


def add(events: Any, **body: Any) -> dict[str, Any]:
    """Add an event to the primary calendar."""
    return events.insert(calendarId="primary", body=body).execute()


def listed(events: Any, **parameters: Any) -> list[dict[str, Any]]:
    """List events of the primary calendar."""
    return events.list(calendarId="primary", **parameters).execute()["items"]


@pytest.mark.parametrize(
    ("window", "is_listed"),
    [
        ({}, True),
        ({"timeMin": "2030-05-01T10:30:00Z"}, True),  # It runs.
        ({"timeMin": "2030-05-01T10:59:59Z"}, True),
        ({"timeMin": "2030-05-01T11:00:00Z"}, False),  # It ends there.
        ({"timeMin": "2030-05-01T12:30:00+02:00"}, True),
        ({"timeMax": "2030-05-01T10:00:00Z"}, False),  # It starts there.
        ({"timeMax": "2030-05-01T10:00:01Z"}, True),
        ({"timeMin": "2030-05-01T10:20:00.5Z", "timeMax": "2030-05-01T10:40:00Z"}, True),
    ],
)
def test_event_is_listed_if_it_ends_after_the_lower_and_starts_before_the_upper_bound(
    events: Any, window: dict[str, str], is_listed: bool
):
    event = add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z"))
    assert (event["id"] in [each["id"] for each in listed(events, **window)]) == is_listed


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"orderBy": "startTime"}, "invalid"),
        ({"orderBy": "startTime", "singleEvents": False}, "invalid"),
        ({"timeMin": "2030-05-01T10:00:00"}, "badRequest"),
        ({"timeMin": "2030-05-01"}, "badRequest"),
        ({"timeMax": "tomorrow"}, "badRequest"),
        ({"timeMin": "2030-05-02T00:00:00Z", "timeMax": "2030-05-01T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMin": "2030-05-02T00:00:00Z", "timeMax": "2030-05-02T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeZone": "Mars/Olympus"}, "invalid"),
        ({"timeZone": "../etc/passwd"}, "invalid"),
        ({"pageToken": "elsewhere"}, "invalid"),
        ({"pageToken": "page-1"}, "invalid"),
    ],
)
def test_list_is_refused_if_a_parameter_does_not_fit(events: Any, parameters: dict[str, Any], reason: str):
    assert refused(events.list(calendarId="primary", **parameters)) == (400, reason)


@pytest.mark.parametrize("parameter", [{"q": "x"}, {"syncToken": "x"}, {"updatedMin": "2030-01-01T00:00:00Z"}])
def test_list_says_so_if_a_parameter_is_not_imitated(events: Any, parameter: dict[str, str]):
    assert refused(events.list(calendarId="primary", **parameter)) == (501, "notImplemented")


def test_events_come_in_order_of_start_and_in_pages(events: Any):
    parameters: dict[str, Any] = {"calendarId": "primary", "singleEvents": True, "orderBy": "startTime"}
    whole = events.list(**parameters).execute()
    assert "nextPageToken" not in whole
    assert len(whole["items"]) == 6
    request, pages = events.list(**parameters, maxResults=4), []
    while request is not None:
        page = request.execute()
        pages.append(page["items"])
        request = events.list_next(request, page)
    assert [len(page) for page in pages] == [4, 2]
    assert [event for page in pages for event in page] == whole["items"]


def test_times_come_in_the_zone_asked_for_and_dates_as_they_are(events: Any):
    event = add(events, **timed("2030-07-01T10:00:00Z", "2030-07-01T11:00:00Z"))
    day = add(events, start={"date": "2030-07-02"}, end={"date": "2030-07-03"})
    answer = events.list(calendarId="primary", timeZone="America/Winnipeg", timeMin="2030-07-01T00:00:00Z").execute()
    assert answer["timeZone"] == "America/Winnipeg"
    starts = {each["id"]: each["start"] for each in answer["items"]}
    assert starts[event["id"]]["dateTime"] == "2030-07-01T05:00:00-05:00"
    assert starts[day["id"]] == {"date": "2030-07-02"}
    alone = events.get(calendarId="primary", eventId=event["id"], timeZone="Asia/Kolkata").execute()
    assert alone["end"]["dateTime"] == "2030-07-01T16:30:00+05:30"


def test_all_day_event_is_listed_until_its_end_date(events: Any):
    event = add(events, start={"date": "2030-07-02"}, end={"date": "2030-07-04"})
    inside = listed(events, timeMin="2030-07-03T23:59:59Z", timeMax="2030-07-04T00:00:00Z")
    assert [each["id"] for each in inside] == [event["id"]]
    assert listed(events, timeMin="2030-07-04T00:00:00Z") == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;COUNT=3", [1, 8, 15]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", [1, 15]),
        ("FREQ=DAILY;UNTIL=20300503T100000Z", [1, 2, 3]),
        ("FREQ=DAILY;COUNT=2", [1, 2]),
        ("FREQ=DAILY", [*range(1, 20)]),
    ],
)
def test_recurring_event_is_expanded_if_single_events_are_asked(events: Any, rule: str, days: list[int]):
    body = timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", recurrence=[f"RRULE:{rule}"])
    event = add(events, **body)
    window = {"timeMin": "2030-05-01T00:00:00Z", "timeMax": "2030-05-20T00:00:00Z"}
    found = listed(events, singleEvents=True, orderBy="startTime", **window)
    assert [each["start"]["dateTime"] for each in found] == [f"2030-05-{day:02d}T10:00:00Z" for day in days]
    assert found[0]["id"] == f"{event['id']}_20300501T100000Z"
    assert {each["recurringEventId"] for each in found} == {event["id"]}
    assert not any("recurrence" in each for each in found)
    (unexpanded,) = listed(events, **window)
    assert (unexpanded["id"], unexpanded["recurrence"]) == (event["id"], body["recurrence"])


def test_recurring_event_keeps_the_time_on_the_wall_if_summer_time_ends(events: Any):
    zone = {"timeZone": "Europe/Berlin"}
    body = {"start": {"dateTime": "2030-10-24T09:00:00", **zone}, "end": {"dateTime": "2030-10-24T10:00:00", **zone}}
    add(events, **body, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    found = listed(events, singleEvents=True, timeMin="2030-10-01T00:00:00Z", orderBy="startTime")
    assert [each["start"]["dateTime"] for each in found] == ["2030-10-24T07:00:00Z", "2030-10-31T08:00:00Z"]


def test_recurring_event_is_listed_unexpanded_if_a_later_occurrence_is_inside(events: Any):
    event = add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", recurrence=["RRULE:FREQ=DAILY"]))
    assert [each["id"] for each in listed(events, timeMin="2030-05-09T00:00:00Z")] == [event["id"]]


def test_all_day_recurrence_has_dates_in_its_ids(events: Any):
    day = {"start": {"date": "2030-05-01"}, "end": {"date": "2030-05-02"}}
    event = add(events, **day, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    found = listed(events, singleEvents=True, timeMin="2030-04-30T00:00:00Z", orderBy="startTime")
    assert [each["id"] for each in found] == [f"{event['id']}_20300501", f"{event['id']}_20300508"]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["RRULE:FREQ=MONTHLY;COUNT=3"], ["05-01", "06-01", "07-01"]),
        (["RRULE:FREQ=WEEKLY;BYDAY=WE,FR;COUNT=3"], ["05-01", "05-03", "05-08"]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20300502T100000Z"], ["05-01", "05-03"]),
        (["RDATE:20300510T100000Z"], ["05-01", "05-10"]),
    ],
)
def test_rule_is_expanded_as_rfc_5545_says(events: Any, lines: list[str], days: list[str]):
    add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", recurrence=lines))
    found = listed(events, singleEvents=True, timeMin="2030-04-30T00:00:00Z", orderBy="startTime")
    assert [each["start"]["dateTime"][5:10] for each in found] == days


@pytest.mark.parametrize("rule", ["RRULE:FREQ=DAILY;UNTIL=20300601", "RRULE:FREQ=DAILY;BYDAY=XX"])
def test_event_is_refused_if_its_rule_does_not_parse(events: Any, rule: str):
    body = timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", recurrence=[rule])
    assert refused(events.insert(calendarId="primary", body=body)) == (400, "invalid")


def test_single_occurrence_is_read_by_its_id_and_cannot_be_changed(events: Any):
    add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", recurrence=["RRULE:FREQ=DAILY;COUNT=3"]))
    second = listed(events, singleEvents=True, timeMin="2030-05-02T00:00:00Z", orderBy="startTime")[0]
    where = {"calendarId": "primary", "eventId": second["id"]}
    assert events.get(**where).execute() == second
    assert refused(events.patch(**where, body={"summary": "x"})) == (501, "notImplemented")
    assert refused(events.get(calendarId="primary", eventId=f"{second['recurringEventId']}_x")) == (404, "notFound")


def test_cancelled_event_is_hidden_but_not_gone(events: Any):
    event = add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z"))
    where = {"calendarId": "primary", "eventId": event["id"]}
    events.patch(**where, body={"status": "cancelled"}).execute()
    window = {"timeMin": "2030-05-01T00:00:00Z"}
    assert listed(events, **window) == []
    assert [each["status"] for each in listed(events, **window, showDeleted=True)] == ["cancelled"]
    assert events.get(**where).execute()["status"] == "cancelled"


def test_events_are_found_by_their_private_properties(events: Any):
    for kind in ("visit", "call"):
        private = {"extendedProperties": {"private": {"crm": "7", "kind": kind}}}
        add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", **private))
    assert len(listed(events, privateExtendedProperty=["crm=7"])) == 2
    (found,) = listed(events, privateExtendedProperty=["crm=7", "kind=visit"])
    assert found["extendedProperties"]["private"]["kind"] == "visit"


@pytest.mark.parametrize(("types", "count"), [(["default"], 1), (["outOfOffice"], 1), ([], 2), (["birthday"], 0)])
def test_events_are_found_by_their_type(events: Any, types: list[str], count: int):
    for kind in ("default", "outOfOffice"):
        add(events, **timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", eventType=kind))
    assert len(listed(events, timeMin="2030-05-01T00:00:00Z", eventTypes=types)) == count


def test_calendar_is_reached_by_its_owners_address_and_no_other(events: Any, ada: Person, grace: Person):
    assert events.list(calendarId=ada.email).execute()["summary"] == ada.email
    theirs = grace.calendar().events().list(calendarId="primary").execute()["items"][0]["id"]
    assert refused(events.list(calendarId=grace.email)) == (404, "notFound")
    assert refused(events.get(calendarId="primary", eventId=theirs)) == (404, "notFound")
    assert refused(events.patch(calendarId="primary", eventId=theirs, body={})) == (404, "notFound")


def test_calendars_are_listed_and_the_foreign_one_is_read_only(ada: Person):
    calendar = ada.calendar()
    items = calendar.calendarList().list().execute()["items"]
    assert [each["accessRole"] for each in items] == ["owner", "reader"]
    assert calendar.events().list(calendarId=items[1]["id"]).execute()["items"] == []
    body = timed("2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z")
    refusal = refused(calendar.events().insert(calendarId=items[1]["id"], body=body))
    assert refusal == (403, "requiredAccessLevel")


def test_new_account_has_a_meeting_tomorrow_and_a_weekly_review(events: Any):
    now = datetime.now(UTC)
    window = {"timeMin": now.isoformat(), "timeMax": (now + timedelta(days=60)).isoformat()}
    titles = [each["summary"] for each in listed(events, singleEvents=True, orderBy="startTime", **window)]
    assert titles == ["Meeting with Grace", "Trade fair", *["Weekly review"] * 4]
