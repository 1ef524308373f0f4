"""Creating and changing events: as the user wrote them, once, and never over somebody else's change."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from service.domain.google_scopes import CALENDAR_READ
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.conftest import NewActor
from tests.service.routes.events import DAY, END, NEXT_DAY, PATH, START, change, create, draft, read
from tests.service.routes.records import new_activity


def test_event_is_made_as_the_user_wrote_it(connected: Actor):
    activity_id = str(new_activity(connected))
    body = draft(
        title="Größe 尺寸", description="Two\nlines", location="Main Street 1", activity_id=activity_id,
        attendees=[{"email": "grace@example.com", "name": "Grace"}, {"email": "a@bücher.example", "is_optional": True}],
        reminders=[{"method": "popup", "minutes": 30}], recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
    )  # fmt: skip
    answer = create(connected, body)
    assert answer.status_code == 201, answer.text
    event = answer.json()
    for name in ("id", "title", "description", "location", "activity_id", "reminders", "recurrence"):
        assert event[name] == body[name], name
    assert event["start"]["date_time"].startswith("2026-12-01T16:00:00")
    assert [(each["email"], each["name"], each["is_optional"]) for each in event["attendees"]] == [
        ("grace@example.com", "Grace", False),
        ("a@xn--bcher-kva.example", None, True),
    ]
    assert answer.headers["ETag"] == event["etag"]
    assert read(connected, event["id"]).json() == event


def test_event_of_a_day_is_made(connected: Actor):
    event = create(connected, draft(start=DAY, end=NEXT_DAY, recurrence=["RRULE:FREQ=YEARLY"])).json()
    assert (event["start"]["date"], event["end"]["date"], event["start"]["date_time"]) == (
        "2026-12-01", "2026-12-02", None,
    )  # fmt: skip


def test_event_gets_a_meet_link_and_loses_it(connected: Actor):
    event = create(connected, draft(has_meet_link=True)).json()
    assert event["meet_link"].startswith("https://meet.google.com/")
    assert not event["is_meet_link_pending"]
    kept = change(connected, event["id"], title="Later").json()
    assert kept["meet_link"] == event["meet_link"]
    assert change(connected, event["id"], has_meet_link=False).json()["meet_link"] is None


@pytest.mark.parametrize("given", [[], None])
def test_reminders_are_the_calendars_own_or_none(connected: Actor, given: list[object] | None):
    assert create(connected, draft(reminders=given)).json()["reminders"] == given


def test_same_request_again_answers_the_same_event(connected: Actor):
    body = draft(attendees=[{"email": "grace@example.com"}], send_updates="all")
    first, second = create(connected, body), create(connected, body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


@pytest.mark.parametrize("kind", ["drop_after", "half", "empty", "html", "status_503", "drop_before"])
def test_event_is_made_once_though_the_answer_is_lost(connected: Actor, kind: str):
    body = draft()
    connected.google.add_fault(kind, "/calendar", method="POST")
    answer = create(connected, body)
    assert answer.status_code == 201, answer.text
    assert read(connected, body["id"]).json() == answer.json()


def test_id_of_another_event_is_refused_and_that_event_stays(connected: Actor):
    event = create(connected).json()
    assert_refused(create(connected, draft(id=event["id"], title="Another")), 409, "event_id_taken")
    assert read(connected, event["id"]).json() == event


def test_id_of_a_cancelled_event_is_taken_for_good(connected: Actor):
    body = draft()
    create(connected, body)
    connected.google.cancel_event(connected.sub, body["id"])
    assert_refused(create(connected, body), 409, "event_id_taken")


def test_event_that_another_application_made_is_not_adopted(connected: Actor):
    body = draft()
    create(connected, body)
    forged = {"extendedProperties": {"private": {"cxtrack_request": f"lost:{'0' * 64}"}}}
    connected.google.change_event(connected.sub, body["id"], forged)
    assert_refused(create(connected, body), 409, "event_id_taken")


def test_change_touches_what_it_names_and_nothing_else(connected: Actor):
    event = create(connected, draft(location="Main Street 1", description="Old")).json()
    changed = change(connected, event["id"], title="Later", description=None).json()
    assert (changed["title"], changed["description"], changed["location"]) == ("Later", None, "Main Street 1")
    assert changed["start"] == event["start"]
    assert changed["etag"] != event["etag"]


def test_event_becomes_one_of_a_day_and_timed_again(connected: Actor):
    event_id = create(connected).json()["id"]
    changed = change(connected, event_id, start=DAY, end=NEXT_DAY).json()
    assert (changed["start"]["date"], changed["start"]["date_time"]) == ("2026-12-01", None)
    changed = change(connected, event_id, start=START, end=END).json()
    assert changed["start"]["date"] is None


def test_attendees_keep_what_they_answered_if_it_is_handed_back(connected: Actor):
    event = create(connected, draft(attendees=[{"email": "grace@example.com"}])).json()
    guests = [{"email": "grace@example.com", "response": "accepted"}, {"email": "alan@example.com"}]
    changed = change(connected, event["id"], attendees=guests).json()
    assert [each["response"] for each in changed["attendees"]] == ["accepted", "needsAction"]
    assert change(connected, event["id"], attendees=[]).json()["attendees"] == []


def test_change_is_refused_if_the_event_is_not_as_it_was_read(connected: Actor):
    event = create(connected).json()
    connected.google.change_event(connected.sub, event["id"], {"summary": "Theirs"})
    assert_refused(change(connected, event["id"], if_match=event["etag"], title="Mine"), 412, "event_changed")
    now = read(connected, event["id"]).json()
    assert now["title"] == "Theirs"
    assert change(connected, event["id"], if_match=now["etag"], title="Mine").json()["title"] == "Mine"


@pytest.mark.parametrize("kind", ["drop_after", "half", "html"])
@pytest.mark.parametrize("is_conditional", [True, False])
def test_change_is_made_once_though_the_answer_is_lost(connected: Actor, kind: str, is_conditional: bool):
    event = create(connected, draft(attendees=[{"email": "grace@example.com"}])).json()
    connected.google.add_fault(kind, "/calendar", method="PATCH")
    etag = event["etag"] if is_conditional else None
    answer = change(connected, event["id"], if_match=etag, title="Later", send_updates="all")
    assert answer.status_code == 200, answer.text
    assert answer.json()["title"] == "Later"
    told = [each for each in connected.google.invitations(connected.sub) if each["send_updates"] == "all"]
    assert len(told) == 1


def test_change_that_was_made_is_known_by_the_caller_who_asks_again(connected: Actor):
    event = create(connected).json()
    first = change(connected, event["id"], if_match=event["etag"], title="Later")
    again = change(connected, event["id"], if_match=event["etag"], title="Later")
    assert (again.status_code, again.json()) == (200, first.json())
    assert_refused(change(connected, event["id"], if_match=event["etag"], title="Other"), 412, "event_changed")


def test_equal_change_of_before_does_not_stand_for_a_change_that_did_not_arrive(connected: Actor):
    event_id = create(connected).json()["id"]
    change(connected, event_id, title="Later")
    connected.google.change_event(connected.sub, event_id, {"summary": "Theirs"})
    connected.google.add_fault("drop_before", "/calendar", method="PATCH")
    assert change(connected, event_id, title="Later").json()["title"] == "Later"


def test_google_is_told_whom_to_tell(connected: Actor):
    event_id = create(connected, draft(send_updates="external_only")).json()["id"]
    change(connected, event_id, title="Later", send_updates="all")
    asked = [each["asked"].get("sendUpdates") for each in connected.google.received("/calendar")]
    assert asked[-2:] == [["externalOnly"], ["all"]]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_event_of_another_user_is_as_unknown_as_none(connected: Actor, new_person: NewActor, method: str):
    stranger = new_person()
    stranger.connect()
    event_id = create(connected).json()["id"]
    more = {} if method == "GET" else {"json": {"send_updates": "none", "title": "x"}}
    answers = [stranger.call(method, f"{PATH}/{each}", **more) for each in (event_id, uuid4().hex)]
    assert [assert_refused(each, 404, "not_found") for each in answers] == [answers[0].json()] * 2


def test_calendars_to_choose_from_are_shown(connected: Actor):
    calendars = connected.call("GET", "/v1/calendar/calendars").json()["calendars"]
    assert {(each["is_primary"], each["can_write"]) for each in calendars} == {(True, True), (False, False)}


def test_calendar_that_may_only_be_read_takes_no_event(connected: Actor):
    calendars = connected.call("GET", "/v1/calendar/calendars").json()["calendars"]
    (readable,) = [each["id"] for each in calendars if not each["can_write"]]
    choice = {"params": {"calendar_id": readable}}
    assert connected.call("GET", PATH, **choice).json()["events"] == []
    assert_refused(create(connected, **choice), 403, "google_forbidden")
    assert_refused(create(connected, params={"calendar_id": "nobody@example.com"}), 404, "not_found")


def test_writing_needs_its_own_scope(ada: Actor):
    ada.connect(scopes=[CALENDAR_READ])
    assert ada.call("GET", PATH).status_code == 200
    for answer in (create(ada), change(ada, "abcde", title="x")):
        body = assert_refused(answer, 403, "scope_not_granted")
        assert body["details"]["missing_scope"].endswith("/calendar.events")


def test_nothing_of_an_event_is_written_down_here(connected: Actor, log_dir: Any):
    word = f"word{uuid4().hex}"
    create(connected, draft(title=word, description=word, location=word, attendees=[{"email": f"{word}@example.com"}]))
    for path in log_dir.rglob("*.log"):
        assert word not in path.read_text(errors="replace"), path.name
