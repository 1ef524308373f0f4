"""An event that belongs to an activity: who may tie it, what the activity keeps of it, and what a refusal leaves."""

from __future__ import annotations

from uuid import uuid4

import pytest

from service.domain.google_scopes import CALENDAR_READ
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.conftest import NewActor
from tests.service.routes.events import PATH, change, create, draft, read
from tests.service.routes.records import activity_row, change_activity, new_activity, new_workspace, tie_in

_NONE = (None, None)


def test_activity_keeps_the_events_id_and_where_it_lies_and_nothing_else(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    before = activity_row(platform_database, activity_id)
    body = draft(activity_id=str(activity_id), location="Main Street 1", description="Bring samples")
    answer = create(connected, body)
    assert answer.status_code == 201, answer.text
    after = activity_row(platform_database, activity_id)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"google_event_id", "is_on_primary_calendar", "updated_at", "version"}
    assert (after["google_event_id"], after["is_on_primary_calendar"]) == (body["id"], True)
    assert after["updated_by"] == connected.id
    noted = platform_database.rows(
        "select fields, changed_by from public.record_changes where record_id = %s and operation = 'update'",
        (activity_id,),
    )
    assert noted == [{"fields": ["google_event_id", "is_on_primary_calendar"], "changed_by": connected.id}]


def test_what_is_edited_at_google_is_never_copied(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected, starts_at="2026-12-01T10:00:00Z")
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    before = activity_row(platform_database, activity_id)
    times = {"start": {"dateTime": "2027-01-01T10:00:00Z"}, "end": {"dateTime": "2027-01-01T11:00:00Z"}}
    theirs = {"summary": "Theirs", "description": "Theirs", "location": "Elsewhere", **times}
    connected.google.change_event(connected.sub, event_id, theirs)
    assert read(connected, event_id).json()["title"] == "Theirs"
    assert connected.call("GET", PATH).status_code == 200
    assert change(connected, event_id, title="Ours", activity_id=str(activity_id)).status_code == 200
    assert create(connected, draft(title="Another")).status_code == 201
    assert activity_row(platform_database, activity_id) == before


def test_event_on_another_calendar_is_marked_so(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    body = draft(activity_id=str(activity_id))
    assert create(connected, body, params={"calendar_id": connected.account}).status_code == 201
    assert tie_in(platform_database, activity_id) == (body["id"], False)
    assert_refused(change(connected, body["id"], activity_id=str(activity_id)), 409, "activity_has_an_event")


@pytest.mark.parametrize("whose", ["another workspace", "trash", "nobody"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_activity_that_the_caller_may_not_edit_is_refused_in_one_way(
    connected: Actor, new_person: NewActor, platform_database: Database, method: str, whose: str
):
    event_id = create(connected).json()["id"]
    activity_id = new_activity(new_person() if whose == "another workspace" else connected)
    if whose == "trash":
        change_activity(connected, activity_id, trashed_at="now()")
    named, asked = uuid4() if whose == "nobody" else activity_id, len(connected.google.received())
    if method == "POST":
        answer = create(connected, draft(activity_id=str(named)))
    else:
        answer = change(connected, event_id, activity_id=str(named))
    assert set(assert_refused(answer, 404, "activity_not_found")) == {"error_code", "message"}
    assert len(connected.google.received()) == asked
    assert tie_in(platform_database, activity_id) == _NONE


def test_activity_with_an_event_takes_no_other(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    other_id = create(connected).json()["id"]
    assert_refused(create(connected, draft(activity_id=str(activity_id))), 409, "activity_has_an_event")
    assert_refused(change(connected, other_id, activity_id=str(activity_id)), 409, "activity_has_an_event")
    assert tie_in(platform_database, activity_id) == (event_id, True)
    assert read(connected, other_id).json()["activity_id"] is None


def test_event_of_an_activity_is_not_given_to_another(connected: Actor, platform_database: Database):
    workspace_id = new_workspace(connected)
    first, second = (new_activity(connected, workspace_id) for _ in range(2))
    event_id = create(connected, draft(activity_id=str(first))).json()["id"]
    assert_refused(change(connected, event_id, activity_id=str(second)), 409, "event_has_an_activity")
    assert_refused(create(connected, draft(id=event_id, activity_id=str(second))), 409, "event_has_an_activity")
    assert (tie_in(platform_database, first), tie_in(platform_database, second)) == ((event_id, True), _NONE)


def test_change_ties_an_activity_that_has_none_and_takes_it_away(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event_id = create(connected).json()["id"]
    assert change(connected, event_id, activity_id=str(activity_id)).json()["activity_id"] == str(activity_id)
    assert tie_in(platform_database, activity_id) == (event_id, True)
    assert change(connected, event_id, title="Later").json()["activity_id"] == str(activity_id)
    assert tie_in(platform_database, activity_id) == (event_id, True)
    assert change(connected, event_id, activity_id=None).json()["activity_id"] is None
    assert tie_in(platform_database, activity_id) == _NONE


@pytest.mark.parametrize("event_id", ["a" * 15, "a" * 65, "6f1c2f0e7c554a3a9d3c0d9a7f0f5b11_20261201T160000Z"])
def test_event_whose_id_no_activity_keeps_is_refused(connected: Actor, event_id: str):
    activity_id = new_activity(connected)
    body = assert_refused(change(connected, event_id, activity_id=str(activity_id)), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == ["activity_id"]


@pytest.mark.parametrize("kind", ["drop_after", "half", "status_503", "drop_before"])
def test_event_is_made_and_tied_once_though_the_answer_is_lost(
    connected: Actor, platform_database: Database, kind: str
):
    activity_id = new_activity(connected)
    body = draft(activity_id=str(activity_id))
    connected.google.add_fault(kind, "/calendar", method="POST")
    assert create(connected, body).status_code == 201
    assert create(connected, body).status_code == 201
    assert tie_in(platform_database, activity_id) == (body["id"], True)


@pytest.mark.parametrize(
    ("kind", "reason", "status", "error_code"),
    [
        ("forbidden", "requiredAccessLevel", 403, "google_forbidden"),
        ("bad_request", "invalid", 422, "google_refused_request"),
        ("too_many", "", 429, "google_rate_limited"),
    ],
)
def test_tie_is_taken_back_if_google_certainly_made_no_event(
    connected: Actor, platform_database: Database, kind: str, reason: str, status: int, error_code: str
):
    activity_id = new_activity(connected)
    connected.google.add_fault(kind, "/calendar", method="POST", reason=reason, times=9)
    headers = {"Prefer": "wait=1"}
    assert_refused(create(connected, draft(activity_id=str(activity_id)), headers=headers), status, error_code)
    assert tie_in(platform_database, activity_id) == _NONE
    connected.google.clear_faults()
    assert create(connected, draft(activity_id=str(activity_id))).status_code == 201


@pytest.mark.parametrize("kind", ["status_503", "drop_before", "drop_after", "html"])
def test_tie_stays_if_nobody_knows_whether_there_is_an_event(connected: Actor, platform_database: Database, kind: str):
    activity_id = new_activity(connected)
    body = draft(activity_id=str(activity_id))
    connected.google.add_fault(kind, "/calendar", times=9)
    assert create(connected, body, headers={"Prefer": "wait=1"}).status_code in (502, 504)
    assert tie_in(platform_database, activity_id) == (body["id"], True)
    connected.google.clear_faults()
    assert create(connected, body).status_code == 201
    assert tie_in(platform_database, activity_id) == (body["id"], True)


def test_tie_that_an_earlier_request_made_stays_if_the_repeat_is_refused(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    body = draft(activity_id=str(activity_id))
    connected.google.add_fault("drop_after", "/calendar", method="POST")
    create(connected, body, headers={"Prefer": "wait=1"})
    connected.google.add_fault("forbidden", "/calendar", method="POST", reason="requiredAccessLevel")
    assert_refused(create(connected, body), 403, "google_forbidden")
    assert tie_in(platform_database, activity_id) == (body["id"], True)


def test_tie_is_taken_back_if_the_id_is_another_events(connected: Actor, platform_database: Database):
    activity_id, event = new_activity(connected), create(connected).json()
    body = draft(id=event["id"], activity_id=str(activity_id))
    assert_refused(create(connected, body), 409, "event_id_taken")
    assert tie_in(platform_database, activity_id) == _NONE
    assert read(connected, event["id"]).json() == event


def test_tie_is_taken_back_if_the_change_comes_too_late(connected: Actor, platform_database: Database):
    activity_id, event = new_activity(connected), create(connected).json()
    connected.google.change_event(connected.sub, event["id"], {"summary": "Theirs"})
    late = change(connected, event["id"], if_match=event["etag"], activity_id=str(activity_id))
    assert_refused(late, 412, "event_changed")
    assert tie_in(platform_database, activity_id) == _NONE


def test_activity_of_an_event_that_is_not_there_is_not_tied(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    assert_refused(change(connected, uuid4().hex, activity_id=str(activity_id)), 404, "not_found")
    assert tie_in(platform_database, activity_id) == _NONE


def test_nothing_is_tied_if_the_token_does_not_open(ada: Actor, platform_database: Database):
    ada.connect(scopes=[CALENDAR_READ])
    activity_id = new_activity(ada)
    assert_refused(create(ada, draft(activity_id=str(activity_id))), 403, "scope_not_granted")
    assert tie_in(platform_database, activity_id) == _NONE
