"""The consent page as a browser meets it, and what comes back to the client."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.local.google.person import (
    CLIENT_ID,
    EMAIL,
    EVENTS,
    MODIFY,
    REDIRECT_URI,
    SEND,
    SIGN_IN,
    Person,
    StandIn,
    query_of,
)

_PATH = "/o/oauth2/v2/auth"
_CHALLENGE = "c" * 43


class Form(HTMLParser):
    """The form of a page, as a browser reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.inputs: list[dict[str, str | None]] = []
        self.decisions: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = found["action"] or ""
        elif tag == "input":
            self.inputs.append(found)
        elif tag == "button" and found.get("name") == "decision":
            self.decisions.append(found["value"])

    def values(self, name: str, *, checked: bool = False) -> list[str | None]:
        """The values of the inputs of a name."""
        return [each["value"] for each in self.inputs if each["name"] == name and (not checked or "checked" in each)]


def request_of(**changes: str | None) -> dict[str, str]:
    """A right authorization request with some parameters changed, or left out if None."""
    request = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join((*SIGN_IN, SEND, EVENTS)),
        "state": "a/state+with spaces&ä",
        "code_challenge": _CHALLENGE,
        "code_challenge_method": "S256",
        "access_type": "offline",
    }
    return {name: value for name, value in (request | changes).items() if value is not None}


def test_page_shows_a_box_for_each_scope_beyond_sign_in_and_every_account(http: httpx.Client):
    form = Form(http.get(_PATH, params=request_of()).text)
    assert form.values("scope") == form.values("scope", checked=True) == [SEND, EVENTS]
    assert len(form.values("sub")) == 3
    assert form.values("sub", checked=True) == ["100000000000000000001"]
    assert form.decisions == ["deny", "allow"]


@pytest.mark.parametrize(("scope", "boxes"), [(SEND, 0), (f"openid {SEND}", 0), ("openid email", 0)])
def test_page_shows_no_boxes_if_there_is_at_most_one_scope_to_choose(http: httpx.Client, scope: str, boxes: int):
    page = http.get(_PATH, params=request_of(scope=scope)).text
    form = Form(page)
    assert len(form.values("scope")) == boxes
    answer = http.post(f"{_PATH}{form.action}", data={"sub": form.values("sub")[0], "decision": "allow"})
    granted = query_of(answer.headers["Location"])["scope"].split()
    assert (SEND in granted) == (SEND in scope)


@pytest.mark.parametrize("hint", ["grace@example.com", "100000000000000000002"])
def test_page_chooses_the_account_of_the_hint(http: httpx.Client, hint: str):
    form = Form(http.get(_PATH, params=request_of(login_hint=hint)).text)
    assert form.values("sub", checked=True) == ["100000000000000000002"]


def test_browser_that_posts_the_form_comes_back_with_what_was_ticked(http: httpx.Client):
    form = Form(http.get(_PATH, params=request_of()).text)
    data: dict[str, Any] = {"sub": form.values("sub")[1], "scope": [EVENTS], "decision": "allow"}
    answer = http.post(f"{_PATH}{form.action}", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{REDIRECT_URI}?")
    back = query_of(answer.headers["Location"])
    assert set(back) == {"state", "code", "scope", "iss"}
    assert back["state"] == request_of()["state"]
    assert back["iss"] == str(http.base_url).rstrip("/")
    assert back["scope"].split() == [*SIGN_IN, EVENTS]


def test_browser_that_denies_comes_back_with_an_error_and_no_code(http: httpx.Client):
    form = Form(http.get(_PATH, params=request_of()).text)
    answer = http.post(f"{_PATH}{form.action}", data={"sub": form.values("sub")[0], "decision": "deny"})
    back = query_of(answer.headers["Location"])
    assert (back["error"], back["state"]) == ("access_denied", request_of()["state"])
    assert "code" not in back
    assert "iss" in back


def test_consent_is_denied_if_nothing_is_ticked_and_nothing_else_was_asked(http: httpx.Client):
    answer = http.post(
        _PATH,
        params=request_of(scope=f"{SEND} {EVENTS}"),
        data={"sub": "100000000000000000001", "decision": "allow"},
    )
    assert query_of(answer.headers["Location"])["error"] == "access_denied"


def test_consent_says_what_the_person_was_told_if_an_administrator_forbids(google: StandIn, http: httpx.Client):
    address = str(http.build_request("GET", _PATH, params=request_of()).url)
    back = query_of(google.control.consent(address, error="admin_policy_enforced"))
    assert back["error"] == "admin_policy_enforced"


def test_redirect_has_no_state_if_none_was_sent(http: httpx.Client):
    data = {"sub": "100000000000000000001", "decision": "allow"}
    back = query_of(http.post(_PATH, params=request_of(state=None), data=data).headers["Location"])
    assert "state" not in back


def test_redirect_has_the_long_forms_and_openid_if_the_short_ones_were_asked(http: httpx.Client):
    data = {"sub": "100000000000000000001", "decision": "allow"}
    back = query_of(http.post(_PATH, params=request_of(scope="email"), data=data).headers["Location"])
    assert back["scope"].split() == [EMAIL, "openid"]


def test_account_that_does_not_exist_is_refused(http: httpx.Client):
    answer = http.post(_PATH, params=request_of(), data={"sub": "999", "decision": "allow"})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "another.apps.googleusercontent.com"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": REDIRECT_URI.upper()}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://evil.example.com"}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_request"),
        ({"scope": " "}, "invalid_request"),
        ({"scope": f"{SEND} https://www.googleapis.com/auth/gmail.sned"}, "invalid_scope"),
        ({"access_type": "both"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_request_is_refused_and_nobody_is_redirected_if_it_is_wrong(
    http: httpx.Client, method: str, changes: dict[str, str | None], error: str
):
    answer = http.request(method, _PATH, params=request_of(**changes), data={"decision": "allow"})
    assert answer.status_code == 400
    assert f"Error 400: {error}" in answer.text
    assert "Location" not in answer.headers


def test_request_is_refused_if_a_parameter_comes_twice(http: httpx.Client):
    parameters: dict[str, Any] = {**request_of(), "redirect_uri": [REDIRECT_URI, REDIRECT_URI]}
    assert http.get(_PATH, params=parameters).status_code == 400


def test_page_shows_what_it_was_sent_as_text_only(http: httpx.Client):
    page = http.get(_PATH, params=request_of(state='"><script>alert(1)</script>')).text
    assert "<script>" not in page
    refusal = http.get(_PATH, params=request_of(scope="<script>alert(1)</script>")).text
    assert "<script>" not in refusal


def test_client_comes_back_unanswered_if_the_prompt_is_none(http: httpx.Client):
    answer = http.get(_PATH, params=request_of(prompt="none"))
    assert query_of(answer.headers["Location"])["error"] == "interaction_required"


@pytest.mark.parametrize(
    ("reason", "name", "expected"),
    [("iss", "iss", "https://accounts.example.com"), ("no_iss", "iss", None), ("state", "state", "wrong-state")],
)
def test_redirect_is_wrong_once_if_that_fault_is_on(
    google: StandIn, http: httpx.Client, reason: str, name: str, expected: str | None
):
    google.control.add_fault("redirect", "/o/oauth2", reason=reason)
    address = str(http.build_request("GET", _PATH, params=request_of()).url)
    wrong, right = (query_of(google.control.consent(address)) for _ in range(2))
    assert wrong.get(name) == expected
    assert right["iss"] == google.url
    assert right["state"] == request_of()["state"]


def test_scopes_given_earlier_come_too_if_they_are_to_be_included(ada: Person):
    ada.token((*SIGN_IN, MODIFY))
    later = ada.token((*SIGN_IN, EVENTS), include_granted_scopes="true")
    assert {MODIFY, EVENTS} <= set(later["scope"])
    alone = ada.token((*SIGN_IN, EVENTS))
    assert MODIFY not in alone["scope"]
