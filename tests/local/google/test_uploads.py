"""Uploads of a message: whole, or in two parts of which the first names its thread."""

from __future__ import annotations

import httpx
import pytest

from tests.local.google.person import Person, StandIn
from tests.local.google.test_gmail_sending import mail

_UPLOAD = "/upload/gmail/v1/users/me/messages/send"


def parts(metadata: bytes, message: bytes, *, kind: bytes = b"message/rfc822", encoding: bytes = b"") -> bytes:
    """A body in two parts under the boundary b."""
    return (
        b"--b\r\nContent-Type: application/json\r\n\r\n" + metadata + b"\r\n--b\r\nContent-Type: " + kind
        + b"\r\n" + encoding + b"\r\n" + message + b"\r\n--b--\r\n"
    )  # fmt: skip


def upload(http: httpx.Client, ada: Person, body: bytes, content_type: str = "multipart/related; boundary=b"):
    headers = {"Authorization": f"Bearer {ada.token()['access_token']}", "Content-Type": content_type}
    return http.post(f"{_UPLOAD}?uploadType=multipart", content=body, headers=headers)


def test_message_is_sent_in_the_thread_that_the_first_part_names(google: StandIn, ada: Person, http: httpx.Client):
    thread_id = google.control.messages(ada.sub)[0]["threadId"]
    answer = upload(http, ada, parts(f'{{"threadId": "{thread_id}"}}'.encode(), mail()))
    assert answer.json()["threadId"] == thread_id
    (kept,) = google.control.mails(ada.sub)
    assert (kept["headers"]["subject"], kept["text"].strip()) == ("Größe", "At ten?")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (parts(b"{", mail()), "multipart/related; boundary=b"),
        (parts(b'{"unknown": 1}', mail()), "multipart/related; boundary=b"),
        (parts(b"{}", mail(), kind=b"text/plain"), "multipart/related; boundary=b"),
        (parts(b"{}", mail(), encoding=b"Content-Transfer-Encoding: base64\r\n"), "multipart/related; boundary=b"),
        (parts(b"{}", mail()), "multipart/related; boundary=other"),
        (parts(b"{}", mail()), "multipart/related"),
        (parts(b"{}", mail()), "multipart/mixed; boundary=b"),
        (parts(b"{}", mail())[:-8], "multipart/related; boundary=b"),
    ],
)
def test_upload_is_refused_if_it_is_malformed(
    google: StandIn, ada: Person, http: httpx.Client, body: bytes, content_type: str
):
    assert upload(http, ada, body, content_type).status_code == 400
    assert google.control.mails(ada.sub) == []
