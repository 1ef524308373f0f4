"""What the service is measured against: a bare Flask route that makes the same Google call with a token in memory."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from flask import Flask

from service.adapters.event_fields import LISTED
from service.adapters.google_api import build_service, execute
from service.adapters.google_http import GoogleHTTP
from service.domain.deadlines import Deadline

app = Flask(__name__)
_http = GoogleHTTP()
_events = build_service(_http, "calendar", "v3", os.environ["CALENDAR_ENDPOINT"]).events()
_ACCESS_TOKEN = "ya29.bench"


@app.get("/v1/calendar/events")
def list_events():
    """Answers what Google answers."""
    request = _events.list(
        calendarId="primary", singleEvents=True, orderBy="startTime", eventTypes=["default"],
        timeMin=datetime.now(UTC).isoformat(), maxResults=10, fields=LISTED,
    )  # fmt: skip
    return dict(execute(request, _http, _ACCESS_TOKEN, Deadline.within(25)))


@app.get("/healthz")
def health():
    """Answers once the server serves."""
    return {}
