"""One call of each operation of Gmail and Calendar that reaches Google, with what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.service.routes.actors import Actor
from tests.service.routes.events import change, create, draft, read
from tests.service.routes.records import new_activity, new_contact, new_workspace

Call = Callable[[Actor, dict[str, str]], httpx.Response]


@dataclass(frozen=True)
class Operation:
    """An operation, how to call it, and its cost: functions of the database, then requests at Google."""

    call: Call
    rpcs: tuple[str, ...]
    requests: int


def _send(**more: Any) -> Call:
    return lambda actor, ids: actor.send(uuid4(), **{name: ids.get(value, value) for name, value in more.items()})


def _status(method: str, kind: str, **body: bool) -> Call:
    return lambda actor, ids: actor.call(method, f"/v1/gmail/{kind}/{ids[kind]}", **({"json": body} if body else {}))


def _send_to_a_contact(actor: Actor, _: dict[str, str]) -> httpx.Response:
    workspace_id = new_workspace(actor)
    new_contact(actor, workspace_id, "grace@example.com", email="allowed")
    return actor.send(uuid4(), workspace_id=str(workspace_id))


def _create_for_an_activity(actor: Actor, _: dict[str, str]) -> httpx.Response:
    return create(actor, draft(activity_id=str(new_activity(actor))))


_READ, _SEND, _TIE = ("open_token",), ("claim_gmail_send", "finish_gmail_send"), ("open_token_for_event",)
OPERATIONS: dict[str, Operation] = {
    "POST /v1/gmail/messages": Operation(_send(subject="Tuesday"), _SEND, 1),
    "POST /v1/gmail/messages as to a contact": Operation(_send_to_a_contact, _SEND, 1),
    "POST /v1/gmail/messages as a reply": Operation(
        _send(thread_id="threads"), ("claim_gmail_send", "open_token", "finish_gmail_send"), 2
    ),
    "POST /v1/gmail/messages as an alias": Operation(
        _send(**{"from": "alias"}), ("claim_gmail_send", "open_token", "finish_gmail_send"), 2
    ),
    "PATCH /v1/gmail/messages/{id}": Operation(_status("PATCH", "messages", is_read=True, is_trashed=True), _READ, 1),
    "GET /v1/gmail/threads/{id}": Operation(_status("GET", "threads"), _READ, 1),
    "PATCH /v1/gmail/threads/{id}": Operation(_status("PATCH", "threads", is_read=True, is_trashed=True), _READ, 1),
    "GET /v1/gmail/sends/{key}": Operation(
        lambda actor, _: actor.call("GET", f"/v1/gmail/sends/{uuid4()}"), ("read_gmail_send",), 0
    ),
    "GET /v1/calendar/calendars": Operation(lambda actor, _: actor.call("GET", "/v1/calendar/calendars"), _READ, 1),
    "GET /v1/calendar/events": Operation(lambda actor, _: actor.call("GET", "/v1/calendar/events"), _READ, 1),
    "GET /v1/calendar/events/{id}": Operation(lambda actor, ids: read(actor, ids["events"]), _READ, 1),
    "POST /v1/calendar/events": Operation(lambda actor, _: create(actor), _READ, 1),
    "POST /v1/calendar/events as of an activity": Operation(_create_for_an_activity, _TIE, 1),
    "PATCH /v1/calendar/events/{id}": Operation(
        lambda actor, ids: change(actor, ids["events"], title="Later"), _READ, 1
    ),
    "PATCH /v1/calendar/events/{id} as of an activity": Operation(
        lambda actor, ids: change(actor, ids["events"], activity_id=str(new_activity(actor))), _TIE, 1
    ),
    "PATCH /v1/calendar/events/{id} as a cancellation": Operation(
        lambda actor, ids: change(actor, ids["events"], status="cancelled", activity_id=None), _TIE, 1
    ),
}


def things(actor: Actor, word: str) -> dict[str, str]:
    """Put mails and an event at Google that hold a word wherever they can; gives their ids."""
    headers = [
        {"name": "From", "value": f"{word} <{word}@example.com>"},
        {"name": "To", "value": f"{word}@example.org"},
        {"name": "References", "value": "<first@example.com>"},
    ]
    mail = actor.google.add_message(actor.sub, f"{word} subject", snippet=f"{word} snippet", body=word, headers=headers)
    actor.google.add_message(
        actor.sub, f"Re: {word}", snippet=word, body=word, headers=headers[:2], thread_id=mail["threadId"]
    )
    event = draft(title=word, description=word, location=word, attendees=[{"email": f"{word}@example.com"}])
    assert create(actor, event).status_code == 201
    actor.google.add_alias(actor.sub, "sales@example.com")
    return {"messages": mail["id"], "threads": mail["threadId"], "events": event["id"], "alias": "sales@example.com"}
