"""Codes, tokens, refreshes and revocation, through the libraries that the service uses."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import httpx
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, OAuth2Error
from requests_oauthlib import OAuth2Session

from tests.local.google.person import (
    ALL,
    CLIENT_ID,
    CLIENT_SECRET,
    EVENTS,
    MODIFY,
    REDIRECT_URI,
    SEND,
    SIGN_IN,
    Person,
    StandIn,
    credentials_of,
)

_CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def exchange(http: httpx.Client, authorization_code: str, verifier: str | None, **changes: Any) -> httpx.Response:
    """Exchange a code without a library, with form credentials."""
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code_verifier": verifier}
    given = {**form, "code": authorization_code, **_CREDENTIALS, **changes}
    return http.post("/token", data={name: value for name, value in given.items() if value is not None})


def refresh(http: httpx.Client, token: str, **changes: str) -> httpx.Response:
    """Refresh without a library."""
    return http.post("/token", data={"grant_type": "refresh_token", "refresh_token": token, **_CREDENTIALS, **changes})


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


def test_flow_gets_tokens_for_everything_if_everything_is_allowed(google: StandIn, ada: Person):
    token = ada.token()
    assert set(token["scope"]) == set(ALL)
    assert token["expires_in"] == 3599
    assert token["refresh_token"]
    assert works(google, token["access_token"])
    assert google.control.grants(ada.sub) == [{"client_id": CLIENT_ID, "scopes": sorted(ALL), "refresh_tokens": 1}]


def test_flow_gets_tokens_from_the_whole_redirect(ada: Person):
    flow = ada.flow()
    address, _ = flow.authorization_url()
    back = ada.google.control.consent(address)
    assert flow.fetch_token(authorization_response=back)["access_token"]


def test_bare_requests_oauthlib_gets_tokens(google: StandIn):
    with OAuth2Session(CLIENT_ID, redirect_uri=REDIRECT_URI, scope=[*SIGN_IN, SEND], pkce="S256") as session:
        address, state = session.authorization_url(f"{google.url}/o/oauth2/v2/auth")
        back = google.control.consent(address)
        token = session.fetch_token(
            f"{google.url}/token", authorization_response=back, client_secret=CLIENT_SECRET, state=state
        )
    assert SEND in token["scope"]
    assert "refresh_token" not in token


def test_flow_gets_what_was_ticked_if_consent_is_partial(google: StandIn, ada: Person):
    flow = ada.flow()
    code = ada.decide(flow, ticked=[EVENTS])["code"]
    with pytest.raises(Warning, match="Scope has changed") as changed:
        flow.fetch_token(code=code)
    token = changed.value.token  # type: ignore[attr-defined] - oauthlib hangs it on the warning
    assert set(token["scope"]) == {*SIGN_IN, EVENTS}
    assert google.control.grants(ada.sub)[0]["scopes"] == sorted({*SIGN_IN, EVENTS})


def test_exchange_is_refused_if_the_verifier_is_wrong_or_missing(http: httpx.Client, ada: Person):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    assert assert_error(exchange(http, code, None), 400, "invalid_grant") == "Missing code verifier."
    for wrong in (secrets.token_urlsafe(64), "x", "ä" * 43):
        assert assert_error(exchange(http, code, wrong), 400, "invalid_grant") == "Invalid code verifier."
    assert exchange(http, code, flow.code_verifier).status_code == 200


def test_fresh_flow_is_refused_if_it_does_not_know_the_verifier(ada: Person):
    code = ada.decide(ada.flow())["code"]
    with pytest.raises(InvalidGrantError, match="Missing code verifier"):
        ada.flow(autogenerate_code_verifier=False).fetch_token(code=code)


@pytest.mark.parametrize(("sent", "status"), [("v" * 50, 200), ("w" * 50, 400)])
def test_plain_challenge_is_compared_as_it_is(http: httpx.Client, ada: Person, sent: str, status: int):
    flow = ada.flow(autogenerate_code_verifier=False)
    code = ada.decide(flow, code_challenge="v" * 50)["code"]
    assert exchange(http, code, sent).status_code == status


def test_code_is_refused_and_everything_ends_if_it_comes_twice(google: StandIn, http: httpx.Client, ada: Person):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    token = exchange(http, code, flow.code_verifier).json()
    assert works(google, token["access_token"])
    assert_error(exchange(http, code, flow.code_verifier), 400, "invalid_grant")
    assert not works(google, token["access_token"])
    assert_error(refresh(http, token["refresh_token"]), 400, "invalid_grant")
    assert google.control.grants(ada.sub) == []


def test_code_is_refused_if_it_expired(google: StandIn, http: httpx.Client, ada: Person):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    google.control.expire_codes()
    assert_error(exchange(http, code, flow.code_verifier), 400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"code": "4/0Aunknown"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_exchange_is_refused_and_gives_nothing_if_a_parameter_is_wrong(
    google: StandIn, http: httpx.Client, ada: Person, changes: dict[str, str | None], error: str
):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    assert_error(exchange(http, code, flow.code_verifier, **changes), 400, error)
    assert google.control.grants(ada.sub) == []


@pytest.mark.parametrize(
    ("client_id", "secret"), [(CLIENT_ID, "wrong"), (CLIENT_ID, ""), (CLIENT_ID, "ä"), ("unknown", CLIENT_SECRET)]
)
@pytest.mark.parametrize("way", ["basic", "form"])
def test_client_is_refused_if_it_cannot_authenticate(
    http: httpx.Client, ada: Person, way: str, client_id: str, secret: str
):
    token = ada.token()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    if way == "form":
        answer = http.post("/token", data={**form, "client_id": client_id, "client_secret": secret})
    else:
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        answer = http.post("/token", data=form, headers={"Authorization": f"Basic {pair}"})
    assert_error(answer, 401, "invalid_client")


def test_client_is_let_in_if_it_authenticates_either_way(http: httpx.Client, ada: Person):
    form = {"grant_type": "refresh_token", "refresh_token": ada.token()["refresh_token"]}
    assert http.post("/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET)).status_code == 200
    assert http.post("/token", data=form | _CREDENTIALS).status_code == 200


def test_token_endpoint_ignores_the_query_string(http: httpx.Client, ada: Person):
    form = {"grant_type": "refresh_token", "refresh_token": ada.token()["refresh_token"], **_CREDENTIALS}
    assert_error(http.post("/token", params=form), 401, "invalid_client")


def test_flow_raises_if_the_secret_is_wrong(ada: Person):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    flow.client_config["client_secret"] = "wrong"
    with pytest.raises(InvalidClientError):
        flow.fetch_token(code=code)


@pytest.mark.parametrize(
    ("earlier", "options", "is_given"),
    [
        (False, {"access_type": "online"}, False),
        (False, {"access_type": "offline"}, True),
        (True, {"access_type": "offline"}, False),
        (True, {"access_type": "offline", "prompt": "consent"}, True),
        (True, {"access_type": "offline", "prompt": "consent select_account"}, True),
        (True, {"access_type": "online", "prompt": "consent"}, False),
    ],
)
def test_refresh_token_comes_only_on_the_first_consent_or_if_consent_is_asked_again(
    ada: Person, earlier: bool, options: dict[str, str], is_given: bool
):
    if earlier:
        ada.token()
    assert ("refresh_token" in ada.token(**options)) == is_given


def test_refresh_gives_a_new_access_token_and_leaves_the_old_one(google: StandIn, ada: Person):
    token = ada.token()
    credentials = credentials_of(google, token)
    credentials.refresh(Request())
    assert credentials.token != token["access_token"]
    assert credentials.refresh_token == token["refresh_token"]
    assert works(google, credentials.token)
    assert works(google, token["access_token"])


def test_refresh_is_refused_if_it_asks_for_more_than_was_granted(google: StandIn, ada: Person):
    token = ada.token(ticked=[EVENTS])
    with pytest.raises(RefreshError, match="invalid_scope"):
        credentials_of(google, token, list(ALL)).refresh(Request())
    narrow = credentials_of(google, token, [EVENTS])
    narrow.refresh(Request())
    assert narrow.granted_scopes == [EVENTS]


def test_refresh_token_keeps_its_scopes_if_a_later_consent_is_to_less(google: StandIn, ada: Person):
    first = ada.token()
    ada.token(ticked=[EVENTS], prompt="consent")
    credentials = credentials_of(google, first, [MODIFY])
    credentials.refresh(Request())
    assert credentials.granted_scopes == [MODIFY]


@pytest.mark.parametrize("token", ["", "1//unknown"])
def test_refresh_is_refused_if_the_token_is_unknown(http: httpx.Client, token: str):
    description = assert_error(refresh(http, token), 400, "invalid_grant")
    assert description == "Token has been expired or revoked."


def test_oldest_refresh_token_dies_if_there_is_one_too_many(google: StandIn, http: httpx.Client, ada: Person):
    flow = ada.flow(autogenerate_code_verifier=False)
    tokens = []
    for _ in range(101):
        code = ada.decide(flow, prompt="consent")["code"]
        tokens.append(exchange(http, code, None).json()["refresh_token"])
    assert len(set(tokens)) == 101
    assert_error(refresh(http, tokens[0]), 400, "invalid_grant")
    assert refresh(http, tokens[1]).status_code == refresh(http, tokens[100]).status_code == 200
    assert google.control.grants(ada.sub)[0]["refresh_tokens"] == 100


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_revoking_any_token_ends_the_grant_and_all_its_tokens(
    google: StandIn, http: httpx.Client, ada: Person, grace: Person, name: str
):
    first, second, other = ada.token(), ada.token(prompt="consent"), grace.token()
    assert http.post("/revoke", data={"token": second[name]}).status_code == 200
    assert google.control.grants(ada.sub) == []
    for token in (first, second):
        assert not works(google, token["access_token"])
        with pytest.raises(RefreshError, match="invalid_grant") as refused:
            credentials_of(google, token).refresh(Request())
        assert refused.value.args[1]["error_description"] == "Token has been expired or revoked."
        assert_error(http.post("/revoke", data={"token": token[name]}), 400, "invalid_token")
    assert works(google, other["access_token"])
    assert "refresh_token" in ada.token()


@pytest.mark.parametrize(("form", "error"), [({"token": "ya29.unknown"}, "invalid_token"), ({}, "invalid_request")])
def test_revoking_is_refused_if_there_is_no_such_token(http: httpx.Client, form: dict[str, str], error: str):
    assert_error(http.post("/revoke", data=form), 400, error)


def test_revoking_is_refused_if_the_access_token_expired(google: StandIn, http: httpx.Client, ada: Person):
    token = ada.token()
    google.control.expire_access_tokens()
    assert_error(http.post("/revoke", data={"token": token["access_token"]}), 400, "invalid_token")
    assert refresh(http, token["refresh_token"]).status_code == 200


def test_everything_ends_if_the_owner_revokes(google: StandIn, ada: Person, grace: Person):
    token, other = ada.token(), grace.token()
    google.control.revoke_grant(ada.sub)
    assert not works(google, token["access_token"])
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials_of(google, token).refresh(Request())
    assert works(google, other["access_token"])


def test_session_refreshes_by_itself_if_the_access_token_expired(google: StandIn, ada: Person):
    with ada.session() as session:
        google.control.expire_access_tokens()
        answer = session.get(f"{google.url}/calendar/v3/calendars/primary/events")
    assert answer.status_code == 200
    assert [each["path"] for each in google.control.received()][-2] == "/token"


def test_answers_with_tokens_may_not_be_kept(http: httpx.Client, ada: Person):
    assert "no-store" in refresh(http, ada.token()["refresh_token"]).headers["Cache-Control"]


def test_discovery_document_names_the_endpoints(google: StandIn, http: httpx.Client):
    document = http.get("/.well-known/openid-configuration").json()
    assert document["issuer"] == google.url
    assert document["code_challenge_methods_supported"] == ["plain", "S256"]
    for name in ("jwks_uri", "authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        assert document[name].startswith(google.url)


@pytest.mark.parametrize("reason", ["invalid_grant", "invalid_client", "deleted_client"])
def test_flow_raises_if_the_token_endpoint_refuses(google: StandIn, ada: Person, reason: str):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    google.control.add_fault("oauth_error", "/token", reason=reason)
    with pytest.raises(OAuth2Error, match=reason):
        flow.fetch_token(code=code)
    assert flow.fetch_token(code=code)["access_token"]
