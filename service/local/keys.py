"""Keys of one local platform: two ES256 signing keys, two API keys and the role JWTs made with them.

Everything here is made anew for each platform and marked as local (`_local_` in API keys, `local-` in key ids), so
that production settings can refuse it.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

LOCAL_ISSUER = "cxtrack-local"
AUDIENCE = "authenticated"
_ROLE_JWT_LIFETIME = 10 * 365 * 24 * 3600

Jwk = dict[str, Any]


@dataclass(frozen=True)
class SigningKey:
    """An ES256 key pair with its key id."""

    kid: str
    private_jwk: Jwk = field(repr=False)

    @classmethod
    def generate(cls, purpose: str) -> SigningKey:
        """Make a key whose id is `local-<purpose>-<random>`."""
        private_jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
        return cls(kid=f"local-{purpose}-{secrets.token_hex(6)}", private_jwk=private_jwk)

    @property
    def public_jwk(self) -> Jwk:
        """The public half in the form that Auth lists in its JWKS."""
        public = {name: value for name, value in self.private_jwk.items() if name != "d"}
        return {**public, "kid": self.kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims as a compact JWT that names this key."""
        key = jwt.PyJWK({**self.private_jwk, "alg": "ES256"})
        return jwt.encode(claims, key, algorithm="ES256", headers={"kid": self.kid})


@dataclass(frozen=True)
class LocalKeys:
    """What the parts of one platform need to trust each other."""

    auth: SigningKey
    gateway: SigningKey
    publishable_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    @classmethod
    def generate(cls) -> LocalKeys:
        """Make fresh keys for one platform."""
        return cls(
            auth=SigningKey.generate("auth"),
            gateway=SigningKey.generate("gateway"),
            publishable_key=f"sb_publishable_local_{secrets.token_urlsafe(24)}",
            secret_key=f"sb_secret_local_{secrets.token_urlsafe(24)}",
        )

    def role_jwt(self, role: str, *, lifetime: int = _ROLE_JWT_LIFETIME) -> str:
        """Sign a JWT for a database role, as `supabase gen bearer-jwt --role` does for a hosted project.

        Args:
            role: a role granted to authenticator.
            lifetime: seconds from now until `exp`.
        """
        now = int(time.time())
        claims = {"iss": LOCAL_ISSUER, "aud": AUDIENCE, "role": role, "iat": now, "exp": now + lifetime}
        return self.gateway.sign(claims)

    @property
    def anon_jwt(self) -> str:
        """What the gateway puts in place of the publishable key."""
        return self.role_jwt("anon")

    @property
    def service_role_jwt(self) -> str:
        """What the gateway puts in place of the secret key."""
        return self.role_jwt("service_role")

    @property
    def google_service_jwt(self) -> str:
        """The service's own credential: role `google_service`, no user."""
        return self.role_jwt("google_service")

    @property
    def google_operator_jwt(self) -> str:
        """The credential of operator commands (rotation, expiry, evidence)."""
        return self.role_jwt("google_operator")

    def jwks(self) -> dict[str, list[Jwk]]:
        """Both public keys. A hosted project lists an imported signing key beside its own in the same way."""
        return {"keys": [self.auth.public_jwk, self.gateway.public_jwk]}
