"""Sending mail: in every form that Gmail takes, refused in those that it does not."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import httpx
import pytest

from tests.local.google.person import Person, StandIn
from tests.local.google.refusals import refused, refused_saying

_MESSAGES = "/gmail/v1/users/me/messages"
_LARGEST = 36_700_160


def mail(text: str = "At ten?\n", **headers: str) -> bytes:
    """A message as the service builds it."""
    message = EmailMessage(policy=SMTP)
    for name, value in ({"To": "grace@example.com", "Subject": "Größe"} | headers).items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def encoded(raw: bytes) -> str:
    """The form that the documentation asks for."""
    return base64.urlsafe_b64encode(raw).decode()


@pytest.fixture
def users(ada: Person) -> Any:
    """Gmail's client with Ada's token for everything."""
    return ada.gmail()


def send(users: Any, raw: bytes, **more: Any) -> dict[str, Any]:
    """Send a message."""
    return users.messages().send(userId="me", body={"raw": encoded(raw), **more}).execute()


def test_mail_is_sent_with_what_it_holds(google: StandIn, ada: Person, users: Any):
    sent = send(users, mail(Cc="c@example.com", Bcc="hidden@example.com"))
    assert sent["labelIds"] == ["SENT"]
    (kept,) = google.control.mails(ada.sub)
    assert (kept["id"], kept["threadId"]) == (sent["id"], sent["threadId"])
    assert kept["headers"]["subject"] == "Größe"
    assert kept["headers"]["bcc"] == "hidden@example.com"
    assert kept["headers"]["message-id"].startswith("<")
    assert kept["text"].strip() == "At ten?"
    assert {"id": sent["id"], "threadId": sent["threadId"], "labelIds": ["SENT"]} in google.control.messages(ada.sub)


def test_mail_keeps_the_message_id_and_attachments_of_the_client(google: StandIn, ada: Person, users: Any):
    message = EmailMessage(policy=SMTP)
    message["To"], message["Message-ID"] = "grace@example.com", "<mine@client.example>"
    message.set_content("See there")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="offer.pdf")
    send(users, message.as_bytes())
    (kept,) = google.control.mails(ada.sub)
    assert kept["headers"]["message-id"] == "<mine@client.example>"
    assert kept["attachments"] == ["offer.pdf"]


@pytest.mark.parametrize(
    "form",
    [
        encoded,
        lambda raw: encoded(raw).rstrip("="),
        lambda raw: base64.b64encode(raw).decode(),
        lambda raw: base64.b64encode(raw).decode().rstrip("="),
    ],
    ids=["url-safe", "url-safe without padding", "standard", "standard without padding"],
)
def test_mail_is_sent_in_every_form_of_base64(google: StandIn, ada: Person, users: Any, form: Any):
    # Bytes that give all of + / = somewhere.
    users.messages().send(userId="me", body={"raw": form(mail("þÿ~~~???>>>þ\n"))}).execute()
    assert "þÿ~~~???>>>þ" in google.control.mails(ada.sub)[0]["text"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"raw": "a$b"}, "Invalid value for ByteString"),
        ({"raw": "YWJj ZGVm"}, "Invalid value for ByteString"),
        ({"raw": "abcde"}, "Invalid value for ByteString"),
        ({"raw": "ä"}, "Invalid value for ByteString"),
        ({"raw": ""}, "'raw' RFC822 payload message string or uploading message required"),
        ({"raw": None}, "'raw' RFC822 payload message string or uploading message required"),
        ({}, "'raw' RFC822 payload message string or uploading message required"),
        ({"raw": encoded(mail(To=""))}, "Recipient address required"),
        ({"raw": encoded(b"no headers at all")}, "Recipient address required"),
        ({"raw": encoded(b"To: nobody\r\n\r\nx")}, "Invalid To header"),
        ({"raw": encoded(b"To: a@example.com\r\nCc: nobody\r\n\r\nx")}, "Invalid Cc header"),
    ],
)
def test_mail_is_refused_and_not_sent_if_it_cannot_be_read(
    google: StandIn, ada: Person, users: Any, body: dict[str, Any], message: str
):
    assert refused_saying(users.messages().send(userId="me", body=body)) == (400, "invalidArgument", message)
    assert google.control.mails(ada.sub) == []


@pytest.mark.parametrize("header", ["To", "Cc", "Bcc"])
def test_mail_is_sent_if_any_header_has_a_recipient(google: StandIn, ada: Person, users: Any, header: str):
    send(users, mail(To="").replace(b"Subject", f"{header}: x@example.com\r\nSubject".encode(), 1))
    assert len(google.control.mails(ada.sub)) == 1


def test_mail_is_sent_if_its_character_set_is_unknown(google: StandIn, ada: Person, users: Any):
    send(users, b"To: a@example.com\r\nContent-Type: text/plain; charset=nobody-knows\r\n\r\nx")
    assert google.control.mails(ada.sub)[0]["text"] == ""


def test_reply_goes_into_its_thread(google: StandIn, ada: Person, users: Any):
    thread = google.control.messages(ada.sub)[0]["threadId"]
    sent = send(users, mail(Subject="Re: Offer", In_Reply_To="<first@mail.example.com>"), threadId=thread)
    assert sent["threadId"] == thread
    shown = users.threads().get(userId="me", id=thread, format="minimal").execute()
    assert sent["id"] in [each["id"] for each in shown["messages"]]


@pytest.mark.parametrize("owner", ["nobody", "grace"])
def test_reply_is_refused_if_the_thread_is_unknown_or_somebody_elses(
    google: StandIn, ada: Person, grace: Person, users: Any, owner: str
):
    thread = "abc123" if owner == "nobody" else google.control.messages(grace.sub)[0]["threadId"]
    request = users.messages().send(userId="me", body={"raw": encoded(mail()), "threadId": thread})
    assert refused(request) == (404, "notFound")
    assert google.control.mails(ada.sub) == []


def test_mail_is_sent_by_upload(google: StandIn, ada: Person):
    # Google's client library has the upload address of the discovery document, which api_endpoint does not change.
    with ada.session() as session:
        headers = {"Content-Type": "message/rfc822"}
        address = f"{google.url}/upload{_MESSAGES}/send?uploadType=media"
        sent = session.post(address, data=mail(), headers=headers, timeout=10)
    assert sent.json()["labelIds"] == ["SENT"]
    assert google.control.mails(ada.sub)[0]["id"] == sent.json()["id"]


@pytest.mark.parametrize(
    ("query", "mimetype", "status"),
    [
        ({"uploadType": "media"}, "text/plain", 400),
        ({"uploadType": "resumable"}, "message/rfc822", 501),
        ({}, "x", 501),
    ],
)
def test_upload_is_refused_if_its_form_is_another(
    google: StandIn, http: httpx.Client, ada: Person, query: dict[str, str], mimetype: str, status: int
):
    headers = {"Authorization": f"Bearer {ada.token()['access_token']}", "Content-Type": mimetype}
    answer = http.post(f"/upload{_MESSAGES}/send", params=query, content=mail(), headers=headers)
    assert answer.status_code == status
    assert google.control.mails(ada.sub) == []


@pytest.mark.parametrize(("beyond", "status"), [(0, 200), (1, 413)])
def test_upload_is_refused_if_it_is_too_large(
    google: StandIn, http: httpx.Client, ada: Person, beyond: int, status: int
):
    head = b"To: a@example.com\r\n\r\n"
    raw = head + (b"x" * 76 + b"\r\n") * ((_LARGEST - len(head)) // 78)
    raw += b"x" * (_LARGEST + beyond - len(raw))
    headers = {"Authorization": f"Bearer {ada.token()['access_token']}", "Content-Type": "message/rfc822"}
    answer = http.post(f"/upload{_MESSAGES}/send?uploadType=media", content=raw, headers=headers)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["error"]["errors"][0]["reason"] == "uploadTooLarge"
        assert google.control.mails(ada.sub) == []
