"""The Auth stand-in at the level of HTTP: tokens, sessions, bodies and rows as Supabase Auth has them."""

from __future__ import annotations

import time
from typing import Any

import httpx
import jwt
import pytest

from service.local.auth.app import create_app
from service.local.auth.config import AuthSettings
from service.local.keys import LocalKeys
from service.local.platform import Platform
from tests.databases import Database
from tests.local.auth_client import Auth
from tests.people import NewUser


def verified(platform: Platform, access_token: str) -> dict[str, Any]:
    keys = jwt.PyJWKClient(f"{platform.jwt_issuer}/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(access_token)
    return jwt.decode(access_token, key, algorithms=["ES256"], issuer=platform.jwt_issuer, audience="authenticated")


def test_access_token_carries_the_claims_of_supabase_auth(platform: Platform, new_user: NewUser) -> None:
    user = new_user(data={"full_name": "Ada"})
    claims = verified(platform, user.access_token)
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 30
    (method,) = claims.pop("amr")
    assert method["method"] == "password"
    assert claims.pop("user_metadata")["full_name"] == "Ada"
    assert claims | {"iat": 0, "exp": 0} == {
        "iss": platform.jwt_issuer,
        "sub": user.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": user.email,
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "session_id": user.session_id,
        "aal": "aal1",
        "is_anonymous": False,
        "iat": 0,
        "exp": 0,
    }


def test_jwks_lists_es256_keys_marked_as_local_without_a_key(platform: Platform, http: httpx.Client) -> None:
    answer = http.get(f"{platform.jwt_issuer}/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    for key in answer.json()["keys"]:
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
        assert key["kid"].startswith("local-")
        assert "d" not in key


def test_sign_up_writes_user_identity_session_and_audit_rows(new_user: NewUser, platform_database: Database) -> None:
    user = new_user()
    (row,) = platform_database.rows("select * from auth.users where id = %s", (user.id,))
    assert row["email"] == user.email
    assert row["email_confirmed_at"] is not None
    assert user.password not in row["encrypted_password"]
    (identity,) = platform_database.rows("select * from auth.identities where user_id = %s", (user.id,))
    assert (identity["provider"], identity["provider_id"], identity["email"]) == ("email", user.id, user.email)
    (session,) = platform_database.rows("select * from auth.sessions where user_id = %s", (user.id,))
    assert (str(session["id"]), session["aal"]) == (user.session_id, "aal1")
    (token,) = platform_database.rows("select * from auth.refresh_tokens where user_id = %s", (user.id,))
    assert (token["token"], token["revoked"]) == (user.refresh_token, False)
    entries = platform_database.rows(
        "select payload ->> 'action' as action, payload ->> 'actor_username' as name from auth.audit_log_entries "
        "where payload ->> 'actor_id' = %s order by created_at",
        (user.id,),
    )
    assert entries == [{"action": "user_signedup", "name": user.email}, {"action": "login", "name": user.email}]


def test_errors_have_the_form_of_the_callers_api_version(auth: Auth) -> None:
    login = {"email": "nobody@example.com", "password": "whatever"}
    old = auth.call("POST", "/token?grant_type=password", login)
    assert old.status_code == 400
    assert old.json() == {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
    new = auth.call("POST", "/token?grant_type=password", login, version="2024-01-01")
    assert new.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert new.headers["X-Supabase-Api-Version"] == "2024-01-01"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/signup", {"email": "a@example.com", "password": "12345"}, (422, "weak_password")),
        ("/signup", {"email": "not an address", "password": "123456"}, (400, "validation_failed")),
        ("/signup", {"email": "a@example.com"}, (400, "validation_failed")),
        ("/signup", {}, (422, "anonymous_provider_disabled")),
        ("/signup", [], (400, "bad_json")),
        ("/signup", {"email": 5, "password": "123456"}, (400, "bad_json")),
        ("/token?grant_type=password", {"password": "123456"}, (400, "validation_failed")),
        ("/token?grant_type=refresh_token", {"refresh_token": "unknown"}, (400, "refresh_token_not_found")),
        ("/token?grant_type=client_credentials", {}, (400, "invalid_credentials")),
        ("/token?grant_type=id_token", {}, (501, "not_imitated")),
        ("/recover", {"email": "a@example.com"}, (501, "not_imitated")),
    ],
)
def test_request_is_refused_with_the_real_code(auth: Auth, path: str, body: Any, expected: tuple[int, str]) -> None:
    answer = auth.call("POST", path, body)
    assert (answer.status_code, answer.json()["error_code"]) == expected


def test_user_cannot_change_app_metadata(auth: Auth, new_user: NewUser, platform_database: Database) -> None:
    user = new_user()
    answer = auth.call("PUT", "/user", {"app_metadata": {"plan": "paid"}}, bearer=user.access_token)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "not_admin")
    stored = platform_database.value("select raw_app_meta_data from auth.users where id = %s", (user.id,))
    assert "plan" not in stored


def test_token_is_refused_if_foreign_unsigned_or_expired(auth: Auth, platform: Platform, new_user: NewUser) -> None:
    user = new_user()
    claims = jwt.decode(user.access_token, options={"verify_signature": False})
    public_key = jwt.PyJWK(platform.keys.auth.public_jwk)
    bad_tokens = {
        "foreign key": LocalKeys.generate().auth.sign(claims),
        "same kid, other key": jwt.encode(
            claims,
            jwt.PyJWK(LocalKeys.generate().auth.private_jwk | {"alg": "ES256"}).key,
            algorithm="ES256",
            headers={"kid": platform.keys.auth.kid},
        ),
        "unsigned": jwt.encode(claims, "", algorithm="none", headers={"kid": public_key.key_id}),
        "expired": platform.keys.auth.sign({**claims, "exp": int(time.time()) - 60}),
        "no token": "gibberish",
    }
    for name, token in bad_tokens.items():
        answer = auth.call("GET", "/user", bearer=token)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "bad_jwt"), name
        assert token not in answer.text


def test_deleted_user_is_refused_with_a_token_that_still_verifies(
    auth: Auth, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user()
    platform_database.execute("delete from auth.users where id = %s", (user.id,))
    answer = auth.call("GET", "/user", bearer=user.access_token)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "user_not_found")


def test_role_jwt_without_user_is_refused_at_user_endpoints(auth: Auth, platform: Platform) -> None:
    answer = auth.call("GET", "/user", bearer=platform.service_jwt)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "bad_jwt")
    admin = auth.call("GET", "/admin/users", bearer=platform.service_jwt)
    assert (admin.status_code, admin.json()["error_code"]) == (403, "not_admin")


def test_sign_up_gives_no_session_until_confirmed_if_autoconfirm_is_off(database: Database) -> None:
    keys = LocalKeys.generate()
    settings = AuthSettings(
        database_url=database.url("supabase_auth_admin"),
        external_url="http://127.0.0.1/auth/v1",
        signing_key=keys.auth,
        jwks=keys.jwks(),
        autoconfirm=False,
    )
    client = create_app(settings).test_client()
    credentials = {"email": "ada@example.com", "password": "a-good-password"}
    signed_up = client.post("/signup", json=credentials).get_json()
    assert "access_token" not in signed_up
    assert "confirmed_at" not in signed_up
    waiting = client.post("/token?grant_type=password", json=credentials)
    assert waiting.get_json()["error_code"] == "email_not_confirmed"

    admin = {"Authorization": f"Bearer {keys.service_role_jwt}"}
    client.put(f"/admin/users/{signed_up['id']}", json={"email_confirm": True}, headers=admin)
    assert client.post("/token?grant_type=password", json=credentials).status_code == 200
    # A taken address looks like a new one, so that nobody learns who has an account.
    again = client.post("/signup", json=credentials)
    assert again.status_code == 200
    assert again.get_json()["id"] != signed_up["id"]
    assert database.value("select count(*) from auth.users") == 1
