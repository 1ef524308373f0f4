"""Reading, marking and trashing mail."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.local.google.person import Person, StandIn
from tests.local.google.refusals import refused


@pytest.fixture
def users(ada: Person) -> Any:
    """Gmail's client with Ada's token for everything."""
    return ada.gmail()


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("minimal", set()),
        ("metadata", {"mimeType", "headers"}),
        ("full", {"mimeType", "headers", "body"}),
        (None, {"mimeType", "headers", "body"}),
    ],
)
def test_message_has_what_its_format_says_and_always_the_snippet(
    google: StandIn, ada: Person, users: Any, form: str | None, keys: set[str]
):
    first = google.control.messages(ada.sub)[0]
    shown = users.messages().get(userId="me", id=first["id"], format=form).execute()
    assert set(shown.get("payload", {})) == keys
    assert "Offer" in shown["snippet"]
    assert (shown["id"], shown["threadId"], shown["labelIds"]) == (first["id"], first["threadId"], first["labelIds"])


def test_message_shows_only_the_headers_asked_for(google: StandIn, ada: Person, users: Any):
    first = google.control.messages(ada.sub)[0]["id"]
    request = users.messages().get(userId="me", id=first, format="metadata", metadataHeaders=["subject", "FROM"])
    names = [header["name"] for header in request.execute()["payload"]["headers"]]
    assert names == ["From", "Subject"]


def test_message_comes_whole_if_it_is_asked_for_raw(google: StandIn, ada: Person, users: Any):
    first = google.control.messages(ada.sub)[0]["id"]
    shown = users.messages().get(userId="me", id=first, format="raw").execute()
    assert "payload" not in shown
    assert b"Subject: Offer\r\n" in base64.urlsafe_b64decode(shown["raw"])


@pytest.mark.parametrize("form", ["minimal", "metadata", "full"])
def test_thread_has_its_messages_from_old_to_new(google: StandIn, ada: Person, users: Any, form: str):
    thread = google.control.messages(ada.sub)[0]["threadId"]
    shown = users.threads().get(userId="me", id=thread, format=form).execute()
    dates = [int(each["internalDate"]) for each in shown["messages"]]
    assert len(dates) == 2
    assert dates == sorted(dates)
    assert all(("payload" in each) == (form != "minimal") for each in shown["messages"])


def test_message_changes_its_labels_and_changes_them_only_once(google: StandIn, ada: Person, users: Any):
    first = google.control.messages(ada.sub)[0]["id"]
    for _ in range(2):
        body = {"removeLabelIds": ["UNREAD"], "addLabelIds": ["STARRED"]}
        shown = users.messages().modify(userId="me", id=first, body=body).execute()
        assert shown["labelIds"] == ["INBOX", "STARRED"]
    assert google.control.messages(ada.sub)[0]["labelIds"] == ["INBOX", "STARRED"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"addLabelIds": None},
        {"addLabelIds": ["NOTHING"]},
        {"removeLabelIds": ["SENT"]},
        {"addLabelIds": ["STARRED"], "removeLabelIds": ["STARRED"]},
        {"addLabelIds": ["STARRED"] * 101},
    ],
)
def test_message_keeps_its_labels_if_the_change_is_refused(
    google: StandIn, ada: Person, users: Any, body: dict[str, Any]
):
    first = google.control.messages(ada.sub)[0]
    assert refused(users.messages().modify(userId="me", id=first["id"], body=body)) == (400, "invalidArgument")
    assert google.control.messages(ada.sub)[0] == first


def test_message_goes_to_the_trash_and_comes_back(google: StandIn, ada: Person, users: Any):
    first = google.control.messages(ada.sub)[0]["id"]
    for _ in range(2):
        assert users.messages().trash(userId="me", id=first).execute()["labelIds"] == ["UNREAD", "TRASH"]
    assert users.messages().untrash(userId="me", id=first).execute()["labelIds"] == ["UNREAD", "INBOX"]


@pytest.mark.parametrize("act", ["get", "trash", "untrash", "modify"])
@pytest.mark.parametrize(("owner", "expected"), [("grace", 404), ("nobody", 404), ("malformed", 400)])
def test_message_is_not_found_if_it_is_not_the_accounts_own(
    google: StandIn, grace: Person, users: Any, act: str, owner: str, expected: int
):
    before = google.control.messages(grace.sub)
    message_id = {"grace": before[0]["id"], "nobody": "abc123", "malformed": "not-an-id"}[owner]
    more = {"body": {"removeLabelIds": ["UNREAD"]}} if act == "modify" else {}
    assert refused(getattr(users.messages(), act)(userId="me", id=message_id, **more))[0] == expected
    assert google.control.messages(grace.sub) == before


@pytest.mark.parametrize(("thread", "status"), [("abc123", 404), ("not-an-id", 400)])
def test_thread_is_refused_if_it_does_not_exist(users: Any, thread: str, status: int):
    assert refused(users.threads().get(userId="me", id=thread))[0] == status


def test_mailbox_is_reached_by_its_address_and_no_other(users: Any, google: StandIn, ada: Person, grace: Person):
    first = google.control.messages(ada.sub)[0]["id"]
    assert users.messages().get(userId=ada.email, id=first).execute()["id"] == first
    theirs = google.control.messages(grace.sub)[0]["id"]
    assert refused(users.messages().get(userId=grace.email, id=theirs))[0] == 403
