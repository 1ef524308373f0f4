"""Environments that the settings accept, to be spoiled one variable at a time."""

import base64
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

_SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())


def octet_key(kid: str, filling: bytes = b"k", length: int = 32) -> dict[str, str]:
    """A JWK whose bytes say which one it is."""
    return {"kty": "oct", "kid": kid, "k": base64.urlsafe_b64encode(filling * length).decode().rstrip("=")}


def key_set(*keys: dict[str, str]) -> str:
    """TOKEN_KEYS of these keys."""
    return json.dumps({"keys": list(keys)})


def service_jwt(*, kid: str = "2026-11", **claims: object) -> str:
    """A JWT of the service's role; `claims` replace its own, None leaves one out."""
    whole = {"role": "google_service", "iss": "supabase", "exp": int(time.time()) + 3600} | claims
    kept = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(kept, _SIGNING_KEY, algorithm="ES256", headers={"kid": kid})


def production() -> dict[str, str]:
    """Everything that production needs, and nothing else."""
    return {
        "SUPABASE_URL": "https://abcdefghijklmnopqrst.supabase.co",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_Vx3kT",
        "SUPABASE_SERVICE_JWT": service_jwt(),
        "DATABASE_URL": "postgresql://postgres:pw@db.example.com:5432/postgres?sslmode=verify-full",
        "TOKEN_KEYS": key_set(octet_key("2026-11", b"a"), octet_key("2026-05", b"b")),
        "GOOGLE_CLIENT_ID": "123-abc.apps.googleusercontent.com",
        "GOOGLE_CLIENT_SECRET": "GOCSPX-geheim",
        "PUBLIC_URL": "https://api.example.com",
        "APP_RETURN_URLS": "https://app.example.com/settings/google, https://app.example.com/welcome?step=2",
        "ALLOWED_ORIGINS": "https://app.example.com,https://admin.example.com:8443",
    }


def local(**changes: str) -> dict[str, str]:
    """What a local platform gives the service."""
    return {
        "APP_ENV": "local",
        "SUPABASE_URL": "http://127.0.0.1:54321",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_local_x",
        "SUPABASE_SERVICE_JWT": service_jwt(kid="local-gateway-1", iss="cxtrack-local"),
        "DATABASE_URL": "postgresql://postgres:pw@127.0.0.1:5432/postgres?sslmode=disable",
        "TOKEN_KEYS": key_set(octet_key("local-1")),
        "GOOGLE_CLIENT_ID": "local-client.apps.googleusercontent.com",
        "GOOGLE_CLIENT_SECRET": "local-geheim",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "APP_RETURN_URLS": "http://127.0.0.1:3000/settings/google",
        "ALLOWED_ORIGINS": "http://127.0.0.1:3000",
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
        "GOOGLE_ISSUER": "http://localhost:7",
        "ADDRESS_LIMIT_FACTOR": "100",
        "METRICS_PORT": "0",
    } | changes
