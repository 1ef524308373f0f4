"""A mail as the user wrote it, and the form in which it is sent (RFC 5322 and MIME)."""

import hashlib
import json
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from uuid import UUID

from service.domain.google_values import ReplyHeaders

# Gmail takes 36,700,160 bytes; most mailboxes that the mail is for take no more than this.
LARGEST_MESSAGE = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to; the address is ASCII."""

    address: str = field(repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; with a content id it is a picture that the HTML shows as cid:content_id."""

    filename: str | None = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """In memory only as long as the request. There is a recipient, and text or HTML; checked where it came in.

    `workspace_id` is where the recipients are looked up among contacts; it is not part of what is sent.
    """

    to: tuple[Recipient, ...] = field(repr=False)
    cc: tuple[Recipient, ...] = field(repr=False)
    bcc: tuple[Recipient, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str | None = field(repr=False)
    html: str | None = field(repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    inline_images: tuple[Attachment, ...] = field(default=(), repr=False)
    from_address: str | None = field(default=None, repr=False)
    thread_id: str | None = None
    workspace_id: UUID | None = None

    def as_bytes(self, reply: ReplyHeaders | None = None) -> bytes:
        """Build the message. Gmail sets Date and Message-ID, and From where none is given; it takes Bcc out."""
        message = EmailMessage(policy=_POLICY)
        if self.from_address is not None:
            message["From"] = self.from_address
        for name, recipients in (("To", self.to), ("Cc", self.cc), ("Bcc", self.bcc)):
            if recipients:
                message[name] = [Address(each.name or "", addr_spec=each.address) for each in recipients]
        message["Subject"] = self.subject
        if reply is not None and reply.message_id is not None:
            message["In-Reply-To"] = reply.message_id
            message["References"] = " ".join(dict.fromkeys((*reply.references, reply.message_id)))
        self._add_bodies(message)
        for each in self.attachments:
            maintype, _, subtype = each.content_type.partition("/")
            message.add_attachment(each.content, maintype=maintype, subtype=subtype, filename=each.filename)
        return message.as_bytes()

    def _add_bodies(self, message: EmailMessage) -> None:
        html_part = message
        if self.text is not None:
            message.set_content(self.text)
        if self.html is not None and self.text is not None:
            message.add_alternative(self.html, subtype="html")
            html_part = message.get_payload()[-1]  # type: ignore[index]
        elif self.html is not None:
            message.set_content(self.html, subtype="html")
        for each in self.inline_images:
            maintype, _, subtype = each.content_type.partition("/")
            html_part.add_related(  # type: ignore[union-attr]
                each.content,
                maintype=maintype,
                subtype=subtype,
                cid=f"<{each.content_id}>",
                disposition="inline",
                filename=each.filename,
            )

    def canonical(self) -> bytes:
        """Give the same bytes for the same request, to hash."""
        recipients = [[[each.address, each.name] for each in field] for field in (self.to, self.cc, self.bcc)]
        files = [
            [each.filename, each.content_type, each.content_id, hashlib.sha256(each.content).hexdigest()]
            for each in (*self.attachments, *self.inline_images)
        ]
        parts = [recipients, self.subject, self.text, self.html, files, self.from_address, self.thread_id]
        if self.workspace_id is not None:
            parts.append(str(self.workspace_id))
        return json.dumps(["gmail message", *parts], ensure_ascii=False).encode()


class _Policy(EmailPolicy):
    """Folds lists of message ids between ids: the library would write a long id as encoded words and so end it."""

    def fold(self, name: str, value: str) -> str:
        return _folded_ids(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        ids = _folded_ids(name, value)
        return ids.encode("ascii") if ids else super().fold_binary(name, value)


def _folded_ids(name: str, value: str) -> str | None:
    if name.lower() not in ("references", "in-reply-to"):
        return None
    return f"{name}: " + "\r\n ".join(value.split()) + "\r\n"


_POLICY = _Policy(linesep=SMTP.linesep)
