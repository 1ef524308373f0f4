"""What the tests of events share: drafts, and what lies at Google."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from tests.service.routes.actors import Actor

PATH = "/v1/calendar/events"
START = {"date_time": "2026-12-01T10:00:00", "time_zone": "America/Winnipeg"}
END = {"date_time": "2026-12-01T11:00:00", "time_zone": "America/Winnipeg"}
DAY, NEXT_DAY = {"date": "2026-12-01"}, {"date": "2026-12-02"}


def draft(**changes: Any) -> dict[str, Any]:
    """A timed event with an id of its own; a change to ... leaves the field out."""
    body = {
        "id": uuid4().hex,
        "title": "Kick-off",
        "start": START,
        "end": END,
        "send_updates": "none",
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def create(actor: Actor, body: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
    """Create an event."""
    return actor.call("POST", PATH, json=body or draft(), **options)


def change(actor: Actor, event_id: str, *, if_match: str | None = None, **changes: Any) -> httpx.Response:
    """Change an event."""
    headers = {} if if_match is None else {"If-Match": if_match}
    return actor.call("PATCH", f"{PATH}/{event_id}", json={"send_updates": "none"} | changes, headers=headers)


def read(actor: Actor, event_id: str, **query: str) -> httpx.Response:
    """Read an event."""
    return actor.call("GET", f"{PATH}/{event_id}", params=query)
