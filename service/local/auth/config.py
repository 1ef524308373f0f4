"""Settings of the Auth stand-in, handed over in the environment of its process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.local.keys import SigningKey

ACCESS_TOKEN_LIFETIME = 3600
PASSWORD_MIN_LENGTH = 6


@dataclass(frozen=True)
class AuthSettings:
    """How one Auth process works.

    Attributes:
        database_url: where GoTrue's tables are, as supabase_auth_admin.
        external_url: the address that clients use, `<supabase url>/auth/v1`; the issuer of all tokens.
        signing_key: signs access tokens.
        jwks: all public keys that a Bearer may be signed with, the gateway's included.
        autoconfirm: a new e-mail address counts as confirmed; without it sign-up gives no session.
        refresh_token_reuse_interval: seconds in which a used refresh token still works, as on a hosted project.
    """

    database_url: str = field(repr=False)
    external_url: str
    signing_key: SigningKey = field(repr=False)
    jwks: dict[str, Any] = field(repr=False)
    autoconfirm: bool = True
    refresh_token_reuse_interval: int = 10

    def to_environment(self) -> dict[str, str]:
        """The variables from which `from_environment` reads the same settings."""
        return {
            "LOCAL_AUTH_DATABASE_URL": self.database_url,
            "LOCAL_AUTH_EXTERNAL_URL": self.external_url,
            "LOCAL_AUTH_SIGNING_KEY": json.dumps({"kid": self.signing_key.kid, **self.signing_key.private_jwk}),
            "LOCAL_AUTH_JWKS": json.dumps(self.jwks),
            "LOCAL_AUTH_AUTOCONFIRM": "true" if self.autoconfirm else "false",
            "LOCAL_AUTH_REUSE_INTERVAL": str(self.refresh_token_reuse_interval),
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AuthSettings:
        """Read what `to_environment` wrote.

        Raises:
            KeyError: a variable is missing.
        """
        key = json.loads(environment["LOCAL_AUTH_SIGNING_KEY"])
        return cls(
            database_url=environment["LOCAL_AUTH_DATABASE_URL"],
            external_url=environment["LOCAL_AUTH_EXTERNAL_URL"],
            signing_key=SigningKey(kid=key.pop("kid"), private_jwk=key),
            jwks=json.loads(environment["LOCAL_AUTH_JWKS"]),
            autoconfirm=environment["LOCAL_AUTH_AUTOCONFIRM"] == "true",
            refresh_token_reuse_interval=int(environment["LOCAL_AUTH_REUSE_INTERVAL"]),
        )
