"""Verifying the access tokens of Supabase Auth.

supabase_auth's own `get_claims` checks neither issuer nor audience, so PyJWT does it, with everything pinned.
"""

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import httpx
import jwt

from service.adapters.jwks import JWKSCache, JWKSUnavailable, UnknownSigningKey
from service.domain.principal import Principal
from service.errors import ServiceUnavailable, Unauthenticated

_log = logging.getLogger(__name__)

ALGORITHMS = ("ES256", "RS256")
_LONGEST_TOKEN = 8192
_MOST_VERIFIED = 10_000
_CLOCK_SKEW_SECONDS = 10


class _ClaimRefused(Exception):
    """A claim is not as it has to be; the argument is one word for the log."""


class SupabaseJWTVerifier:
    """Turns access tokens into principals. Verified ones are kept, keyed by their SHA-256, until they expire."""

    def __init__(
        self, jwks_url: str, issuer: str, http: httpx.Client, *, audience: str = "authenticated",
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._jwks = JWKSCache(jwks_url, http, clock=clock)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._lock = threading.Lock()
        self._verified: OrderedDict[bytes, tuple[str, Principal]] = OrderedDict()

    def verify(self, access_token: str) -> Principal:
        """Verify signature, issuer, audience, expiry, role and session.

        That the session still lives is for the database to say, in the statement that acts.

        Raises:
            Unauthenticated: anything is wrong with it; the reason is for the log.
            ServiceUnavailable: Auth's keys cannot be had.
        """
        if not access_token.isascii() or len(access_token) > _LONGEST_TOKEN:
            raise Unauthenticated("malformed")
        digest = hashlib.sha256(access_token.encode()).digest()
        try:
            principal = self._remembered(digest)
            if principal is None:
                kid, principal = self._verify(access_token)
                self._remember(digest, kid, principal)
        except JWKSUnavailable:
            raise ServiceUnavailable from None
        except _ClaimRefused as refused:
            raise Unauthenticated(str(refused)) from None
        except jwt.PyJWTError as error:
            raise Unauthenticated(type(error).__name__) from None
        if principal.expires_at <= self._clock():
            raise Unauthenticated("expired")
        return principal

    def ready(self) -> bool:
        """Whether there are keys to verify with."""
        return self._jwks.ready()

    def _verify(self, access_token: str) -> tuple[str, Principal]:
        key = self._jwks.key_of(access_token)
        claims = jwt.decode(
            access_token,
            key,
            algorithms=ALGORITHMS,
            audience=self._audience,
            issuer=self._issuer,
            leeway=_CLOCK_SKEW_SECONDS,
            # Expiry is compared below, without leeway, against the clock that remembered tokens are compared with.
            options={"require": ["iss", "aud", "exp", "sub", "session_id", "role"], "verify_exp": False},
        )
        return str(key.key_id), _principal(claims)

    def _remembered(self, digest: bytes) -> Principal | None:
        with self._lock:
            entry = self._verified.get(digest)
            if entry is None:
                return None
            self._verified.move_to_end(digest)
        kid, principal = entry
        try:
            # A key that its issuer took back takes every token with it.
            self._jwks.key(kid)
        except UnknownSigningKey:
            self._forget(digest)
            return None
        if principal.expires_at <= self._clock():
            self._forget(digest)
        return principal

    def _remember(self, digest: bytes, kid: str, principal: Principal) -> None:
        if principal.expires_at <= self._clock():
            return
        with self._lock:
            self._verified[digest] = kid, principal
            while len(self._verified) > _MOST_VERIFIED:
                self._verified.popitem(last=False)

    def _forget(self, digest: bytes) -> None:
        with self._lock:
            self._verified.pop(digest, None)


def _principal(claims: Mapping[str, Any]) -> Principal:
    if claims["role"] != "authenticated":
        raise _ClaimRefused("role")
    if claims.get("is_anonymous", False) is not False:
        raise _ClaimRefused("anonymous")
    # Tokens that Supabase's OAuth server gave to somebody else's client act for that client, not for our frontend.
    if "client_id" in claims:
        raise _ClaimRefused("client_id")
    expires_at, aal = claims["exp"], claims.get("aal", "aal1")
    if isinstance(expires_at, bool) or not isinstance(expires_at, int):
        raise _ClaimRefused("exp")
    if aal not in ("aal1", "aal2", "aal3"):
        raise _ClaimRefused("aal")
    return Principal(_uuid(claims, "sub"), _uuid(claims, "session_id"), aal, expires_at)


def _uuid(claims: Mapping[str, Any], name: str) -> UUID:
    value = claims[name]
    try:
        parsed = UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise _ClaimRefused(name) from None
    # UUID() also takes braces, urn: and missing hyphens; Supabase writes one form.
    if str(parsed) != value:
        raise _ClaimRefused(name)
    return parsed
