"""What a new account's mailbox and calendar hold."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any


def sample_messages(email: str) -> dict[str, dict[str, Any]]:
    """Three messages in two threads."""
    messages = {}
    thread = secrets.token_hex(8)
    for number, (thread_id, subject) in enumerate(((thread, "Offer"), (thread, "Re: Offer"), (None, "Hello"))):
        message_id = secrets.token_hex(8)
        messages[message_id] = {
            "id": message_id,
            "threadId": thread_id or message_id,
            "labelIds": ["INBOX", "UNREAD"],
            "snippet": f"What {subject} says, which nobody here may read",
            "historyId": str(1000 + number),
            "internalDate": str(int(datetime.now(UTC).timestamp() * 1000) - number * 60_000),
            "sizeEstimate": 2048,
            "headers": [
                {"name": "From", "value": "sender@example.com"},
                {"name": "To", "value": email},
                {"name": "Subject", "value": subject},
                {"name": "Message-ID", "value": f"<{message_id}@mail.example.com>"},
                {"name": "References", "value": "<first@mail.example.com>"},
            ],
        }
    return messages


def sample_events(email: str) -> dict[str, dict[str, Any]]:
    """A meeting tomorrow, an all-day event and a weekly one."""
    tomorrow = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=1)
    day_after = (tomorrow + timedelta(days=1)).date()
    drafts: list[dict[str, Any]] = [
        {
            "summary": "Meeting with Grace",
            "location": "Main Street 1",
            "start": {"dateTime": tomorrow.isoformat(), "timeZone": "UTC"},
            "end": {"dateTime": (tomorrow + timedelta(hours=1)).isoformat(), "timeZone": "UTC"},
            "attendees": [{"email": "grace@example.com", "responseStatus": "needsAction"}],
        },
        {
            "summary": "Trade fair",
            "start": {"date": day_after.isoformat()},
            "end": {"date": (day_after + timedelta(days=1)).isoformat()},
        },
        {
            "summary": "Weekly review",
            "start": {"dateTime": (tomorrow + timedelta(days=2)).isoformat(), "timeZone": "UTC"},
            "end": {"dateTime": (tomorrow + timedelta(days=2, minutes=30)).isoformat(), "timeZone": "UTC"},
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"],
        },
    ]
    return {event["id"]: event for event in (finished_event(draft, email) for draft in drafts)}


def finished_event(draft: dict[str, Any], email: str) -> dict[str, Any]:
    """Add what Google adds to an event."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event_id = draft.get("id") or secrets.token_hex(13)
    guests = [{"responseStatus": "needsAction", **each} for each in draft.get("attendees", [])]
    return {
        "kind": "calendar#event",
        "status": "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={event_id}",
        "created": now,
        "creator": {"email": email, "self": True},
        "organizer": {"email": email, "self": True},
        "iCalUID": f"{event_id}@google.com",
        "sequence": 0,
        "eventType": "default",
        **draft,
        **({"attendees": guests} if guests else {}),
        "id": event_id,
        "updated": now,
        "etag": f'"{secrets.token_hex(8)}"',
    }
