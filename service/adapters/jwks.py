"""Public keys of a token issuer, fetched from its JWKS address (RFC 7517) and kept for a while.

A stale set goes on serving while it cannot be fetched anew: an outage of the issuer's key address must not sign
everybody out.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt

_log = logging.getLogger(__name__)

LIFETIME_SECONDS = 600.0
# A token with an unknown key name may be a rotation or an attack; either may cost one fetch in this time.
UNKNOWN_KEY_SECONDS = 30.0
# While there is no key at all every token asks; the issuer may be starting.
_EMPTY_RETRY_SECONDS = 1.0
_STALE_RETRY_SECONDS = 30.0
_TIMEOUT = httpx.Timeout(5.0, connect=2.0)
_LARGEST_SET = 65_536
_MOST_KEYS = 32
_LONGEST_KID = 256
_CONTENT_TYPES = ("application/json", "application/jwk-set+json")
_SMALLEST_RSA_BITS = 2048


class JWKSUnavailable(Exception):
    """The issuer's keys could not be fetched and none are kept."""


class UnknownSigningKey(jwt.InvalidTokenError):
    """The token names no key of its issuer."""


class JWKSCache:
    """The keys behind one JWKS address; safe to share between threads, with one fetch at a time.

    Only keys that verify ES256 or RS256 are kept. A token's header chooses one by `kid` and decides nothing else.
    """

    def __init__(self, url: str, http: httpx.Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._unknown_at: float | None = None

    def key_of(self, compact_jwt: str) -> jwt.PyJWK:
        """Give the key that a token names in its header.

        Raises:
            UnknownSigningKey: no such key; asked for at most every UNKNOWN_KEY_SECONDS.
            jwt.PyJWTError: the header cannot be read.
            JWKSUnavailable: there are no keys to look in.
        """
        kid = jwt.get_unverified_header(compact_jwt).get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            raise UnknownSigningKey("no kid")
        return self.key(kid)

    def key(self, kid: str) -> jwt.PyJWK:
        """Give the key of this name.

        Raises:
            UnknownSigningKey, JWKSUnavailable: as in key_of.
        """
        self._refresh_if_stale()
        found = self._keys.get(kid)
        if found is None:
            self._refresh_for_unknown_key(kid)
            found = self._keys.get(kid)
        if found is None:
            if self._fetched_at is None:
                raise JWKSUnavailable
            raise UnknownSigningKey("no such key")
        return found

    def ready(self) -> bool:
        """Whether there are keys to verify with; fetches them if need be."""
        self._refresh_if_stale()
        return bool(self._keys)

    def _refresh_if_stale(self) -> None:
        if self._is_within(self._fetched_at, LIFETIME_SECONDS):
            return
        # Only who has no key at all has to wait for another thread's fetch.
        if not self._lock.acquire(blocking=self._fetched_at is None):
            return
        try:
            pause = _EMPTY_RETRY_SECONDS if self._fetched_at is None else _STALE_RETRY_SECONDS
            if not self._is_within(self._fetched_at, LIFETIME_SECONDS) and not self._is_within(self._tried_at, pause):
                self._fetch()
        finally:
            self._lock.release()

    def _refresh_for_unknown_key(self, kid: str) -> None:
        with self._lock:
            if kid in self._keys or self._fetched_at is None or self._is_within(self._unknown_at, UNKNOWN_KEY_SECONDS):
                return
            self._unknown_at = self._clock()
            self._fetch()

    def _is_within(self, moment: float | None, seconds: float) -> bool:
        # A clock that went backwards must not make a set last for ever.
        return moment is not None and 0 <= self._clock() - moment < seconds

    def _fetch(self) -> None:
        """Replace the keys; keep the old ones if it fails. The caller holds the lock."""
        self._tried_at = self._clock()
        try:
            keys = _read_keys(self._download())
        except httpx.HTTPError as error:
            _log.warning("jwks not fetched", extra={"kind": type(error).__name__})
        except ValueError as error:
            _log.warning("jwks not understood", extra={"reason": str(error)})
        else:
            self._keys, self._fetched_at = keys, self._tried_at

    def _download(self) -> bytes:
        with self._http.stream("GET", self._url, timeout=_TIMEOUT, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ValueError(f"status {answer.status_code}")
            if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _CONTENT_TYPES:
                raise ValueError("not JSON by its Content-Type")
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _LARGEST_SET:
                    raise ValueError("too large")
        return body


def _read_keys(body: bytes) -> dict[str, jwt.PyJWK]:
    try:
        document = json.loads(body)
    except ValueError:
        raise ValueError("not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ValueError("not a key set")
    keys = {entry["kid"]: key for entry in entries if (key := _read_key(entry)) is not None}
    if not keys:
        raise ValueError("no key that verifies ES256 or RS256")
    return keys


def _read_key(entry: Any) -> jwt.PyJWK | None:
    """Read one public signing key; None for everything else, symmetric keys above all."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
        return None
    match entry.get("kty"), entry.get("crv"):
        case "EC", "P-256":
            algorithm = "ES256"
        case "RSA", None:
            algorithm = "RS256"
        case _:
            return None
    if entry.get("alg", algorithm) != algorithm:
        return None
    public = {name: value for name, value in entry.items() if name in ("kty", "crv", "x", "y", "n", "e", "kid")}
    try:
        key = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if algorithm == "RS256" and key.key.key_size < _SMALLEST_RSA_BITS:
        return None
    return key
