"""Faults of the token endpoint as clients meet them: refusals, rotated refresh tokens, a call that is unauthorized."""

from __future__ import annotations

import base64

import httpx
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request

from tests.local.google.person import Person, StandIn, credentials_of
from tests.local.google.refusals import refused

_SEND = "/gmail/v1/users/me/messages/send"
_RAW = {"raw": base64.urlsafe_b64encode(b"To: grace@example.com\r\n\r\nx").decode()}


@pytest.mark.parametrize(
    ("reason", "error", "subtype"),
    [
        ("invalid_grant", "invalid_grant", None),
        ("deleted_client", "deleted_client", None),
        ("invalid_client", "invalid_client", None),
        ("invalid_rapt", "invalid_grant", "invalid_rapt"),
    ],
)
def test_token_endpoint_refuses_with_the_error_of_the_fault(
    google: StandIn, http: httpx.Client, reason: str, error: str, subtype: str | None
):
    google.control.add_fault("oauth_error", "/token", reason=reason)
    answer = http.post("/token")
    assert answer.status_code == (401 if reason == "invalid_client" else 400)
    assert (answer.json()["error"], answer.json().get("error_subtype")) == (error, subtype)


def test_credentials_fail_for_good_if_google_wants_the_user_again(google: StandIn, ada: Person):
    credentials = ada.credentials()
    google.control.add_fault("oauth_error", "/token", reason="invalid_rapt")
    with pytest.raises(RefreshError, match="Reauthentication"):
        credentials.refresh(Request())


def test_credentials_take_the_new_refresh_token_if_google_rotates_it(google: StandIn, ada: Person):
    token = ada.token()
    credentials = credentials_of(google, token)
    google.control.add_fault("rotate_refresh_token", "/token")
    credentials.refresh(Request())
    assert credentials.refresh_token != token["refresh_token"]
    assert google.control.grants(ada.sub)[0]["refresh_tokens"] == 1
    credentials.refresh(Request())
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials_of(google, token).refresh(Request())


def test_client_library_raises_with_the_reason_if_there_are_too_many_calls(google: StandIn, ada: Person):
    events = ada.calendar().events()
    google.control.add_fault("too_many", "/calendar")
    assert refused(events.list(calendarId="primary")) == (429, "rateLimitExceeded")


def test_session_refreshes_once_if_a_call_is_unauthorized(google: StandIn, ada: Person):
    with ada.session() as session:
        google.control.add_fault("unauthorized", "/gmail")
        assert session.post(f"{google.url}{_SEND}", json=_RAW, timeout=10).status_code == 200
    paths = [each["path"] for each in google.control.received()]
    assert paths[-3:] == [_SEND, "/token", _SEND]
    assert len(google.control.mails(ada.sub)) == 1
