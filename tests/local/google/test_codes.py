"""Codes and their exchange, through the libraries that the service uses."""

from __future__ import annotations

import base64
import secrets

import httpx
import pytest
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, OAuth2Error
from requests_oauthlib import OAuth2Session

from tests.local.google.exchanges import CREDENTIALS, assert_error, exchange, refresh, works
from tests.local.google.person import (
    ALL,
    CLIENT_ID,
    CLIENT_SECRET,
    EVENTS,
    REDIRECT_URI,
    SEND,
    SIGN_IN,
    Person,
    StandIn,
)


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
    assert http.post("/token", data=form | CREDENTIALS).status_code == 200


def test_token_endpoint_ignores_the_query_string(http: httpx.Client, ada: Person):
    form = {"grant_type": "refresh_token", "refresh_token": ada.token()["refresh_token"], **CREDENTIALS}
    assert_error(http.post("/token", params=form), 401, "invalid_client")


def test_flow_raises_if_the_secret_is_wrong(ada: Person):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    flow.client_config["client_secret"] = "wrong"
    with pytest.raises(InvalidClientError):
        flow.fetch_token(code=code)


@pytest.mark.parametrize("reason", ["invalid_grant", "invalid_client", "deleted_client"])
def test_flow_raises_if_the_token_endpoint_refuses(google: StandIn, ada: Person, reason: str):
    flow = ada.flow()
    code = ada.decide(flow)["code"]
    google.control.add_fault("oauth_error", "/token", reason=reason)
    with pytest.raises(OAuth2Error, match=reason):
        flow.fetch_token(code=code)
    assert flow.fetch_token(code=code)["access_token"]
