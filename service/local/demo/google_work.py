"""The steps in which Ada changes something at Google: the status of a mail, an event in her calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from service.local.demo.story import Evidence, Story, require, sub_of


def message_status(story: Story) -> Evidence:
    """Ada marks a mail as read and moves it to the trash"""
    words = ["subject-that-nobody-here-reads", "text-that-nobody-here-reads"]
    mail = story.google.add_message(sub_of(story), words[0], snippet=words[1], body=words[1])
    story.google.watch(*words)
    path = f"/v1/gmail/messages/{mail['id']}"
    story.call("PATCH", path, 200, json={"is_read": True})
    status = story.call("PATCH", path, 200, json={"is_trashed": True})
    (labels,) = [each["labelIds"] for each in story.google.messages(sub_of(story)) if each["id"] == mail["id"]]
    require("UNREAD" not in labels and "TRASH" in labels, f"Gmail shows the labels {labels}")
    yield f"is_read {status['is_read']}, is_trashed {status['is_trashed']}; Gmail shows the labels {', '.join(labels)}"
    thread = story.call("GET", f"/v1/gmail/threads/{mail['threadId']}", 200)
    require(set(thread) == {"id", "messages"}, "the answer has more than ids and status")
    read = {word: paths for word, paths in story.google.watched().items() if paths}
    require(not read, f"Gmail was asked for what the mail says: {sorted(read.values())}")
    yield "no answer of Gmail to the service held the mail's subject or text"


def write_event(story: Story) -> Evidence:
    """Ada makes an event for a CRM activity and changes it"""
    start = (datetime.now(UTC) + timedelta(days=3)).replace(hour=15, minute=0, second=0, microsecond=0)
    activity_id = _new_activity(story)
    draft = {
        "id": uuid4().hex, "title": "Kick-off", "activity_id": activity_id, "has_meet_link": True,
        "start": {"date_time": start.isoformat()}, "end": {"date_time": (start + timedelta(hours=1)).isoformat()},
        "attendees": [{"email": "grace@example.com"}], "send_updates": "all",
    }  # fmt: skip
    path = f"/v1/calendar/events/{draft['id']}"
    # Google makes the event, and its answer gets lost.
    story.google.add_fault("drop_after", "/calendar", method="POST")
    made = story.call("POST", "/v1/calendar/events", 201, json=draft)
    again = story.call("POST", "/v1/calendar/events", 201, json=draft)
    told = [each["to"] for each in story.google.invitations(sub_of(story)) if each["event_id"] == draft["id"]]
    require(made == again and told == [["grace@example.com"]], f"guests were told {len(told)} times")
    yield "Google's answer got lost and the request was repeated: one event, and Grace was told once"
    require(made["activity_id"] == activity_id, "the event does not name its activity")
    changes = {"title": "Kick-off, moved", "send_updates": "none"}
    changed = story.call("PATCH", path, 200, json=changes, headers={"If-Match": made["etag"]})
    refused = story.call(
        "PATCH", path, 412, json={**changes, "title": "An older tab"}, headers={"If-Match": made["etag"]}
    )
    require(story.call("GET", path, 200)["title"] == changed["title"], "the older tab won")
    yield f"changed as it was read; an older tab got 412 {refused['error_code']} and changed nothing"
    tie = "select google_event_id || ' ' || is_on_primary_calendar from public.activities where id = %(id)s"
    require(story.database.value(tie, id=activity_id) == f"{draft['id']} true", "the activity does not name its event")
    kept = {name for name, text in story.database.texts() if draft["id"] in text} - {"public.activities"}
    kept |= {name for name, text in story.database.texts() if "Kick-off" in text}
    require(kept == set(), f"something of the event rests in {sorted(kept)}")
    yield "the activity keeps the event's id and where it lies; no table of the database holds a word of the event"


def _new_activity(story: Story) -> str:
    """Let Ada make a workspace and plan something in it, as the frontend does."""
    require(story.user is not None, "nobody has signed up")
    made = cast(dict[str, Any], story.user.rpc("create_workspace", {"name": "Ada's bakery"}).execute().data)  # type: ignore[union-attr]
    activity = {"workspace_id": made["workspace_id"], "id": str(uuid4()), "kind": "meeting", "title": "Meet Grace"}
    story.user.table("activities").insert(activity, returning="minimal").execute()  # type: ignore[union-attr,arg-type]
    return activity["id"]
