"""Sending, reading, marking and trashing mail."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from tests.local.google.person import Person, StandIn

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


def refused(request: Any) -> tuple[int, str, str]:
    """Status, reason and message of a refusal."""
    with pytest.raises(HttpError) as error:
        request.execute()
    (found,) = error.value.error_details
    return error.value.status_code, found["reason"], found["message"]


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
    assert refused(users.messages().send(userId="me", body=body)) == (400, "invalidArgument", message)
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
    assert refused(request)[:2] == (404, "notFound")
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
    assert refused(users.messages().modify(userId="me", id=first["id"], body=body))[:2] == (400, "invalidArgument")
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
