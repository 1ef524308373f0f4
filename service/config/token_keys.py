"""TOKEN_KEYS: the keys that sealed documents and request hashes are derived from, as a JWK set (RFC 7517)."""

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

KEY_BYTES = 32
# The database checks key names in document headers with the same rule.
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A 256-bit key with its name."""

    kid: str
    secret: bytes = field(repr=False)


def parse_token_keys(text: str) -> tuple[TokenKey, ...]:
    """Read a JWK set of 256-bit octet keys; the order stays, as the first key seals.

    Raises:
        ValueError: it is anything else. The message says which key by position and never holds a part of one.
    """
    try:
        document = json.loads(text)
    except ValueError:
        raise ValueError("is not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ValueError('is not a JWK set {"keys": [...]} with at least one key')
    keys = tuple(_parse_key(entry, f"key {position}") for position, entry in enumerate(entries, start=1))
    if len({key.kid for key in keys}) < len(keys):
        raise ValueError("has two keys with the same kid")
    if len({key.secret for key in keys}) < len(keys):
        raise ValueError("has the same key under two names")
    return keys


def generate_token_keys(kid: str | None = None) -> str:
    """Make a JWK set with one fresh key.

    Args:
        kid: its name; today's date and a random part if None.

    Raises:
        ValueError: the name is not one that a sealed document can carry.
    """
    name = kid or f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(3)}"
    encoded = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()
    text = json.dumps({"keys": [{"kty": "oct", "kid": name, "k": encoded}]})
    parse_token_keys(text)
    return text


def add_token_key(text: str) -> str:
    """Put a fresh key last, where every process can open with it and none seals with it yet.

    Raises:
        ValueError: the text is no TOKEN_KEYS.
    """
    parse_token_keys(text)
    return json.dumps({"keys": [*json.loads(text)["keys"], *json.loads(generate_token_keys())["keys"]]})


def seal_with(text: str, kid: str) -> str:
    """Put a key first, so that it seals.

    Raises:
        ValueError: the text is no TOKEN_KEYS, or has no key of this name.
    """
    if kid not in {key.kid for key in parse_token_keys(text)}:
        raise ValueError(f"has no key {kid}")
    entries = sorted(json.loads(text)["keys"], key=lambda entry: entry["kid"] != kid)
    return json.dumps({"keys": entries})


def _parse_key(entry: Any, name: str) -> TokenKey:
    if not isinstance(entry, dict) or entry.get("kty") != "oct":
        raise ValueError(f'{name} is not an octet key ("kty": "oct")')
    kid, encoded = entry.get("kid"), entry.get("k")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise ValueError(f"{name} has no kid of 1 to 64 characters from A-Z a-z 0-9 . _ -")
    if not isinstance(encoded, str):
        raise ValueError(f"{name} has no k")
    try:
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{name} has a k that is not base64url") from None
    if len(secret) != KEY_BYTES:
        raise ValueError(f"{name} has {len(secret) * 8} bits, 256 are needed")
    if secret == bytes(KEY_BYTES):
        raise ValueError(f"{name} is all zeros")
    return TokenKey(kid, secret)
