"""Gmail as far as it is used: send, read status, mark, trash."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from service.local.google.errors import APIError, not_found
from service.local.google.state import AccessToken
from service.local.google.wiring import stand_in

_LARGEST = 36_700_160
_ID = re.compile(r"[0-9a-f]{1,32}")
_SYSTEM_LABELS = {"INBOX", "UNREAD", "TRASH", "SPAM", "STARRED", "IMPORTANT", "SENT", "DRAFT"}


def _send(token: AccessToken, _parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    raw = body.get("media")
    if raw is None:
        try:
            raw = base64.b64decode(body.get("raw", ""), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise APIError(400, "invalidArgument", "Invalid value for ByteString") from None
    if not raw:
        raise APIError(400, "invalidArgument", "'raw' RFC822 payload message string or uploading message required")
    if len(raw) > _LARGEST:
        raise APIError(413, "uploadTooLarge", "Request Entity Too Large")
    message = cast(EmailMessage, message_from_bytes(raw, policy=SMTP))
    recipients = [
        address for name in ("to", "cc", "bcc") for header in message.get_all(name, []) for address in header.addresses
    ]
    if not recipients or any("@" not in address.addr_spec for address in recipients):
        raise APIError(400, "invalidArgument", "Recipient address required")
    message_id = secrets.token_hex(8)
    thread_id = body.get("threadId") or message_id
    if "threadId" in body and not any(each["threadId"] == thread_id for each in _mailbox(token).values()):
        raise not_found()
    _mailbox(token)[message_id] = {
        "id": message_id,
        "threadId": thread_id,
        "labelIds": ["SENT"],
        "snippet": "A message that was sent",
        "historyId": "2000",
        "internalDate": str(int(datetime.now(UTC).timestamp() * 1000)),
        "sizeEstimate": len(raw),
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
    }
    text = message.get_body(preferencelist=("plain", "html"))
    stand_in().google.sent[token.sub].append(
        {
            "id": message_id,
            "threadId": thread_id,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": text.get_content() if text is not None else "",
            "attachments": [part.get_filename() for part in message.iter_attachments()],
        }
    )
    return {"id": message_id, "threadId": thread_id, "labelIds": ["SENT"]}


def _get_message(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _shown(_message(token, parameters["id"]), parameters)


def _get_thread(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    found = [each for each in _mailbox(token).values() if each["threadId"] == parameters["id"]]
    if not found:
        raise not_found()
    ordered = sorted(found, key=lambda each: int(each["internalDate"]))
    return {
        "id": parameters["id"],
        "historyId": ordered[-1]["historyId"],
        "messages": [_shown(each, parameters) for each in ordered],
    }


def _modify(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    message = _message(token, parameters["id"])
    added, removed = body.get("addLabelIds", []), body.get("removeLabelIds", [])
    if unknown := [label for label in (*added, *removed) if label not in _SYSTEM_LABELS]:
        raise APIError(400, "invalidArgument", f"Invalid label: {unknown[0]}")
    message["labelIds"] = [label for label in message["labelIds"] if label not in removed]
    message["labelIds"] += [label for label in added if label not in message["labelIds"]]
    return _shown(message, {"format": "minimal"})


def _trash(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _modify(token, parameters, {"addLabelIds": ["TRASH"], "removeLabelIds": ["INBOX"]})


def _untrash(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _modify(token, parameters, {"addLabelIds": ["INBOX"], "removeLabelIds": ["TRASH"]})


def _shown(message: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Give a message in the format asked for; even the smallest one has the snippet, as in reality."""
    shown = {key: value for key, value in message.items() if key != "headers"}
    wanted = parameters.get("format", "full")
    if wanted in ("metadata", "full"):
        names = {name.lower() for name in parameters.get("metadataHeaders", [])} if wanted == "metadata" else set()
        headers = [header for header in message["headers"] if not names or header["name"].lower() in names]
        shown["payload"] = {"mimeType": "text/plain", "headers": headers}
        if wanted == "full":
            shown["payload"]["body"] = {"size": 4, "data": base64.urlsafe_b64encode(b"body").decode()}
    return shown


def _message(token: AccessToken, message_id: str) -> dict[str, Any]:
    if not _ID.fullmatch(message_id):
        raise APIError(400, "invalidArgument", "Invalid id value")
    try:
        return _mailbox(token)[message_id]
    except KeyError:
        raise not_found() from None


def _mailbox(token: AccessToken) -> dict[str, dict[str, Any]]:
    return stand_in().google.messages[token.sub]


HANDLERS = {
    "gmail.users.messages.send": _send,
    "gmail.users.messages.get": _get_message,
    "gmail.users.messages.modify": _modify,
    "gmail.users.messages.trash": _trash,
    "gmail.users.messages.untrash": _untrash,
    "gmail.users.threads.get": _get_thread,
}
