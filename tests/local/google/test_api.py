"""What every call of Gmail and Calendar is checked for before anything acts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.local.google.person import (
    ALL,
    EMAIL,
    EVENTS,
    MODIFY,
    READ_CALENDAR,
    SEND,
    Person,
    StandIn,
    credentials_of,
)
from tests.local.google.refusals import refused

_EVENTS = "/calendar/v3/calendars/primary/events"
_SEND = "/gmail/v1/users/me/messages/send"
_EVENT = {"start": {"dateTime": "2026-05-01T10:00:00Z"}, "end": {"dateTime": "2026-05-01T11:00:00Z"}}


@pytest.fixture
def headers(ada: Person) -> dict[str, str]:
    """An access token of Ada's for everything."""
    return {"Authorization": f"Bearer {ada.token()['access_token']}"}


def assert_error(answer: httpx.Response, status: int, reason: str | None = None) -> dict[str, Any]:
    """Check a refusal in the JSON of Google's APIs; gives its error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    error = answer.json()["error"]
    assert error["code"] == status
    if reason is not None:
        assert [each["reason"] for each in error["errors"]] == [reason]
    return error


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gmail/v1/users/me/nothing"),
        ("GET", "/gmail/v2/users/me/messages"),
        ("GET", "/calendar/v3/calendars"),
        ("POST", "/calendar/v3/users/me/calendarList/x/y"),
        ("PUT", _SEND),
        ("GET", "/nothing"),
    ],
)
def test_route_is_not_found_if_the_discovery_documents_do_not_have_it(
    http: httpx.Client, headers: dict[str, str], method: str, path: str
):
    assert_error(http.request(method, path, headers=headers), 404, "notFound")


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        (_EVENTS, {"maxresult": "5"}, "badRequest"),
        (_EVENTS, {"calendarId": "primary"}, "badRequest"),
        (_EVENTS, {"maxResults": "five"}, "invalidParameter"),
        (_EVENTS, {"maxResults": "0"}, "invalidParameter"),
        (_EVENTS, {"singleEvents": "yes"}, "invalidParameter"),
        (_EVENTS, {"orderBy": "end"}, "invalidParameter"),
        (_EVENTS, {"alt": "xml"}, "invalidParameter"),
        ("/gmail/v1/users/me/messages/ab", {"format": "short"}, "invalidParameter"),
        ("/calendar/v3/calendars/primary/events/x/instances", {"nothing": "1"}, "badRequest"),
    ],
)
def test_call_is_refused_if_a_query_parameter_is_wrong(
    http: httpx.Client, headers: dict[str, str], path: str, query: dict[str, str], reason: str
):
    assert_error(http.get(path, params=query, headers=headers), 400, reason)


def test_call_is_refused_if_a_required_query_parameter_is_missing(http: httpx.Client, headers: dict[str, str]):
    assert_error(http.post(f"{_EVENTS}/quickAdd", headers=headers), 400, "required")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (_EVENTS, _EVENT | {"sumary": "x"}),
        (_EVENTS, _EVENT | {"summary": 5}),
        (_EVENTS, _EVENT | {"attendees": {"email": "a@example.com"}}),
        (_EVENTS, _EVENT | {"attendees": [{"mail": "a@example.com"}]}),
        (_EVENTS, _EVENT | {"reminders": {"useDefault": "false"}}),
        (_SEND, {"raw": 5}),
        (_SEND, {"Raw": ""}),
        (_SEND, {"raw": "", "payload": {"header": []}}),
    ],
)
def test_call_is_refused_if_the_body_has_another_form(
    http: httpx.Client, headers: dict[str, str], path: str, body: dict[str, Any]
):
    error = assert_error(http.post(path, json=body, headers=headers), 400, "badRequest")
    assert "a@example.com" not in str(error)


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "a=b"])
def test_call_is_refused_if_the_body_is_no_json_object(http: httpx.Client, headers: dict[str, str], content: str):
    assert_error(http.post(_EVENTS, content=content, headers=headers), 400, "parseError")


@pytest.mark.parametrize("authorization", [None, "Bearer ya29.foreign", "Bearer", "Basic {token}", "{token}"])
def test_call_is_refused_if_there_is_no_token_of_ours(
    http: httpx.Client, headers: dict[str, str], authorization: str | None
):
    token = headers["Authorization"].removeprefix("Bearer ")
    given = {} if authorization is None else {"Authorization": authorization.format(token=token)}
    assert_error(http.get(_EVENTS, headers=given), 401, "required" if authorization is None else "authError")


def test_call_is_refused_if_the_token_comes_in_the_query(http: httpx.Client, headers: dict[str, str]):
    token = headers["Authorization"].removeprefix("Bearer ")
    assert_error(http.get(_EVENTS, params={"oauth_token": token}), 401)


def test_call_is_refused_if_the_token_expired(google: StandIn, http: httpx.Client, headers: dict[str, str]):
    google.control.expire_access_tokens()
    error = assert_error(http.get(_EVENTS, headers=headers), 401, "authError")
    assert error["status"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("method", "path", "scopes", "is_enough"),
    [
        ("POST", _SEND, [SEND], True),
        ("POST", _SEND, [MODIFY], True),
        ("POST", _SEND, [EVENTS, EMAIL], False),
        ("GET", "/gmail/v1/users/me/messages/ab", [SEND], False),
        ("GET", "/gmail/v1/users/me/profile", [SEND], False),
        ("POST", "/gmail/v1/users/me/messages/ab/trash", [SEND], False),
        ("DELETE", "/gmail/v1/users/me/messages/ab", [MODIFY], False),
        ("GET", _EVENTS, [READ_CALENDAR], True),
        ("GET", _EVENTS, [EVENTS], True),
        ("POST", _EVENTS, [READ_CALENDAR], False),
        ("GET", "/calendar/v3/users/me/calendarList", [EVENTS], False),
        ("GET", "/calendar/v3/users/me/calendarList", [READ_CALENDAR], True),
    ],
)
def test_call_is_refused_if_its_scope_was_not_granted(
    http: httpx.Client, ada: Person, method: str, path: str, scopes: list[str], is_enough: bool
):
    token = ada.token(scopes)["access_token"]
    answer = http.request(method, path, headers={"Authorization": f"Bearer {token}"})
    if is_enough:
        assert answer.status_code not in (401, 403)
        return
    error = assert_error(answer, 403, "insufficientPermissions")
    assert error["status"] == "PERMISSION_DENIED"
    assert [(each["@type"], each["reason"]) for each in error["details"]] == [
        ("type.googleapis.com/google.rpc.ErrorInfo", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    ]


def test_client_library_raises_with_the_reason_if_a_scope_was_not_granted(ada: Person):
    request = ada.gmail([SEND]).messages().get(userId="me", id="ab")
    assert refused(request) == (403, "insufficientPermissions")


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("id", {"id"}),
        ("id,start", {"id", "start"}),
        ("start/dateTime", {"start"}),
        ("*", None),
    ],
)
def test_answer_has_only_the_fields_of_the_mask(ada: Person, mask: str, expected: set[str] | None):
    calendar = ada.calendar()
    event = calendar.events().list(calendarId="primary").execute()["items"][0]
    shown = calendar.events().get(calendarId="primary", eventId=event["id"], fields=mask).execute()
    assert set(shown) == (set(event) if expected is None else expected)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("items(id,start(timeZone)),timeZone", {"timeZone": "UTC", "items": [{"id", "start"}]}),
        ("items/id", {"items": [{"id"}]}),
        ("items/start/timeZone,items/end", {"items": [{"start", "end"}]}),
        ("items(*)", {"items": [None]}),
        ("items(attendees/email)", {"items": [{"attendees"}]}),
    ],
)
def test_answer_has_only_the_fields_of_the_mask_below_a_list(ada: Person, mask: str, expected: dict[str, Any]):
    events = ada.calendar().events()
    request: dict[str, Any] = {"calendarId": "primary", "privateExtendedProperty": "kind=test"}
    body = _EVENT | {"attendees": [{"email": "a@example.com", "optional": True}]}
    body |= {"extendedProperties": {"private": {"kind": "test"}}}
    body["start"] = {**_EVENT["start"], "timeZone": "UTC"}
    event = events.insert(calendarId="primary", body=body).execute()
    shown = events.list(**request, fields=mask).execute()
    assert set(shown) == set(expected)
    (item,) = shown["items"]
    (names,) = expected["items"]
    assert set(item) == (names or set(event))
    if "start(timeZone)" in mask or "start/timeZone" in mask:
        assert item["start"] == {"timeZone": "UTC"}
    if "attendees/email" in mask:
        assert item["attendees"] == [{"email": "a@example.com"}]


@pytest.mark.parametrize(
    "mask",
    ["", "items(", "items)", "items()", "items/", "items/(id)", ",id", "items,,kind", "items(nothing)", "itms", "a b"],
)
def test_call_is_refused_and_does_nothing_if_the_mask_is_wrong(http: httpx.Client, headers: dict[str, str], mask: str):
    assert_error(http.get(_EVENTS, params={"fields": mask}, headers=headers), 400, "invalidParameter")
    before = len(http.get(_EVENTS, headers=headers).json()["items"])
    assert_error(http.post(_EVENTS, params={"fields": f"id,{mask}"}, json=_EVENT, headers=headers), 400)
    assert len(http.get(_EVENTS, headers=headers).json()["items"]) == before


def test_method_that_is_not_imitated_says_so_after_its_checks(http: httpx.Client, google: StandIn, ada: Person):
    path = "/gmail/v1/users/me/labels"
    assert_error(http.get(path), 401)
    for scopes, query, status in (([EVENTS], {}, 403), (ALL, {"x": "1"}, 400), (ALL, {}, 501)):
        token = credentials_of(google, ada.token(scopes)).token
        assert_error(http.get(path, params=query, headers={"Authorization": f"Bearer {token}"}), status)
    token = {"Authorization": f"Bearer {ada.token()['access_token']}"}
    assert_error(http.post(path, json={"nothing": 1}, headers=token), 400)
    assert_error(http.post(path, json={"name": "x"}, headers=token), 501, "notImplemented")
