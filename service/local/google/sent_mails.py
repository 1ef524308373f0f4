"""What Gmail looks at in a message before it takes it, and what the control interface shows of it afterwards."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from service.local.google.errors import APIError

_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n|\x00")


def parse(raw: bytes) -> EmailMessage:
    """Read a message.

    Raises:
        APIError: its header is not one of RFC 5322, it has no recipient, or an address that Gmail does not take.
    """
    head = raw.partition(b"\r\n\r\n")[0]
    if _BARE_LINE_END.search(head) or not head.isascii():
        raise invalid("Invalid header")
    message = cast(EmailMessage, message_from_bytes(raw, policy=SMTP))
    found = False
    for name in ("To", "Cc", "Bcc"):
        for header in message.get_all(name, []):
            if any("@" not in each.addr_spec or not each.addr_spec.isascii() for each in header.addresses):
                raise invalid(f"Invalid {name} header")
            found = found or bool(header.addresses)
    if not found:
        raise invalid("Recipient address required")
    return message


def shown(message: EmailMessage) -> dict[str, Any]:
    """Describe a message for the control interface.

    Returns:
        headers by lower-case name, text and html, attachments by name, the recipients of the envelope, `parts` (each
        leaf with type, disposition, file name, content id, size and SHA-256 of its content), and `structure`: a type
        for a leaf, a list of a type and its parts for a multipart.
    """
    return {
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "text": _text(message, "plain") or _text(message, "html") or "",
        "html": _text(message, "html"),
        "attachments": [part.get_filename() for part in message.iter_attachments()],
        "envelope_to": [
            each.addr_spec
            for name in ("To", "Cc", "Bcc")
            for header in message.get_all(name, [])
            for each in header.addresses
        ],
        "parts": [_leaf(cast(EmailMessage, part)) for part in message.walk() if not part.is_multipart()],
        "structure": _structure(message),
    }


def invalid(message: str) -> APIError:
    """What Gmail answers for what it cannot read."""
    return APIError(400, "invalidArgument", message)


def _text(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))  # type: ignore[arg-type]
    if part is None:
        return None if kind == "html" else ""
    try:
        return part.get_content()
    except (LookupError, ValueError):
        return ""  # A character set that nobody knows; Gmail takes such a message.


def _leaf(part: EmailMessage) -> dict[str, Any]:
    content = cast(bytes, part.get_payload(decode=True) or b"")
    return {
        "content_type": part.get_content_type(),
        "disposition": part.get_content_disposition(),
        "filename": part.get_filename(),
        "content_id": part["Content-ID"],
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _structure(part: EmailMessage) -> Any:
    inner = [_structure(cast(EmailMessage, each)) for each in part.iter_parts()]
    return [part.get_content_type(), *inner] if inner else part.get_content_type()
