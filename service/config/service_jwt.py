"""SUPABASE_SERVICE_JWT and SUPABASE_OPERATOR_JWT: what can be seen of our own credentials without the signing key."""

import time
from typing import Any

import jwt

SERVICE_ROLE = "google_service"
OPERATOR_ROLE = "google_operator"


def check_service_jwt(value: str) -> str:
    """Check that it is a JWT of the role google_service; see check_role_jwt."""
    return check_role_jwt(value, SERVICE_ROLE)


def check_operator_jwt(value: str) -> str:
    """Check that it is a JWT of the role google_operator; see check_role_jwt."""
    return check_role_jwt(value, OPERATOR_ROLE)


def check_role_jwt(value: str, role: str) -> str:
    """Check that it is a JWT of this role which has not expired; PostgREST verifies the signature.

    Raises:
        ValueError: it is not; the message quotes nothing of it.
    """
    claims = read_service_jwt(value)[1]
    if claims.get("role") != role:
        raise ValueError(f"is not a JWT of the role {role}")
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
