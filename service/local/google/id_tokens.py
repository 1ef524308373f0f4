"""ID tokens as Google signs them: RS256, with a key of this process."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from service.local.google.state import Account


class IDTokenSigner:
    """Signs ID tokens and publishes the public key."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._kid = secrets.token_hex(20)

    def jwks(self) -> dict[str, Any]:
        """The public key as a JWK set."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": self._kid, "use": "sig", "alg": "RS256"}]}

    def sign(
        self, account: Account, client_id: str, *, scopes: frozenset[str], nonce: str | None, access_token: str,
        wrong: str | None = None,
    ) -> str:  # fmt: skip
        """Make an ID token; `wrong` names what is made wrong on purpose."""
        now = int(time.time())
        digest = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "azp": client_id,
            "aud": client_id,
            "sub": account.sub,
            "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "iat": now,
            "exp": now + 3600,
        }
        if nonce is not None:
            claims["nonce"] = nonce
        if any(scope.endswith("userinfo.email") for scope in scopes):
            claims |= {"email": account.email, "email_verified": account.email_verified}
        if any(scope.endswith("userinfo.profile") for scope in scopes):
            claims |= {"name": account.name, "picture": account.picture, "given_name": account.name.split()[0]}
        if account.hd:
            claims["hd"] = account.hd
        replaced: dict[str, Any] = {
            "nonce": "another nonce",
            "aud": "another-client.apps.googleusercontent.com",
            "iss": "https://accounts.example.com",
            "exp": now - 3600,
            "email_verified": False,
        }
        if wrong in replaced:
            claims[wrong] = replaced[wrong]
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if wrong == "signature" else self._key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": self._kid})
