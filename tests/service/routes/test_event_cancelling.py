"""The two ways of deleting: an activity alone, whose event stays at Google, or with its event if the caller says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.events import END, PATH, START, change, create, draft, read
from tests.service.routes.records import change_activity, new_activity, tie_in

_NONE = (None, None)
_CANCEL: dict[str, Any] = {"status": "cancelled", "activity_id": None}


def test_deleting_an_activity_leaves_its_event_alone(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event = create(connected, draft(activity_id=str(activity_id))).json()
    asked = len(connected.google.received())
    change_activity(connected, activity_id, trashed_at="now()")
    assert tie_in(platform_database, activity_id) == (event["id"], True)
    change_activity(connected, activity_id, trashed_at=None)
    assert tie_in(platform_database, activity_id) == (event["id"], True)
    change_activity(connected, activity_id, trashed_at="now()")
    platform_database.execute("update public.activities set purge_at = now() where id = %s", (activity_id,))
    connected.user.client.table("activities").delete(returning="minimal").eq("id", str(activity_id)).execute()  # type: ignore[arg-type]
    assert platform_database.rows("select from public.activities where id = %s", (activity_id,)) == []
    assert len(connected.google.received()) == asked
    assert read(connected, event["id"]).json() == event


def test_event_is_cancelled_and_taken_away_from_its_activity(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    guests = [{"email": "grace@example.com"}]
    event = create(connected, draft(activity_id=str(activity_id), attendees=guests)).json()
    answer = change(connected, event["id"], if_match=event["etag"], send_updates="all", **_CANCEL)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert tie_in(platform_database, activity_id) == _NONE
    assert connected.google.invitations(connected.sub)[-1]["event_id"] == event["id"]
    assert event["id"] not in {each["id"] for each in connected.call("GET", PATH).json()["events"]}
    change_activity(connected, activity_id, trashed_at="now()")


def test_cancelling_alone_leaves_the_tie_as_it_is(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    assert change(connected, event_id, status="cancelled").json()["status"] == "cancelled"
    assert tie_in(platform_database, activity_id) == (event_id, True)


def test_event_is_taken_away_from_an_activity_in_the_trash(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    change_activity(connected, activity_id, trashed_at="now()")
    assert change(connected, event_id, **_CANCEL).status_code == 200
    assert tie_in(platform_database, activity_id) == _NONE


@pytest.mark.parametrize("kind", ["drop_after", "half", "status_503"])
def test_event_is_cancelled_once_though_the_answer_is_lost(connected: Actor, platform_database: Database, kind: str):
    activity_id = new_activity(connected)
    guests = [{"email": "grace@example.com"}]
    event_id = create(connected, draft(activity_id=str(activity_id), attendees=guests)).json()["id"]
    connected.google.add_fault(kind, "/calendar", method="PATCH")
    assert change(connected, event_id, send_updates="all", **_CANCEL).json()["status"] == "cancelled"
    told = [each for each in connected.google.invitations(connected.sub) if each["send_updates"] == "all"]
    assert len(told) == 1
    assert tie_in(platform_database, activity_id) == _NONE


def test_activity_keeps_its_event_if_google_certainly_did_not_cancel_it(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event = create(connected, draft(activity_id=str(activity_id))).json()
    connected.google.change_event(connected.sub, event["id"], {"summary": "Theirs"})
    assert_refused(change(connected, event["id"], if_match=event["etag"], **_CANCEL), 412, "event_changed")
    assert tie_in(platform_database, activity_id) == (event["id"], True)
    connected.google.add_fault("forbidden", "/calendar", method="PATCH", reason="requiredAccessLevel")
    assert_refused(change(connected, event["id"], **_CANCEL), 403, "google_forbidden")
    assert tie_in(platform_database, activity_id) == (event["id"], True)


@pytest.mark.parametrize("kind", ["gone", "not_found"])
def test_activity_loses_an_event_that_is_gone_at_google(connected: Actor, platform_database: Database, kind: str):
    activity_id = new_activity(connected)
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    connected.google.add_fault(kind, "/calendar", method="PATCH")
    assert_refused(change(connected, event_id, **_CANCEL), 404, "not_found")
    assert tie_in(platform_database, activity_id) == _NONE


def test_event_of_another_calendar_is_not_taken_away(connected: Actor, platform_database: Database):
    activity_id = new_activity(connected)
    event_id = create(connected, draft(activity_id=str(activity_id))).json()["id"]
    body = {"send_updates": "none", "activity_id": None}
    answer = connected.call("PATCH", f"{PATH}/{event_id}", json=body, params={"calendar_id": connected.account})
    assert answer.status_code == 200
    assert tie_in(platform_database, activity_id) == (event_id, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled", "title": "x"},
        {"status": "cancelled", "start": START, "end": END},
        {"status": "confirmed"},
        {"status": None},
        {"status": 1},
    ],
)
def test_status_is_cancelled_and_stands_alone(connected: Actor, changes: dict[str, Any]):
    event = create(connected).json()
    body = assert_refused(change(connected, event["id"], **changes), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == ["status"]
    assert read(connected, event["id"]).json() == event
