"""Aliases of an account, threads changed as a whole, mails that came in, guests that are told, and the watch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.google.person import Person, StandIn
from tests.local.google.refusals import refused
from tests.local.google.test_gmail_sending import mail, send


@pytest.fixture
def users(ada: Person) -> Any:
    """Gmail's client with Ada's token for everything."""
    return ada.gmail()


def test_alias_is_used_only_if_it_was_accepted(google: StandIn, ada: Person, users: Any):
    google.control.add_alias(ada.sub, "sales@example.com")
    google.control.add_alias(ada.sub, "ceo@example.com", "pending")
    for address in ("sales@example.com", "ceo@example.com", "eve@example.com", ada.email):
        send(users, mail(From=address))
    shown = [each["headers"]["from"] for each in google.control.mails(ada.sub)]
    assert shown == ["sales@example.com", ada.email, ada.email, ada.email]


def test_alias_is_looked_up(google: StandIn, ada: Person, users: Any):
    google.control.add_alias(ada.sub, "sales@example.com", "pending")
    aliases = users.settings().sendAs()
    assert aliases.get(userId="me", sendAsEmail=ada.email).execute()["isPrimary"]
    found = aliases.get(userId="me", sendAsEmail="sales@example.com").execute()
    assert found["verificationStatus"] == "pending"
    assert refused(aliases.get(userId="me", sendAsEmail="eve@example.com")) == (404, "notFound")


def test_thread_is_changed_as_a_whole(google: StandIn, ada: Person, users: Any):
    added = google.control.add_message(ada.sub, "Offer")
    google.control.add_message(ada.sub, "Re: Offer", thread_id=added["threadId"])
    body = {"addLabelIds": ["TRASH"], "removeLabelIds": ["UNREAD"]}
    changed = users.threads().modify(userId="me", id=added["threadId"], body=body).execute()
    assert [each["labelIds"] for each in changed["messages"]] == [["INBOX", "TRASH"]] * 2


@pytest.mark.parametrize(
    "raw", [b"To: a@example.com\nSubject: x\r\n\r\n", "To: a@example.com\r\nX: ä\r\n\r\n".encode()]
)
def test_header_that_is_none_of_rfc_5322_is_refused(google: StandIn, ada: Person, users: Any, raw: bytes):
    with pytest.raises(Exception, match="Invalid header"):
        send(users, raw)
    assert google.control.mails(ada.sub) == []


def test_watch_finds_a_word_that_was_handed_out_and_no_other(google: StandIn, ada: Person, users: Any):
    word = "canary-of-the-test"
    added = google.control.add_message(ada.sub, "s", snippet=word, body="b")
    google.control.watch(word, "another")
    messages = users.messages()
    messages.get(userId="me", id=added["id"], format="minimal", fields="id,labelIds").execute()
    assert google.control.watched() == {word: [], "another": []}
    messages.get(userId="me", id=added["id"], format="minimal").execute()
    assert {each: len(paths) for each, paths in google.control.watched().items()} == {word: 1, "another": 0}


def test_guests_are_told_as_the_write_says(google: StandIn, ada: Person):
    events = ada.calendar().events()
    times = {"start": {"dateTime": "2030-05-01T10:00:00Z"}, "end": {"dateTime": "2030-05-01T11:00:00Z"}}
    body = {**times, "attendees": [{"email": "grace@example.com"}, {"email": "out@elsewhere.example"}]}
    for send_updates in ("all", "externalOnly", "none"):
        events.insert(calendarId="primary", body=body, sendUpdates=send_updates).execute()
    told = [each["to"] for each in google.control.invitations(ada.sub)]
    assert told == [["grace@example.com", "out@elsewhere.example"], ["out@elsewhere.example"]]
