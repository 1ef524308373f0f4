"""Password rules and hashes of the Auth stand-in (scrypt from the standard library, where GoTrue uses bcrypt)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from service.local.auth.config import PASSWORD_MIN_LENGTH
from service.local.auth.errors import bad_request, weak_password

_PREFIX = "$local-scrypt$"
_MAX_BYTES = 72  # bcrypt's limit, which GoTrue reports as an error.


def check_strength(password: str) -> None:
    """Refuse a password that a hosted project with default settings refuses.

    Raises:
        AuthError: too short (`weak_password`) or longer than bcrypt takes (`validation_failed`).
    """
    if len(password.encode()) > _MAX_BYTES:
        raise bad_request("validation_failed", f"Password cannot be longer than {_MAX_BYTES} characters")
    if len(password) < PASSWORD_MIN_LENGTH:
        raise weak_password(f"Password should be at least {PASSWORD_MIN_LENGTH} characters.", ["length"])


def hash_password(password: str) -> str:
    """Hash a password for `auth.users.encrypted_password`."""
    salt = secrets.token_bytes(16)
    return f"{_PREFIX}{_encode(salt)}${_encode(_derive(password, salt))}"


def matches(password: str, encrypted_password: str | None) -> bool:
    """Tell whether the password made this hash; a user without a password matches nothing."""
    if not encrypted_password or not encrypted_password.startswith(_PREFIX):
        return False
    salt, digest = encrypted_password.removeprefix(_PREFIX).split("$")
    return hmac.compare_digest(_derive(password, _decode(salt)), _decode(digest))


def _derive(password: str, salt: bytes) -> bytes:
    # The cost is low on purpose: these accounts exist on one machine and tests make many of them.
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(value: str) -> bytes:
    return base64.b64decode(value)
