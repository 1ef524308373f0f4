"""SUPABASE_SERVICE_JWT: what can be seen of the service's own credential without the key that signed it."""

import time
from typing import Any

import jwt

SERVICE_ROLE = "google_service"


def check_service_jwt(value: str) -> str:
    """Check that it is a JWT of the role google_service which has not expired; PostgREST verifies the signature.

    Raises:
        ValueError: it is not; the message quotes nothing of it.
    """
    claims = read_service_jwt(value)[1]
    if claims.get("role") != SERVICE_ROLE:
        raise ValueError(f"is not a JWT of the role {SERVICE_ROLE}")
    expires_at = claims.get("exp")
    if not isinstance(expires_at, int):
        raise ValueError("has no expiry (exp)")
    if expires_at <= time.time():
        raise ValueError("has expired")
    return value


def read_service_jwt(value: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read header and claims; nothing is verified.

    Raises:
        ValueError: it is not a signed JWT.
    """
    try:
        decoded = jwt.decode_complete(value, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise ValueError("is not a JWT") from None
    if str(decoded["header"].get("alg")).lower() == "none":
        raise ValueError("is not signed")
    return decoded["header"], decoded["payload"]
