"""Gmail as far as it is used: send, read status, mark, trash, look up an alias.

Not imitated: that a reply joins a thread only if its subject fits, limits of a mailbox, what Gmail says of files it
does not like.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from service.local.google.errors import APIError, not_found
from service.local.google.sent_mails import invalid, parse, shown
from service.local.google.state import AccessToken, Account
from service.local.google.wiring import stand_in

_LARGEST = 36_700_160
_BODY = "body"
_ID = re.compile(r"[0-9a-f]{1,32}")
# SENT and DRAFT are Gmail's alone to give and take.
_LABELS = {"INBOX", "UNREAD", "TRASH", "SPAM", "STARRED", "IMPORTANT"}
_MOST_LABELS = 100


def _send(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    mailbox = _mailbox(token, parameters)
    raw = body["media"] if "media" in body else _decoded(body.get("raw", ""))
    if not raw:
        raise invalid("'raw' RFC822 payload message string or uploading message required")
    if len(raw) > _LARGEST:
        raise APIError(413, "uploadTooLarge", "Request Entity Too Large")
    message = parse(raw)
    _put_own_from(message, stand_in().google.accounts[token.sub])
    message_id = secrets.token_hex(8)
    thread_id = body.get("threadId") or message_id
    if "threadId" in body and not any(each["threadId"] == thread_id for each in mailbox.values()):
        raise not_found()
    if "Message-ID" not in message:
        message["Message-ID"] = f"<{message_id}@mail.example.com>"
    mailbox[message_id] = {
        "id": message_id,
        "threadId": thread_id,
        "labelIds": ["SENT"],
        "snippet": "A message that was sent",
        "historyId": "2000",
        "internalDate": str(int(datetime.now(UTC).timestamp() * 1000)),
        "sizeEstimate": len(raw),
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
    }
    stand_in().google.sent[token.sub].append({"id": message_id, "threadId": thread_id, **shown(message)})
    return {"id": message_id, "threadId": thread_id, "labelIds": ["SENT"]}


def _put_own_from(message: EmailMessage, account: Account) -> None:
    """Put the account's own address where the one given is none that it may use; Gmail does so without a word."""
    given = message["From"]
    addresses = [each.addr_spec.lower() for each in given.addresses] if given else []
    own = [account.email, *(alias for alias, state in account.aliases.items() if state == "accepted")]
    if len(addresses) != 1 or addresses[0] not in own:
        del message["From"]
        message["From"] = account.email


def _decoded(text: str) -> bytes:
    """Read base64 as Google's parser does: either alphabet, with or without padding."""
    text = text.rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Invalid value for ByteString") from None


def _get_message(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _shown(_message(token, parameters), parameters)


def _get_thread(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    mailbox = _mailbox(token, parameters)
    _check_id(parameters["id"])
    found = [each for each in mailbox.values() if each["threadId"] == parameters["id"]]
    if not found:
        raise not_found()
    ordered = sorted(found, key=lambda each: int(each["internalDate"]))
    return {
        "id": parameters["id"],
        "historyId": ordered[-1]["historyId"],
        "messages": [_shown(each, parameters) for each in ordered],
    }


def _modify_thread(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    thread = _get_thread(token, parameters, {})
    changed = [_modify(token, {**parameters, "id": each["id"]}, body) for each in thread["messages"]]
    return {**thread, "messages": changed}


def _get_alias(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    _mailbox(token, parameters)
    account, address = stand_in().google.accounts[token.sub], parameters["sendAsEmail"].lower()
    if address == account.email:
        return {"sendAsEmail": address, "isPrimary": True, "isDefault": True}
    if address not in account.aliases:
        raise not_found()
    return {"sendAsEmail": address, "verificationStatus": account.aliases[address], "treatAsAlias": True}


def _modify(token: AccessToken, parameters: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    message = _message(token, parameters)
    added, removed = body.get("addLabelIds", []), body.get("removeLabelIds", [])
    if not added and not removed:
        raise invalid("No label add or removes specified")
    if max(len(added), len(removed)) > _MOST_LABELS:
        raise invalid("Too many labels")
    if unknown := [label for label in (*added, *removed) if label not in _LABELS]:
        raise invalid(f"Invalid label: {unknown[0]}")
    if set(added) & set(removed):
        raise invalid("Cannot both add and remove the same label")
    message["labelIds"] = [label for label in message["labelIds"] if label not in removed]
    message["labelIds"] += [label for label in dict.fromkeys(added) if label not in message["labelIds"]]
    return _shown(message, {"format": "minimal"})


def _trash(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _modify(token, parameters, {"addLabelIds": ["TRASH"], "removeLabelIds": ["INBOX"]})


def _untrash(token: AccessToken, parameters: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    return _modify(token, parameters, {"addLabelIds": ["INBOX"], "removeLabelIds": ["TRASH"]})


def _shown(message: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Give a message in the format asked for; even the smallest one has the snippet, as in reality."""
    body = message.get("body", _BODY).encode()
    given = {key: value for key, value in message.items() if key not in ("headers", "body")}
    wanted = parameters.get("format", "full")
    if wanted in ("metadata", "full"):
        names = {name.lower() for name in parameters.get("metadataHeaders", [])} if wanted == "metadata" else set()
        headers = [header for header in message["headers"] if not names or header["name"].lower() in names]
        given["payload"] = {"mimeType": "text/plain", "headers": headers}
        if wanted == "full":
            given["payload"]["body"] = {"size": len(body), "data": base64.urlsafe_b64encode(body).decode()}
    if wanted == "raw":
        head = "".join(f"{header['name']}: {header['value']}\r\n" for header in message["headers"])
        given["raw"] = base64.urlsafe_b64encode(head.encode() + b"\r\n" + body).decode()
    return given


def _message(token: AccessToken, parameters: dict[str, Any]) -> dict[str, Any]:
    mailbox = _mailbox(token, parameters)
    _check_id(parameters["id"])
    if parameters["id"] not in mailbox:
        raise not_found()
    return mailbox[parameters["id"]]


def _mailbox(token: AccessToken, parameters: dict[str, Any]) -> dict[str, dict[str, Any]]:
    user = parameters["userId"]
    if user not in ("me", stand_in().google.accounts[token.sub].email):
        raise APIError(403, "forbidden", f"Delegation denied for {user}", "PERMISSION_DENIED")
    return stand_in().google.messages[token.sub]


def _check_id(text: str) -> None:
    if not _ID.fullmatch(text):
        raise invalid("Invalid id value")


HANDLERS = {
    "gmail.users.messages.send": _send,
    "gmail.users.messages.get": _get_message,
    "gmail.users.messages.modify": _modify,
    "gmail.users.messages.trash": _trash,
    "gmail.users.messages.untrash": _untrash,
    "gmail.users.threads.get": _get_thread,
    "gmail.users.threads.modify": _modify_thread,
    "gmail.users.settings.sendAs.get": _get_alias,
}
