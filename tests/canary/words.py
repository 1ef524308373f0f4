"""The words that stand for what a person wrote: one of each kind, in a mail and in an event."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from tests.service.routes.events import draft


def _word() -> str:
    return f"canary{uuid4().hex}"


@dataclass(frozen=True)
class Words:
    """A word of each kind; no two are the same."""

    subject: str = field(default_factory=_word)
    text: str = field(default_factory=_word)
    html: str = field(default_factory=_word)
    attachment: str = field(default_factory=_word)
    file_name: str = field(default_factory=_word)
    recipient: str = field(default_factory=_word)
    event_title: str = field(default_factory=_word)
    event_description: str = field(default_factory=_word)
    event_location: str = field(default_factory=_word)
    attendee: str = field(default_factory=_word)

    def by_kind(self) -> dict[str, list[str]]:
        """The words, each under what it stands for."""
        return {kind: [word] for kind, word in asdict(self).items()}

    def mail(self) -> dict[str, Any]:
        """A mail that holds its words wherever a mail can hold some."""
        content = base64.b64encode(f"a file about {self.attachment} and nothing else".encode()).decode()
        return {
            "to": [f"{self.recipient}@example.com"],
            "cc": [{"address": f"{self.recipient}@example.org", "name": self.recipient}],
            "subject": f"About {self.subject}",
            "text": f"Dear {self.text}",
            "html": f"<p>{self.html}</p>",
            "attachments": [
                {"filename": f"{self.file_name}.txt", "content_type": "text/plain", "content": content},
            ],
        }

    def event(self, **changes: Any) -> dict[str, Any]:
        """An event that does."""
        return draft(
            title=f"About {self.event_title}",
            description=f"Dear {self.event_description}",
            location=f"at {self.event_location}",
            attendees=[{"email": f"{self.attendee}@example.com", "name": self.attendee}],
            **changes,
        )
