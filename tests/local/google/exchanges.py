"""The token endpoint without a library, for what the libraries would not send."""

from __future__ import annotations

from typing import Any

import httpx

from tests.local.google.person import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, StandIn

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def exchange(http: httpx.Client, authorization_code: str, verifier: str | None, **changes: Any) -> httpx.Response:
    """Exchange a code without a library, with form credentials."""
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code_verifier": verifier}
    given = {**form, "code": authorization_code, **CREDENTIALS, **changes}
    return http.post("/token", data={name: value for name, value in given.items() if value is not None})


def refresh(http: httpx.Client, token: str, **changes: str) -> httpx.Response:
    """Refresh without a library."""
    return http.post("/token", data={"grant_type": "refresh_token", "refresh_token": token, **CREDENTIALS, **changes})


def assert_error(answer: httpx.Response, status: int, error: str) -> str:
    """Check a refusal; gives its description."""
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    return answer.json()["error_description"]


def works(google: StandIn, access_token: str) -> bool:
    """Whether an access token opens something."""
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = google.http.get("/calendar/v3/calendars/primary/events", headers=headers)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200
