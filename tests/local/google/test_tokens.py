"""Refreshing and revoking, through the libraries that the service uses."""

from __future__ import annotations

import httpx
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request

from tests.local.google.exchanges import assert_error, exchange, refresh, works
from tests.local.google.person import ALL, EVENTS, MODIFY, Person, StandIn, credentials_of


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
