"""The Gmail API: sending with one POST that nothing below repeats, and the status of messages by their labels alone."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from service.adapters.google_api import build_service, execute, fault_of, noted, read_answer, read_object
from service.adapters.google_http import GoogleHTTP
from service.adapters.google_measurements import measured
from service.domain.deadlines import Deadline
from service.domain.google_faults import GoogleFault
from service.domain.google_values import MessageStatus, ReplyHeaders, SentMessage, ThreadStatus
from service.domain.message_ids import message_ids

_OK = 200
_SEND = "gmail/v1/users/me/messages/send?fields=id,threadId"
# Above this Google asks for an upload instead of base64 within JSON.
_LARGEST_RAW = 5 * 1024 * 1024
# Ids, labels and dates; format=minimal alone would bring the beginning of the text with it.
_STATUS = "id,threadId,labelIds,internalDate"
_ACCEPTED = "accepted"


class GmailClient:
    """Fulfils service.domain.ports.Gmail. Every method is one request and raises GoogleFault."""

    def __init__(self, http: GoogleHTTP, *, endpoint: str) -> None:
        self._http = http
        self._base = endpoint.rstrip("/")
        users = build_service(http, "gmail", "v1", endpoint).users()
        self._messages, self._threads, self._aliases = users.messages(), users.threads(), users.settings().sendAs()

    def send(self, access_token: str, deadline: Deadline, *, message: bytes, thread_id: str | None) -> SentMessage:
        """Send one RFC 5322 message, as a message of this thread if one is named.

        Not through googleapiclient: its uploads do not follow a configured endpoint.
        """
        metadata = {} if thread_id is None else {"threadId": thread_id}
        if len(message) <= _LARGEST_RAW:
            url = f"{self._base}/{_SEND}"
            content_type = "application/json"
            body = json.dumps({"raw": base64.urlsafe_b64encode(message).decode(), **metadata}).encode()
        else:
            url = f"{self._base}/upload/{_SEND}&uploadType=multipart"
            content_type, body = _related(metadata, message)
        with measured("gmail.users.messages.send") as measurement:
            try:
                answer = self._http.send(access_token, deadline, url, body=body, headers={"Content-Type": content_type})
            except GoogleFault as fault:
                raise noted(fault) from None
            if answer.status != _OK:
                raise fault_of(answer.status, answer.content, answer.headers)
            ids = read_object(answer.content)
            measurement.outcome = "answered"
        return read_answer(lambda: SentMessage(message_id=_text(ids["id"]), thread_id=_text(ids["threadId"])))

    def reply_headers(self, access_token: str, deadline: Deadline, *, thread_id: str) -> ReplyHeaders:
        """Read Message-ID and References of the thread's last message that is no draft, and no other header."""
        request = self._threads.get(
            userId="me",
            id=thread_id,
            format="metadata",
            metadataHeaders=["Message-ID", "References"],
            fields="id,messages(labelIds,payload/headers)",
        )
        thread = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: _reply_headers(thread))

    def is_alias(self, access_token: str, deadline: Deadline, *, address: str) -> bool:
        """Whether Gmail lets the account send as this address; an unknown one is a GoogleFault with status 404."""
        request = self._aliases.get(userId="me", sendAsEmail=address, fields="isPrimary,verificationStatus")
        alias = execute(request, self._http, access_token, deadline)
        return bool(alias.get("isPrimary")) or alias.get("verificationStatus") == _ACCEPTED

    def thread_status(self, access_token: str, deadline: Deadline, *, thread_id: str) -> ThreadStatus:
        """Read the labels and dates of a thread's messages."""
        request = self._threads.get(userId="me", id=thread_id, format="minimal", fields=f"id,messages({_STATUS})")
        thread = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: _thread(thread))

    def change_thread(
        self, access_token: str, deadline: Deadline, *, thread_id: str, added: Iterable[str], removed: Iterable[str]
    ) -> ThreadStatus:
        """Add and remove labels on every message of a thread."""
        request = self._threads.modify(
            userId="me", id=thread_id, body=_labels(added, removed), fields=f"id,messages({_STATUS})"
        )
        thread = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: _thread(thread))

    def change_message(
        self, access_token: str, deadline: Deadline, *, message_id: str, added: Iterable[str], removed: Iterable[str]
    ) -> MessageStatus:
        """Add and remove labels on one message."""
        request = self._messages.modify(userId="me", id=message_id, body=_labels(added, removed), fields=_STATUS)
        message = execute(request, self._http, access_token, deadline)
        return read_answer(lambda: _status(message))


def _related(metadata: Mapping[str, str], message: bytes) -> tuple[str, bytes]:
    """Build the body of an upload in two parts: what the message belongs to, and the message (RFC 2387)."""
    # A message of ours holds no line that begins with such a boundary but by a chance of one in 2^122.
    boundary = f"cxtrack-{uuid4().hex}"
    head = (
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{json.dumps(metadata)}\r\n"
        f"--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return (
        f'multipart/related; boundary="{boundary}"',
        b"".join((head.encode(), message, f"\r\n--{boundary}--\r\n".encode())),
    )


def _labels(added: Iterable[str], removed: Iterable[str]) -> dict[str, list[str]]:
    return {"addLabelIds": list(added), "removeLabelIds": list(removed)}


def _reply_headers(thread: Mapping[str, Any]) -> ReplyHeaders:
    sent = [each for each in thread["messages"] if "DRAFT" not in each.get("labelIds", [])]
    headers = sent[-1].get("payload", {}).get("headers", []) if sent else []
    found = {each["name"].lower(): message_ids(each["value"]) for each in headers}
    own = found.get("message-id", ())
    return ReplyHeaders(message_id=own[0] if own else None, references=found.get("references", ()))


def _thread(answer: Mapping[str, Any]) -> ThreadStatus:
    return ThreadStatus(id=_text(answer["id"]), messages=tuple(_status(each) for each in answer.get("messages", [])))


def _status(message: Mapping[str, Any]) -> MessageStatus:
    labels, moment = message.get("labelIds", []), message.get("internalDate")
    return MessageStatus(
        id=_text(message["id"]),
        thread_id=_text(message["threadId"]),
        is_read="UNREAD" not in labels,
        is_trashed="TRASH" in labels,
        is_sent="SENT" in labels,
        # Milliseconds since 1970 as text.
        date=datetime.fromtimestamp(int(moment) / 1000, UTC) if moment else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("an id is text")
    return value
