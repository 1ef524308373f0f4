"""The status of messages: seen and changed by labels, answered as it then is, and no word of any mail is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.google_scopes import GMAIL_MODIFY, GMAIL_SEND
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.conftest import NewActor


def messages(actor: Actor) -> list[dict[str, Any]]:
    """The mailbox at Google: a thread of two messages and one alone."""
    return actor.google.messages(actor.sub)


def thread_of_two(actor: Actor) -> str:
    ids = [each["threadId"] for each in messages(actor)]
    return next(each for each in ids if ids.count(each) == 2)


def test_message_is_marked_and_trashed_and_brought_back(connected: Actor):
    message = messages(connected)[0]
    path = f"/v1/gmail/messages/{message['id']}"
    for change in ({"is_read": True}, {"is_trashed": True}, {"is_read": False, "is_trashed": False}, {"is_read": True}):
        body = connected.call("PATCH", path, json=change).json()
        assert {name: body[name] for name in change} == change
        labels = next(each["labelIds"] for each in messages(connected) if each["id"] == message["id"])
        assert (body["is_read"], body["is_trashed"]) == ("UNREAD" not in labels, "TRASH" in labels)
    assert (body["id"], body["thread_id"], body["is_sent"]) == (message["id"], message["threadId"], False)
    assert set(body) == {"id", "thread_id", "is_read", "is_trashed", "is_sent", "date"}


def test_other_messages_stay_as_they_are(connected: Actor):
    first, *others = messages(connected)
    connected.call("PATCH", f"/v1/gmail/messages/{first['id']}", json={"is_read": True, "is_trashed": True})
    assert messages(connected)[1:] == others


def test_thread_is_shown_and_changed_as_a_whole(connected: Actor):
    thread_id = thread_of_two(connected)
    path = f"/v1/gmail/threads/{thread_id}"
    shown = connected.call("GET", path).json()
    assert set(shown) == {"id", "messages"}
    assert [(each["is_read"], each["is_trashed"]) for each in shown["messages"]] == [(False, False)] * 2
    assert [each["date"] for each in shown["messages"]] == sorted(each["date"] for each in shown["messages"])
    changed = connected.call("PATCH", path, json={"is_read": True, "is_trashed": True}).json()
    assert [(each["is_read"], each["is_trashed"]) for each in changed["messages"]] == [(True, True)] * 2
    assert connected.call("GET", path).json()["messages"] == changed["messages"]


def test_sent_mail_is_shown_as_sent(connected: Actor):
    sent = connected.send().json()
    (message,) = connected.call("GET", f"/v1/gmail/threads/{sent['thread_id']}").json()["messages"]
    assert (message["id"], message["is_sent"], message["is_read"]) == (sent["message_id"], True, True)


@pytest.mark.parametrize("change", [{"is_read": True}, {"is_trashed": True}])
def test_change_is_equal_if_it_is_made_twice_or_its_answer_is_lost(connected: Actor, change: dict[str, bool]):
    path = f"/v1/gmail/messages/{messages(connected)[0]['id']}"
    connected.google.add_fault("drop_after", "/gmail")
    first = connected.call("PATCH", path, json=change)
    assert first.status_code == 200
    assert connected.call("PATCH", path, json=change).json() == first.json()


def test_one_request_is_made_for_each_read_and_each_change(connected: Actor):
    message = messages(connected)[0]
    for method, path, options in (
        ("GET", f"/v1/gmail/threads/{message['threadId']}", {}),
        ("PATCH", f"/v1/gmail/threads/{message['threadId']}", {"json": {"is_read": True, "is_trashed": True}}),
        ("PATCH", f"/v1/gmail/messages/{message['id']}", {"json": {"is_read": False, "is_trashed": False}}),
    ):
        before = len(connected.google.received())
        assert connected.call(method, path, **options).status_code == 200
        assert len(connected.google.received()) == before + 1


@pytest.mark.parametrize("kind", ["messages", "threads"])
def test_id_of_another_user_is_as_unknown_as_none(connected: Actor, new_person: NewActor, kind: str):
    stranger = new_person()
    stranger.connect()
    foreign = messages(connected)[0]["id" if kind == "messages" else "threadId"]
    answers = [stranger.call("PATCH", f"/v1/gmail/{kind}/{each}", json={"is_read": True}) for each in (foreign, "abc")]
    assert [assert_refused(each, 404, "not_found") for each in answers] == [answers[0].json()] * 2
    assert "UNREAD" in messages(connected)[0]["labelIds"]


@pytest.mark.parametrize("kind", ["messages", "threads"])
@pytest.mark.parametrize("wrong", ["18C2", "xyz", "1" * 17, "..%2f..", "a b"])
def test_id_that_is_none_is_refused_and_google_is_not_asked(connected: Actor, kind: str, wrong: str):
    before = len(connected.google.received())
    answer = connected.call("PATCH", f"/v1/gmail/{kind}/{wrong}", json={"is_read": True})
    if "%2f" not in wrong:
        body = assert_refused(answer, 422, "invalid_request")
        assert [each["field"] for each in body["details"]] == ["id"]
    assert answer.status_code in (404, 422)
    assert len(connected.google.received()) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "is_read"),
        ({"is_read": None}, "is_read"),
        ({"is_read": "true"}, "is_read"),
        ({"is_trashed": 1}, "is_trashed"),
        ({"is_starred": True}, "is_starred"),
    ],
)
def test_change_is_refused_if_a_field_is_wrong(connected: Actor, body: dict[str, Any], field: str):
    path = f"/v1/gmail/messages/{messages(connected)[0]['id']}"
    answer = assert_refused(connected.call("PATCH", path, json=body), 422, "invalid_request")
    assert field in [each["field"] for each in answer["details"]]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_status_is_refused_with_the_scope_if_it_was_not_granted(ada: Actor, method: str):
    ada.connect(scopes=[GMAIL_SEND])
    options = {} if method == "GET" else {"json": {"is_read": True}}
    body = assert_refused(ada.call(method, "/v1/gmail/threads/18c2", **options), 403, "scope_not_granted")
    assert body["details"]["missing_scope"] == GMAIL_MODIFY
