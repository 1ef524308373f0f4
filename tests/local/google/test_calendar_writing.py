"""Inserting and patching events: ids, times, lost updates, merging and conferences."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.google.person import Person
from tests.local.google.refusals import refused

_START = {"dateTime": "2030-05-01T10:00:00Z", "timeZone": "UTC"}
_END = {"dateTime": "2030-05-01T11:00:00Z", "timeZone": "UTC"}
_MEET = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


@pytest.fixture
def events(ada: Person) -> Any:
    """Calendar's client with Ada's token for everything."""
    return ada.calendar().events()


def insert(events: Any, **body: Any) -> Any:
    """A request that adds an event; times are there unless they are given."""
    return events.insert(calendarId="primary", body={"start": _START, "end": _END} | body)


def patch(events: Any, event: dict[str, Any], body: dict[str, Any], **more: Any) -> Any:
    """A request that changes an event."""
    return events.patch(calendarId="primary", eventId=event["id"], body=body, **more)


def read(events: Any, event: dict[str, Any]) -> dict[str, Any]:
    """The event as it is now."""
    return events.get(calendarId="primary", eventId=event["id"]).execute()


def test_event_gets_what_google_adds(events: Any, ada: Person):
    event = insert(events, summary="Visit", description="d").execute()
    assert (event["summary"], event["start"], event["end"]) == ("Visit", _START, _END)
    assert (event["status"], event["sequence"], event["eventType"]) == ("confirmed", 0, "default")
    assert event["organizer"] == event["creator"] == {"email": ada.email, "self": True}
    assert event["iCalUID"] == f"{event['id']}@google.com"
    assert event["htmlLink"].startswith("https://www.google.com/calendar/")
    assert read(events, event) == event


def test_event_keeps_googles_own_fields_if_the_client_sends_others(events: Any, ada: Person):
    event = insert(events, htmlLink="https://evil.example", etag='"x"', organizer={"email": "e@evil.example"}).execute()
    assert "evil.example" not in str(event)
    assert event["etag"] != '"x"'
    assert event["organizer"]["email"] == ada.email


@pytest.mark.parametrize("event_id", ["abcde", "0123456789abcdefghijklmnopqrstuv", "v" * 1024])
def test_event_has_the_id_of_the_client(events: Any, event_id: str):
    assert insert(events, id=event_id).execute()["id"] == event_id


@pytest.mark.parametrize("event_id", ["abcd", "w1234", "ABCDE", "abc-de", "a" * 1025, "äbcde", ""])
def test_insert_is_refused_if_the_id_has_another_form(events: Any, event_id: str):
    assert refused(insert(events, id=event_id)) == (400, "invalid")


def test_insert_is_refused_if_id_and_ical_uid_are_given(events: Any):
    assert refused(insert(events, id="abcde", iCalUID="abcde@example.com")) == (400, "invalid")


def test_insert_is_refused_if_the_id_exists_even_cancelled(events: Any):
    event = insert(events, id="abcde", summary="first").execute()
    assert refused(insert(events, id="abcde")) == (409, "duplicate")
    patch(events, event, {"status": "cancelled"}).execute()
    assert refused(insert(events, id="abcde")) == (409, "duplicate")
    assert read(events, event)["summary"] == "first"


def test_same_id_is_free_in_another_calendar(events: Any, grace: Person):
    insert(events, id="abcde").execute()
    assert insert(grace.calendar().events(), id="abcde").execute()["organizer"]["email"] == grace.email


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"start": None}, "required"),
        ({"end": None}, "required"),
        ({"start": {}}, "required"),
        ({"start": {"timeZone": "UTC"}}, "invalid"),
        ({"start": {"date": "2030-05-01", "dateTime": "2030-05-01T10:00:00Z"}}, "invalid"),
        ({"start": {"date": "2030-05-01"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01T10:00Z"}}, "invalid"),
        ({"start": {"dateTime": "2030-02-30T10:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "0001-01-01T00:00:00+10:00"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01T10:00:00"}}, "required"),
        ({"start": {"dateTime": "2030-05-01T10:00:00", "timeZone": "Mars/Olympus"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01T10:00:00Z", "timeZone": "Mars/Olympus"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01T11:00:01Z"}}, "timeRangeEmpty"),
        ({"start": {"date": "2030-05-02"}, "end": {"date": "2030-05-01"}}, "timeRangeEmpty"),
        ({"start": {"date": "20300501"}, "end": {"date": "20300502"}}, "invalid"),
        ({"start": {"dateTime": "2030-05-01T10:00:00Z"}, "recurrence": ["RRULE:FREQ=DAILY"]}, "required"),
        ({"recurrence": ["FREQ=DAILY"]}, "invalid"),
        ({"recurrence": ["RRULE:COUNT=3"]}, "invalid"),
        ({"status": "done"}, "invalid"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"attendees": [{}]}, "invalid"),
    ],
)
def test_insert_is_refused_and_adds_nothing_if_the_event_cannot_be(events: Any, times: dict[str, Any], reason: str):
    before = events.list(calendarId="primary").execute()["items"]
    assert refused(insert(events, **times)) == (400, reason)
    assert events.list(calendarId="primary").execute()["items"] == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": None}, "required"),
        ({"end": {"dateTime": "2030-05-01T09:00:00Z"}}, "timeRangeEmpty"),
        ({"start": {"timeZone": "Mars/Olympus"}}, "invalid"),
        ({"status": "done"}, "invalid"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
    ],
)
def test_patch_is_refused_and_changes_nothing_if_the_event_cannot_be(events: Any, changes: dict[str, Any], reason: str):
    event = insert(events).execute()
    assert refused(patch(events, event, changes)) == (400, reason)
    assert read(events, event) == event


def test_time_without_offset_is_one_of_its_zone(events: Any):
    zone = {"timeZone": "America/Winnipeg"}
    times = {"start": {"dateTime": "2030-05-01T10:00:00", **zone}, "end": {"dateTime": "2030-05-01T11:00:00", **zone}}
    assert insert(events, **times).execute()["start"] == {"dateTime": "2030-05-01T15:00:00Z", **zone}


def test_patch_is_refused_if_the_event_changed_meanwhile(events: Any):
    event = insert(events, summary="first").execute()
    changed = patch(events, event, {"summary": "second"}).execute()
    assert changed["etag"] != event["etag"]
    late = patch(events, event, {"summary": "third"})
    late.headers["If-Match"] = event["etag"]
    assert refused(late) == (412, "conditionNotMet")
    assert read(events, event)["summary"] == "second"
    for etag in (changed["etag"], "*"):
        timely = patch(events, event, {"summary": "fourth"})
        timely.headers["If-Match"] = etag
        assert timely.execute()["summary"] == "fourth"


def test_patch_merges_objects_replaces_arrays_and_removes_nulls(events: Any):
    event = insert(
        events,
        summary="s",
        location="l",
        attendees=[{"email": "a@example.com"}, {"email": "b@example.com"}],
        extendedProperties={"private": {"one": "1", "two": "2"}},
    ).execute()
    changes: dict[str, Any] = {
        "location": None,
        "attendees": [{"email": "c@example.com"}],
        "extendedProperties": {"private": {"two": None, "three": "3"}},
        "start": {"dateTime": "2030-05-01T09:00:00Z"},
    }
    changed = patch(events, event, changes).execute()
    assert changed == read(events, event)
    assert "location" not in changed
    assert changed["summary"] == "s"
    assert changed["attendees"] == [{"email": "c@example.com", "responseStatus": "needsAction"}]
    assert changed["extendedProperties"] == {"private": {"one": "1", "three": "3"}}
    assert changed["start"] == {"dateTime": "2030-05-01T09:00:00Z", "timeZone": "UTC"}
    assert changed["sequence"] == event["sequence"] + 1
    assert (changed["id"], changed["created"], changed["iCalUID"]) == (event["id"], event["created"], event["iCalUID"])


def test_patch_makes_an_event_all_day_only_if_its_time_is_removed(events: Any):
    event = insert(events).execute()
    day = {"start": {"date": "2030-05-01"}, "end": {"date": "2030-05-02"}}
    assert refused(patch(events, event, day)) == (400, "invalid")
    gone = {"dateTime": None, "timeZone": None}
    changed = patch(events, event, {name: value | gone for name, value in day.items()}).execute()
    assert (changed["start"], changed["end"]) == (day["start"], day["end"])


def test_patch_leaves_googles_own_fields_alone(events: Any):
    event = insert(events).execute()
    body = {"id": "zzzzz", "iCalUID": "x", "htmlLink": "https://evil.example", "creator": {"email": "e@evil.example"}}
    changed = patch(events, event, body).execute()
    assert {key for key in event if changed[key] != event[key]} <= {"etag", "updated", "sequence"}


@pytest.mark.parametrize("version", [None, 0])
def test_conference_is_ignored_if_the_call_does_not_know_of_it(events: Any, version: int | None):
    body = {"start": _START, "end": _END, "conferenceData": _MEET}
    event = events.insert(calendarId="primary", body=body, conferenceDataVersion=version).execute()
    assert not {"conferenceData", "hangoutLink"} & set(event)
    changed = patch(events, event, {"conferenceData": _MEET}, conferenceDataVersion=version).execute()
    assert "conferenceData" not in changed


def test_conference_is_made_once_for_a_request_id_and_removed_by_null(events: Any):
    body = {"start": _START, "end": _END, "conferenceData": _MEET}
    event = events.insert(calendarId="primary", body=body, conferenceDataVersion=1).execute()
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    assert event["hangoutLink"] == event["conferenceData"]["entryPoints"][0]["uri"]
    again = patch(events, event, {"conferenceData": _MEET}, conferenceDataVersion=1).execute()
    assert again["conferenceData"] == event["conferenceData"]
    other = {"createRequest": {**_MEET["createRequest"], "requestId": "r2"}}
    changed = patch(events, event, {"conferenceData": other}, conferenceDataVersion=1).execute()
    assert changed["hangoutLink"] != event["hangoutLink"]
    kept = patch(events, event, {"conferenceData": None}).execute()
    assert kept["conferenceData"] == changed["conferenceData"]
    without = patch(events, event, {"conferenceData": None}, conferenceDataVersion=1).execute()
    assert not {"conferenceData", "hangoutLink"} & set(without)


@pytest.mark.parametrize(
    "request_body", [{"requestId": ""}, {"requestId": "r", "conferenceSolutionKey": {"type": "other"}}]
)
def test_conference_is_refused_if_its_request_is_wrong(events: Any, request_body: dict[str, Any]):
    body = {"start": _START, "end": _END, "conferenceData": {"createRequest": request_body}}
    request = events.insert(calendarId="primary", body=body, conferenceDataVersion=1)
    assert refused(request) == (400, "invalid")


def test_events_are_written_one_after_the_other(events: Any, ada: Person):
    assert patch(events, insert(events).execute(), {"colorId": "3"}, sendUpdates="none").execute()["colorId"] == "3"
    assert refused(patch(events, {"id": "unknown"}, {})) == (404, "notFound")
