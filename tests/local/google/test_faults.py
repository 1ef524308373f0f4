"""Faults do what they say, as often and where they say."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
import requests

from tests.local.google.person import Person, StandIn

_EVENTS = "/calendar/v3/calendars/primary/events"
_SEND = "/gmail/v1/users/me/messages/send"
_RAW = {"raw": base64.urlsafe_b64encode(b"To: grace@example.com\r\n\r\nx").decode()}


@pytest.fixture
def headers(ada: Person) -> dict[str, str]:
    """An access token of Ada's for everything."""
    return {"Authorization": f"Bearer {ada.token()['access_token']}"}


@pytest.mark.parametrize(
    ("kind", "more", "status", "reason"),
    [
        ("status_500", {}, 500, "backendError"),
        ("status_502", {}, 502, "backendError"),
        ("status_503", {}, 503, "backendError"),
        ("status_504", {}, 504, "backendError"),
        ("bad_request", {"reason": "failedPrecondition"}, 400, "failedPrecondition"),
        ("not_found", {}, 404, "notFound"),
        ("conflict", {}, 409, "duplicate"),
        ("gone", {}, 410, "deleted"),
        ("precondition", {}, 412, "conditionNotMet"),
        ("unauthorized", {}, 401, "authError"),
        ("too_many", {}, 429, "rateLimitExceeded"),
        ("too_many", {"reason": "userRateLimitExceeded"}, 429, "userRateLimitExceeded"),
        ("forbidden", {"reason": "domainPolicy"}, 403, "domainPolicy"),
    ],
)
def test_call_is_answered_with_the_fault_and_does_not_act(
    google: StandIn, http: httpx.Client, ada: Person, headers: dict[str, str], kind: str, more: Any, status: int,
    reason: str,
):  # fmt: skip
    google.control.add_fault(kind, "/gmail", **more)
    answer = http.post(_SEND, json=_RAW, headers=headers)
    assert answer.status_code == answer.json()["error"]["code"] == status
    assert answer.json()["error"]["errors"][0]["reason"] == reason
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert google.control.mails(ada.sub) == []
    assert http.post(_SEND, json=_RAW, headers=headers).status_code == 200
    assert len(google.control.mails(ada.sub)) == 1


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "text"),
    [
        ("html", 500, "text/html", "<html>"),
        ("empty", 200, "application/json", ""),
        ("other_json", 200, "application/json", '{"unexpected": true}'),
    ],
)
@pytest.mark.parametrize("path", ["/token", "/revoke", "/oauth2/v3/certs", _SEND])
def test_answer_has_another_form_if_that_fault_is_on(
    google: StandIn, http: httpx.Client, headers: dict[str, str], kind: str, status: int, content_type: str,
    text: str, path: str,
):  # fmt: skip
    google.control.add_fault(kind, path)
    method = "GET" if path.endswith("certs") else "POST"
    answer = http.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, content_type)
    assert answer.text.startswith(text)
    assert bool(answer.text) == bool(text)


@pytest.mark.parametrize(("kind", "sent"), [("drop_before", 0), ("drop_after", 1)])
def test_connection_drops_before_or_after_the_mail_is_sent(google: StandIn, ada: Person, kind: str, sent: int):
    with ada.session() as session:
        google.control.add_fault(kind, "/gmail")
        with pytest.raises(requests.ConnectionError):
            session.post(f"{google.url}{_SEND}", json=_RAW, timeout=10)
        assert len(google.control.mails(ada.sub)) == sent
        assert len(google.control.received("/gmail")) == 1


def test_client_library_sends_twice_by_itself_if_the_answer_is_lost(google: StandIn, ada: Person):
    # This is why mail must not be sent through it.
    users = ada.gmail()
    google.control.add_fault("drop_after", "/gmail")
    users.messages().send(userId="me", body=_RAW).execute(num_retries=0)
    assert len(google.control.mails(ada.sub)) == 2


@pytest.mark.parametrize(("kind", "lives"), [("drop_before", True), ("drop_after", False)])
def test_connection_drops_before_or_after_the_grant_is_revoked(
    google: StandIn, http: httpx.Client, ada: Person, kind: str, lives: bool
):
    token = ada.token()["refresh_token"]
    google.control.add_fault(kind, "/revoke")
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/revoke", data={"token": token})
    assert bool(google.control.grants(ada.sub)) == lives


@pytest.mark.parametrize(("kind", "lives"), [("drop_before", True), ("drop_after", False)])
def test_connection_drops_before_or_after_the_code_is_spent(google: StandIn, ada: Person, kind: str, lives: bool):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    google.control.add_fault(kind, "/token")
    with pytest.raises(requests.ConnectionError):
        flow.fetch_token(code=code)
    assert bool(google.control.grants(ada.sub)) == (not lives)


def test_latency_waits_and_then_goes_on_to_the_next_fault(google: StandIn, http: httpx.Client, headers: dict[str, str]):
    google.control.add_fault("latency", "/calendar", seconds=0.3, times=2)
    google.control.add_fault("status_503", "/calendar")
    for status in (503, 200):
        began = time.monotonic()
        assert http.get(_EVENTS, headers=headers).status_code == status
        assert time.monotonic() - began >= 0.3


def test_fault_counts_down_and_is_of_its_path_and_method_only(
    google: StandIn, http: httpx.Client, headers: dict[str, str]
):
    google.control.add_fault("status_500", "/calendar", method="GET", times=2)
    assert http.post(_EVENTS, json={}, headers=headers).status_code == 400
    assert http.get("/gmail/v1/users/me/profile", headers=headers).status_code == 501
    assert [http.get(_EVENTS, headers=headers).status_code for _ in range(3)] == [500, 500, 200]


def test_faults_of_one_path_come_in_the_order_they_were_added(
    google: StandIn, http: httpx.Client, headers: dict[str, str]
):
    for kind in ("status_503", "too_many", "unauthorized"):
        google.control.add_fault(kind, "/calendar")
    assert [http.get(_EVENTS, headers=headers).status_code for _ in range(4)] == [503, 429, 401, 200]


def test_faults_end_if_they_are_cleared_or_everything_is_reset(
    google: StandIn, http: httpx.Client, headers: dict[str, str]
):
    google.control.add_fault("status_500", times=100)
    assert http.get(_EVENTS, headers=headers).status_code == 500
    google.control.clear_faults()
    assert http.get(_EVENTS, headers=headers).status_code == 200
    google.control.add_fault("status_500", times=100)
    google.control.reset()
    assert http.get("/oauth2/v3/certs").status_code == 200
    assert [each["path"] for each in google.control.received()] == ["/oauth2/v3/certs"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "nothing"},
        {"kind": "id_token"},
        {"kind": "id_token", "reason": "sub"},
        {"kind": "redirect", "reason": "code"},
        {"kind": "oauth_error"},
        {"kind": "status_500", "minutes": 5},
    ],
)
def test_fault_is_refused_if_there_is_none_like_it(google: StandIn, fault: dict[str, Any]):
    with pytest.raises(ValueError, match="error"):
        google.control.add_fault(**fault)


def test_index_names_every_fault(http: httpx.Client):
    page = http.get("/").text
    for kind in ("drop_after", "rotate_refresh_token", "too_many"):
        assert f"<code>{kind}</code>" in page


def test_account_is_refused_if_it_has_unknown_fields(google: StandIn):
    with pytest.raises(ValueError, match="error"):
        google.control.add_account("7", "x@example.com", nothing=1)


@pytest.mark.parametrize(("method", "path"), [("GET", "/token"), ("PUT", "/revoke"), ("GET", "/_control/mails")])
def test_refusals_of_the_server_are_json_too(http: httpx.Client, method: str, path: str):
    answer = http.request(method, path)
    assert answer.status_code in (400, 405)
    assert answer.json()["error"]["code"] == answer.status_code


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("too_many", {}, "7"),
        ("too_many", {"retry_after": ""}, None),
        ("too_many", {"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("forbidden", {"reason": "rateLimitExceeded"}, None),
        ("status_503", {"retry_after": "30"}, "30"),
    ],
)
def test_fault_says_when_to_try_again(
    google: StandIn, http: httpx.Client, headers: dict[str, str], kind: str, more: dict[str, str], expected: str | None
):
    google.control.add_fault(kind, "/calendar", **more)
    assert http.get(_EVENTS, headers=headers).headers.get("Retry-After") == expected


def test_newer_services_name_the_reason_in_the_details(google: StandIn, http: httpx.Client, headers: dict[str, str]):
    google.control.add_fault("error_info", "/calendar", reason="SERVICE_DISABLED")
    error = http.get(_EVENTS, headers=headers).json()["error"]
    assert "errors" not in error
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"


def test_half_an_answer_is_noticed_and_was_acted_on(
    google: StandIn, http: httpx.Client, headers: dict[str, str], ada: Person
):
    google.control.add_fault("half", "/gmail")
    with pytest.raises(httpx.RemoteProtocolError):
        http.post(_SEND, json=_RAW, headers=headers)
    assert len(google.control.mails(ada.sub)) == 1


def test_slow_answer_comes_byte_by_byte_and_whole(google: StandIn, http: httpx.Client, headers: dict[str, str]):
    google.control.add_fault("slow_body", "/calendar", seconds=0.001)
    with http.stream("GET", f"{_EVENTS}?fields=kind", headers=headers) as answer:
        pieces = list(answer.iter_raw())
    # The kernel may hand over a few bytes at once.
    assert len(pieces) > len(b"".join(pieces)) / 3
    assert json.loads(b"".join(pieces)) == {"kind": "calendar#events"}
    assert http.get(f"{_EVENTS}?fields=kind", headers=headers).json() == {"kind": "calendar#events"}
