"""Who is let in: every route for signed-in users refuses what is not a live session of a user."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from service.local.platform import Platform
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored

_ROUTES = [
    ("POST", "/v1/google/authorizations"),
    ("POST", "/v1/google/connection"),
    ("GET", "/v1/google/connection"),
    ("DELETE", "/v1/google/connection"),
    ("GET", "/v1/calendar/events"),
    ("POST", "/v1/gmail/messages"),
]
# What a request needs beside the user, so that only the user is what is wrong with it.
_BODIES: dict[str, Any] = {
    "/v1/google/authorizations": {"return_to": "http://127.0.0.1:3000/settings/google"},
    "/v1/google/connection": {"completion": f"{'0' * 64}.a..b.c.d"},
    "/v1/gmail/messages": {"to": ["grace@example.com"], "subject": "s", "text": "t"},
}


def _claims(platform: Platform, actor: Actor) -> dict[str, Any]:
    return {
        "iss": platform.jwt_issuer,
        "aud": "authenticated",
        "sub": str(actor.id),
        "role": "authenticated",
        "session_id": actor.user.session_id,
        "aal": "aal1",
        "is_anonymous": False,
        "iat": int(time.time()),
        "exp": int(time.time()) + 3600,
    }


def _hs256_with_public_key(platform: Platform, claims: dict[str, Any]) -> str:
    # By hand, as PyJWT refuses to sign with a public key: the attack on verifiers that do not pin the algorithm.
    public = jwt.PyJWK(platform.keys.auth.public_jwk).key
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "JWT", "kid": platform.keys.auth.kid}
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(secret, signed, hashlib.sha256).digest()
    return b".".join((signed, base64url_encode(signature))).decode()


_TOKENS: dict[str, Callable[[Platform, dict[str, Any]], str]] = {
    "expired": lambda platform, claims: platform.keys.auth.sign(claims | {"exp": int(time.time()) - 60}),
    "foreign issuer": lambda platform, claims: platform.keys.auth.sign(
        claims | {"iss": "https://x.supabase.co/auth/v1"}
    ),
    "foreign audience": lambda platform, claims: platform.keys.auth.sign(claims | {"aud": "somebody"}),
    "role anon": lambda platform, claims: platform.keys.auth.sign(claims | {"role": "anon"}),
    "unsigned": lambda _, claims: jwt.encode(claims, "", algorithm="none"),
    "HS256 with the public key": _hs256_with_public_key,
    "anonymous": lambda platform, claims: platform.keys.auth.sign(claims | {"is_anonymous": True}),
    "another OAuth client": lambda platform, claims: platform.keys.auth.sign(claims | {"client_id": str(uuid4())}),
    "no session": lambda platform, claims: platform.keys.auth.sign({**claims, "session_id": None}),
    "the service's own": lambda platform, _: platform.service_jwt,
    "session of another user": lambda platform, claims: platform.keys.auth.sign(claims | {"session_id": str(uuid4())}),
}


@pytest.mark.parametrize(("method", "path"), _ROUTES)
def test_request_is_refused_if_nobody_is_signed_in(service: httpx.Client, method: str, path: str):
    answer = service.request(method, path, json=_BODIES.get(path) if method == "POST" else None)
    assert_refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("kind", _TOKENS)
@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/google/connection"), ("GET", "/v1/calendar/events")])
def test_token_is_refused_and_nothing_changes_if_it_is_not_a_live_session(
    connected: Actor, platform: Platform, platform_database: Database, method: str, path: str, kind: str
):
    before = stored(platform_database, connected)
    token = _TOKENS[kind](platform, _claims(platform, connected))
    answer = connected.call(method, path, headers={"Authorization": f"Bearer {token}"})
    assert_refused(answer, 401, "unauthenticated")
    assert "WWW-Authenticate" in answer.headers
    assert stored(platform_database, connected) == before


@pytest.mark.parametrize(("method", "path"), [route for route in _ROUTES if route[1] != "/v1/google/connection"])
def test_request_is_refused_if_the_session_has_ended(connected: Actor, method: str, path: str):
    assert connected.call("GET", "/v1/google/connection").status_code == 200
    connected.user.client.auth.sign_out()
    answer = connected.call(
        method,
        path,
        json=_BODIES.get(path) if method == "POST" else None,
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert_refused(answer, 401, "unauthenticated")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_connection_stays_if_an_ended_session_asks(connected: Actor, platform_database: Database, method: str):
    connected.user.client.auth.sign_out()
    assert_refused(connected.call(method, "/v1/google/connection"), 401, "unauthenticated")
    assert stored(platform_database, connected)["connections"] == 1


def test_signed_in_user_is_let_in_if_the_claims_are_signed_by_auth(connected: Actor, platform: Platform):
    token = platform.keys.auth.sign(_claims(platform, connected))
    answer = connected.call("GET", "/v1/google/connection", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
