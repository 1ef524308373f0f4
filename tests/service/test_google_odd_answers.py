"""Answers of Gmail and Calendar that are JSON of another form: a fault of Google's for the caller, no error of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

from service.adapters.calendar import CalendarClient
from service.adapters.gmail import GmailClient
from service.adapters.google_http import GoogleHTTP
from service.domain.deadlines import Deadline
from service.domain.google_faults import UNREADABLE, GoogleFault


@pytest.fixture
def answering() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that answers everything with the text in the list."""
    text, app = [""], Flask(__name__)

    @app.route("/<path:_>", methods=["GET", "POST", "PATCH"])
    def answer(_: str) -> Response:
        return Response(text[0], mimetype="application/json")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", text
    server.shutdown()
    thread.join(5)


def _gmail(url: str) -> dict[str, Callable[[], Any]]:
    client, how = GmailClient(GoogleHTTP(), endpoint=url), ("token", Deadline.within(10))
    return {
        "send": lambda: client.send(*how, message=b"x", thread_id=None),
        "thread": lambda: client.thread_status(*how, thread_id="1"),
        "message": lambda: client.change_message(*how, message_id="1", added=[], removed=["UNREAD"]),
        "reply": lambda: client.reply_headers(*how, thread_id="1"),
    }


def _calendar(url: str) -> dict[str, Callable[[], Any]]:
    client, how = CalendarClient(GoogleHTTP(), endpoint=url), ("token", Deadline.within(10))
    return {
        "event": lambda: client.event(*how, calendar_id="primary", event_id="1", time_zone=None),
        "calendars": lambda: client.calendars(*how, page_token=None),
    }


def test_empty_page_may_come_without_its_list(answering: tuple[str, list[str]]):
    url, texts = answering
    texts[0] = '{"kind": "calendar#calendarList"}'
    assert _calendar(url)["calendars"]() == ([], None)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("send", '{"id": "1"}'),
        ("send", '{"id": 1, "threadId": "1"}'),
        ("thread", '{"id": "1", "messages": [1]}'),
        ("thread", '{"id": "1", "messages": 5}'),
        ("message", '{"id": "1", "threadId": "1", "internalDate": "soon"}'),
        ("message", '{"id": "1", "threadId": "1", "internalDate": "9999999999999999999"}'),
        ("message", '{"id": "1", "threadId": "1", "labelIds": 5}'),
        ("reply", '{"id": "1"}'),
        ("reply", '{"messages": [{"payload": {"headers": [{"name": "Message-ID"}]}}]}'),
        ("event", '{"id": "1"}'),
        ("event", '{"id": "1", "etag": "e", "start": 5}'),
        ("event", '{"id": "1", "etag": "e", "reminders": {"useDefault": false, "overrides": [{}]}}'),
        ("calendars", '{"items": [{}]}'),
        ("calendars", "{}"),
    ],
)
def test_answer_of_another_form_is_a_fault_of_google(answering: tuple[str, list[str]], call: str, text: str):
    url, texts = answering
    texts[0] = text
    with pytest.raises(GoogleFault) as fault:
        (_gmail(url) | _calendar(url))[call]()
    assert (fault.value.status, fault.value.reason) == (None, UNREADABLE)
