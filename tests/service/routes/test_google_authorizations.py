"""Starting to connect: who, where back to, and what Google is asked."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from service.domain.google_scopes import REQUESTED_SCOPES
from service.local.platform import Platform
from tests.databases import Database
from tests.personas import raise_to_aal2
from tests.service.routes.actors import Actor, assert_refused, stored


def test_start_asks_google_for_code_pkce_and_nonce(ada: Actor, platform: Platform):
    url = urlsplit(ada.start())
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.geturl().startswith(f"{platform.google_url}/o/oauth2/v2/auth?")
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["access_type"] == "offline"
    assert asked["redirect_uri"] == f"{platform.identity.public_url}/v1/google/callback"
    assert set(asked["scope"].split()) == set(REQUESTED_SCOPES)
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_start_keeps_no_state_and_no_verifier_in_the_clear(ada: Actor, platform_database: Database):
    asked = parse_qs(urlsplit(ada.start()).query)
    row = platform_database.value(
        "select row_to_json(attempts)::text from private.google_authorization_attempts as attempts where user_id = %s",
        (ada.id,),
    )
    assert asked["state"][0] not in row
    assert asked["nonce"][0] not in row


@pytest.mark.parametrize(
    "trick",
    [
        "{url}/more",
        "{url}?x=1",
        "{url}#fragment",
        "{url}/../other",
        "http://127.0.0.1:3000@evil.example/settings/google",
        "http://user@127.0.0.1:3000/settings/google",
        "http://127.0.0.1:3001/settings/google",
        "http://127.0.0.1/settings/google",
        "HTTP://127.0.0.1:3000/settings/google",
        "http://127.0.0.1:3000/Settings/google",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:3000/settings/google",
        "//127.0.0.1:3000/settings/google",
        "javascript:alert(1)",
        " {url}",
        "{url}\n",
    ],
)
def test_start_is_refused_if_return_to_is_not_exactly_in_the_list(ada: Actor, platform_database: Database, trick: str):
    answer = ada.call("POST", "/v1/google/authorizations", json={"return_to": trick.format(url=ada.return_to)})
    assert_refused(answer, 422, "return_to_not_allowed")
    assert stored(platform_database, ada)["attempts"] == 0


@pytest.mark.parametrize(
    ("content", "status", "error_code", "field"),
    [
        (b"{", 400, "invalid_json", None),
        (b"{}", 422, "invalid_request", "return_to"),
        (b'{"return_to": 5}', 422, "invalid_request", "return_to"),
        (b'{"return_to": "x", "more": 1}', 422, "invalid_request", "more"),
        (b"[]", 422, "invalid_request", None),
    ],
)
def test_start_is_refused_if_the_body_is_wrong(
    ada: Actor, platform_database: Database, content: bytes, status: int, error_code: str, field: str | None
):
    answer = ada.call(
        "POST", "/v1/google/authorizations", content=content, headers={"Content-Type": "application/json"}
    )
    body = assert_refused(answer, status, error_code)
    if field is not None:
        assert field in [each["field"] for each in body["details"]]
    assert stored(platform_database, ada)["attempts"] == 0


def test_start_needs_the_second_factor_if_the_user_has_one(ada: Actor, platform_database: Database):
    platform_database.execute(
        "insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at) "
        "values (gen_random_uuid(), %s, 'totp', 'verified', now(), now())",
        (ada.id,),
    )
    answer = ada.call("POST", "/v1/google/authorizations", json={"return_to": ada.return_to})
    assert_refused(answer, 403, "mfa_required")
    assert stored(platform_database, ada)["attempts"] == 0
    raise_to_aal2(platform_database.connection, ada.user.session_id)
    assert "code_challenge" in ada.start()


def test_attempts_stay_few_if_a_client_starts_again_and_again(ada: Actor, platform_database: Database):
    for _ in range(8):
        ada.start()
    assert stored(platform_database, ada)["attempts"] == 5
