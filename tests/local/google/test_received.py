"""What was received shows names and no values, and the process writes neither."""

from __future__ import annotations

import base64
import json
import socket

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request

from tests.local.google.person import CLIENT_ID, CLIENT_SECRET, Person, StandIn, credentials_of

_EVENTS = "/calendar/v3/calendars/primary/events"
_SEND = "/gmail/v1/users/me/messages/send"
_RAW = {"raw": base64.urlsafe_b64encode(b"To: grace@example.com\r\n\r\nx").decode()}


def test_nothing_received_or_written_holds_a_secret(google: StandIn, ada: Person):
    flow = ada.flow()
    _, state = flow.authorization_url(nonce="a-nonce-of-the-test")
    code = ada.decide(flow, state=state, nonce="a-nonce-of-the-test")["code"]
    token = flow.fetch_token(code=code)
    credentials = credentials_of(google, dict(token))
    with AuthorizedSession(credentials) as session:
        session.post(f"{google.url}{_SEND}", json=_RAW, headers={"Idempotency-Key": "key-of-the-test"}, timeout=10)
        session.get(f"{google.url}{_EVENTS}", params={"q": "word-of-the-test"}, timeout=10)
        google.control.add_fault("drop_after", "/gmail")
        with pytest.raises(requests.ConnectionError):
            session.post(f"{google.url}{_SEND}?fields=id", json=_RAW, timeout=10)
    credentials.refresh(Request())
    _send_bytes(google, f"GET /o/oauth2/v2/auth?code={code} and more HTTP/1.1\r\n\r\n".encode())
    _send_bytes(google, f"GET /o/oauth2/v2/auth?code={code}\r\n\r\n".encode())
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    google.http.post(f"/revoke?{token['access_token']}", content=token["refresh_token"], headers=form)
    google.http.post("/revoke", data={"token": token["refresh_token"]})
    secrets = [
        *ada.held, code, state, flow.code_verifier, "a-nonce-of-the-test", token["access_token"],
        token["refresh_token"], token["id_token"], credentials.token, CLIENT_SECRET, CLIENT_ID, _RAW["raw"],
        "word-of-the-test", "key-of-the-test", "grace@example.com",
    ]  # fmt: skip
    received = google.control.received()
    assert {"method", "path", "query", "asked", "form", "headers"} == set(received[0])
    (exchange, *_) = google.control.received("/token")
    assert exchange["form"] == ["code", "code_verifier", "grant_type", "redirect_uri"]
    assert exchange["headers"] == ["Authorization"]
    assert ["Authorization", "Idempotency-Key"] in [each["headers"] for each in google.control.received("/gmail")]
    log = google.log_path.read_text()
    for secret in secrets:
        assert secret is not None
        assert secret not in json.dumps(received)
        assert secret not in log
    assert "?" not in log
    assert "_control" not in json.dumps(received)


def _send_bytes(google: StandIn, request: bytes) -> None:
    """Send what no client would, and read until the server closes the connection."""
    address = google.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=10) as connection:
        connection.sendall(request)
        while connection.recv(4096):
            pass
