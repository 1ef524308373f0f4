"""A plain mail as the user wrote it, and the form in which it is sent (RFC 5322)."""

import json
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP


@dataclass(frozen=True, slots=True)
class PlainMessage:
    """Recipients, subject and text; in memory only as long as the request."""

    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)

    def as_bytes(self) -> bytes:
        """Build the message. Gmail sets From, Date and Message-ID of the account that sends."""
        message = EmailMessage(policy=SMTP)
        message["To"] = ", ".join(self.to)
        message["Subject"] = self.subject
        message.set_content(self.text)
        return message.as_bytes()

    def canonical(self) -> bytes:
        """Give the same bytes for the same request, to hash."""
        return json.dumps([list(self.to), self.subject, self.text], ensure_ascii=False).encode()
