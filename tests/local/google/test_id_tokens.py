"""ID tokens: verified with the published key, and really wrong where a fault says so."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
import pytest

from tests.local.google.person import CLIENT_ID, CLIENT_SECRET, EMAIL, EVENTS, PROFILE, SIGN_IN, Person, StandIn


def verified(google: StandIn, token: str) -> dict[str, Any]:
    """Check signature, audience, issuer and times as a client does; gives the claims."""
    keys = jwt.PyJWKSet.from_dict(google.http.get("/oauth2/v3/certs").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience=CLIENT_ID, issuer=google.url)


def test_claims_are_those_of_the_account_if_all_is_asked(google: StandIn, ada: Person):
    token = ada.token(nonce="a-nonce")
    claims = verified(google, token["id_token"])
    digest = hashlib.sha256(token["access_token"].encode()).digest()[:16]
    assert claims.pop("exp") - claims.pop("iat") == 3600
    assert claims.pop("picture").startswith("https://")
    assert claims == {
        "iss": google.url,
        "aud": CLIENT_ID,
        "azp": CLIENT_ID,
        "sub": ada.sub,
        "nonce": "a-nonce",
        "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "email": "ada@example.com",
        "email_verified": True,
        "name": "Ada Lovelace",
        "given_name": "Ada",
    }


@pytest.mark.parametrize(
    ("scopes", "present"),
    [
        (("openid",), set()),
        (("openid", EMAIL), {"email", "email_verified"}),
        (("openid", PROFILE), {"name", "picture", "given_name"}),
        ((EMAIL,), {"email", "email_verified"}),
    ],
)
def test_claims_are_only_those_that_the_scopes_give(
    google: StandIn, ada: Person, scopes: tuple[str, ...], present: set[str]
):
    claims = verified(google, ada.token(scopes)["id_token"])
    assert {"email", "email_verified", "name", "picture", "given_name"} & set(claims) == present
    assert "nonce" not in claims


def test_id_token_is_missing_if_no_sign_in_scope_is_asked(ada: Person):
    assert "id_token" not in ada.token((EVENTS,))


def test_email_is_unverified_if_the_account_says_so(google: StandIn):
    person = Person(google, "unverified@example.com", "100000000000000000003")
    assert verified(google, person.token()["id_token"])["email_verified"] is False


def test_claims_are_those_of_an_added_account(google: StandIn):
    google.control.add_account("42", "new@firm.example", "New Person", hd="firm.example")
    claims = verified(google, Person(google, "new@firm.example", "42").token()["id_token"])
    assert (claims["sub"], claims["email"], claims["hd"]) == ("42", "new@firm.example", "firm.example")


def test_id_token_of_a_refresh_has_no_nonce(google: StandIn, ada: Person):
    form = {"grant_type": "refresh_token", "refresh_token": ada.token(nonce="a-nonce")["refresh_token"]}
    answer = google.http.post("/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET)).json()
    assert "nonce" not in verified(google, answer["id_token"])


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ("aud", jwt.InvalidAudienceError),
        ("iss", jwt.InvalidIssuerError),
        ("exp", jwt.ExpiredSignatureError),
        ("signature", jwt.InvalidSignatureError),
    ],
)
def test_id_token_is_refused_once_if_a_fault_makes_it_wrong(
    google: StandIn, ada: Person, wrong: str, refusal: type[Exception]
):
    google.control.add_fault("id_token", "/token", reason=wrong)
    with pytest.raises(refusal):
        verified(google, ada.token()["id_token"])
    assert verified(google, ada.token()["id_token"])["sub"] == ada.sub


@pytest.mark.parametrize(("wrong", "expected"), [("nonce", "another nonce"), ("email_verified", False)])
def test_id_token_verifies_but_says_something_else_if_a_fault_changes_a_claim(
    google: StandIn, ada: Person, wrong: str, expected: Any
):
    google.control.add_fault("id_token", "/token", reason=wrong)
    assert verified(google, ada.token(nonce="a-nonce")["id_token"])[wrong] == expected


def test_fault_of_the_id_token_waits_if_the_answer_has_none(google: StandIn, ada: Person):
    google.control.add_fault("id_token", "/token", reason="nonce")
    ada.token((EVENTS,))
    assert verified(google, ada.token(SIGN_IN, nonce="a-nonce")["id_token"])["nonce"] == "another nonce"
