"""Mails with all that a mail can have, replies and aliases: sent as written, refused naming the field."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from typing import Any
from uuid import uuid4

import pytest

from service.domain.google_scopes import GMAIL_MODIFY, GMAIL_SEND
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.test_gmail_messages import claims

_PDF = b"%PDF-1.7 " + bytes(range(256))
_PNG = b"\x89PNG\r\n" + bytes(range(200))


def file(data: bytes = _PDF, **changes: Any) -> dict[str, Any]:
    body = {"filename": "Größe 尺寸.pdf", "content_type": "application/pdf"}
    return body | {"content": base64.b64encode(data).decode()} | changes


def picture(**changes: Any) -> dict[str, Any]:
    return {"content_id": "logo", "content_type": "image/png", "content": base64.b64encode(_PNG).decode()} | changes


def mails(actor: Actor) -> list[dict[str, Any]]:
    return actor.google.mails(actor.sub)


def test_mail_goes_out_with_all_that_it_can_have(connected: Actor):
    answer = connected.send(
        to=[{"address": "grace@example.com", "name": "Grace «尺寸» Hopper"}], cc=["alan@example.com"],
        bcc=["hidden@bücher.example"], subject="Größe", text="Plain", html="<p>Rich <img src='cid:logo'></p>",
        attachments=[file()], inline_images=[picture()],
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    (mail,) = mails(connected)
    assert mail["structure"] == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]],
        "application/pdf",
    ]
    assert mail["envelope_to"] == ["grace@example.com", "alan@example.com", "hidden@xn--bcher-kva.example"]
    assert (mail["headers"]["subject"], mail["headers"]["from"]) == ("Größe", connected.account)
    assert (mail["text"].strip(), mail["html"].strip()) == ("Plain", "<p>Rich <img src='cid:logo'></p>")
    *_, image, pdf = mail["parts"]
    assert (image["content_id"], image["disposition"]) == ("<logo>", "inline")
    assert (pdf["filename"], pdf["sha256"]) == ("Größe 尺寸.pdf", hashlib.sha256(_PDF).hexdigest())


def test_mail_of_many_megabytes_goes_out_in_its_thread(connected: Actor):
    thread_id = connected.google.messages(connected.sub)[0]["threadId"]
    content = bytes(range(256)) * 48 * 1024
    answer = connected.send(attachments=[file(content)], thread_id=thread_id)
    assert answer.status_code == 201, answer.text
    (mail,) = mails(connected)
    assert mail["threadId"] == thread_id
    assert mail["parts"][-1]["sha256"] == hashlib.sha256(content).hexdigest()


def test_mail_that_is_too_large_is_refused_and_nothing_is_claimed(connected: Actor, platform_database: Database):
    assert_refused(connected.send(attachments=[file(b"x" * 19_500_000)]), 413, "message_too_large")
    assert mails(connected) == []
    assert claims(platform_database, connected) == []


def test_body_over_the_limit_is_refused_before_it_is_read(connected: Actor):
    """Announces 40 MB and sends nothing: whoever answered later than now would wait for it."""
    connection = http.client.HTTPConnection(connected.service.base_url.netloc.decode(), timeout=10)
    connection.putrequest("POST", "/v1/gmail/messages")
    sent = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json", "Content-Length": str(40 * 2**20)}
    for name, value in {**connected.headers, **sent}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error_code"]) == (413, "payload_too_large")
    connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/calendar/events"), ("PATCH", "/v1/gmail/messages/abc"), ("POST", "/v1/google/connection")],
)
def test_other_bodies_are_small(connected: Actor, method: str, path: str):
    answer = connected.call(method, path, json={"title": "x" * 300_000})
    assert_refused(answer, 413, "payload_too_large")


def test_reply_joins_the_thread_and_names_the_mails_before_it(connected: Actor):
    first = connected.google.add_message(
        connected.sub, "Offer", headers=[{"name": "Message-ID", "value": f"<{'x' * 200}@mail.example.com>"}]
    )
    connected.google.add_message(
        connected.sub, "Re: Offer", thread_id=first["threadId"],
        headers=[{"name": "Message-ID", "value": "<two@mail.example.com>"},
                 {"name": "References", "value": f"<{'x' * 200}@mail.example.com>\r\n <odd one> <y@z>"}],
    )  # fmt: skip
    draft = {"label_ids": ["DRAFT"], "thread_id": first["threadId"]}
    connected.google.add_message(connected.sub, "Re: Offer", **draft)
    answer = connected.send(thread_id=first["threadId"], subject="Re: Offer")
    assert answer.json()["thread_id"] == first["threadId"]
    headers = mails(connected)[0]["headers"]
    assert headers["in-reply-to"] == "<two@mail.example.com>"
    assert headers["references"].split() == [f"<{'x' * 200}@mail.example.com>", "<y@z>", "<two@mail.example.com>"]
    asked = connected.google.received("/gmail/v1/users/me/threads")[-1]["asked"]
    assert asked["metadataHeaders"] == ["Message-ID", "References"]


def test_header_of_a_stranger_adds_nobody_to_a_reply(connected: Actor):
    evil = "<a@b>\r\nBcc: eve@example.com\r\n <c@d>"
    added = connected.google.add_message(connected.sub, "x", headers=[{"name": "Message-ID", "value": evil}])
    assert connected.send(thread_id=added["threadId"]).status_code == 201
    (mail,) = mails(connected)
    assert mail["envelope_to"] == ["grace@example.com"]
    assert mail["headers"]["in-reply-to"] == "<a@b>"


def test_reply_to_an_unknown_thread_is_refused_and_the_key_stays_free(connected: Actor, platform_database: Database):
    assert_refused(connected.send(key := uuid4(), thread_id="abc"), 404, "not_found")
    assert claims(platform_database, connected) == []
    assert connected.send(key).status_code == 201


def test_reply_needs_the_scope_that_opens_the_two_headers(ada: Actor, platform_database: Database):
    ada.connect(scopes=[GMAIL_SEND])
    body = assert_refused(ada.send(thread_id="abc"), 403, "scope_not_granted")
    assert body["details"]["missing_scope"] == GMAIL_MODIFY
    assert claims(platform_database, ada) == []
    assert ada.send().status_code == 201


def test_alias_that_gmail_accepts_is_the_sender(connected: Actor):
    connected.google.add_alias(connected.sub, "sales@example.com")
    assert connected.send(None, **{"from": "sales@example.com"}).status_code == 201
    assert connected.send(None, **{"from": connected.account}).status_code == 201
    assert [each["headers"]["from"] for each in mails(connected)] == ["sales@example.com", connected.account]


@pytest.mark.parametrize("state", ["pending", None])
def test_alias_that_gmail_does_not_accept_is_refused_and_nothing_is_sent(
    connected: Actor, platform_database: Database, state: str | None
):
    if state:
        connected.google.add_alias(connected.sub, "ceo@example.com", state)
    assert_refused(connected.send(None, **{"from": "ceo@example.com"}), 422, "alias_not_accepted")
    assert mails(connected) == []
    assert claims(platform_database, connected) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": [], "cc": [], "bcc": []}, "to"),
        ({"to": ["a@example.com"] * 50, "cc": ["a@example.com"] * 50, "bcc": ["b@example.com"]}, "to"),
        ({"cc": ["nobody"]}, "cc.0"),
        ({"bcc": [{"address": "nobody", "name": "x"}]}, "bcc.0.address"),
        ({"to": [{"address": "a@example.com", "name": "x\r\nBcc: eve@example.com"}]}, "to.0.name"),
        ({"to": [{"address": "a@example.com"}]}, "to.0.name"),
        ({"to": [5]}, "to.0"),
        ({"text": None, "html": None}, "text"),
        ({"text": "x\x00"}, "text"),
        ({"html": "x\x0b"}, "html"),
        ({"attachments": [file(content_type="pdf")]}, "attachments.0.content_type"),
        ({"attachments": [file(content_type="application/pdf; name=x")]}, "attachments.0.content_type"),
        ({"attachments": [file(content_type="message/rfc822")]}, "attachments.0.content_type"),
        ({"attachments": [file(content_type="multipart/mixed")]}, "attachments.0.content_type"),
        ({"attachments": [file(content_type="text/html\r\nX: y")]}, "attachments.0.content_type"),
        ({"attachments": [file(content="not base64!")]}, "attachments.0.content"),
        ({"attachments": [file(content=5)]}, "attachments.0.content"),
        ({"attachments": [file(filename="a\r\nb")]}, "attachments.0.filename"),
        ({"attachments": [file(filename="../../etc/passwd")]}, "attachments.0.filename"),
        ({"attachments": [file(filename="")]}, "attachments.0.filename"),
        ({"attachments": [file(b"")] * 51}, "attachments"),
        ({"inline_images": [picture()]}, "inline_images"),
        ({"html": "x", "inline_images": [picture(), picture()]}, "inline_images"),
        ({"html": "x", "inline_images": [picture(content_id="a b")]}, "inline_images.0.content_id"),
        ({"html": "x", "inline_images": [picture(content_type="text/html")]}, "inline_images.0.content_type"),
        ({"from": "nobody"}, "from"),
        ({"from": "jürgen@example.com"}, "from"),
        ({"thread_id": "not an id"}, "thread_id"),
    ],
)
def test_mail_is_refused_and_nothing_is_claimed_if_a_field_is_wrong(
    connected: Actor, platform_database: Database, changes: dict[str, Any], field: str
):
    before = len(connected.google.received())
    body = assert_refused(connected.send(**changes), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == [field]
    assert "eve@example.com" not in str(body)
    assert claims(platform_database, connected) == []
    assert len(connected.google.received()) == before


def test_surrogate_that_no_mail_can_hold_is_refused(connected: Actor):
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    content = b'{"to": ["a@example.com"], "subject": "x\\ud800", "text": "t"}'
    answer = connected.call("POST", "/v1/gmail/messages", content=content, headers=headers)
    assert [each["field"] for each in assert_refused(answer, 422, "invalid_request")["details"]] == ["subject"]
