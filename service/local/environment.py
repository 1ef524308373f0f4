"""The variables with which the service runs on a local platform, and `.local/env`, the file that holds them."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

GOOGLE_CLIENT_ID = "local-client.apps.googleusercontent.com"
CALLBACK_PATH = "/v1/google/callback"
DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"
DEFAULT_RETURN_URLS = ("http://127.0.0.1:3000/settings/google",)
DEFAULT_ORIGINS = ("http://127.0.0.1:3000",)


def new_token_keys(count: int = 1) -> str:
    """A JWK set with fresh 256-bit keys whose ids say that they are local."""
    keys = [base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=") for _ in range(count)]
    return json.dumps({"keys": [{"kty": "oct", "kid": f"local-{secrets.token_hex(4)}", "k": key} for key in keys]})


@dataclass(frozen=True)
class ServiceIdentity:
    """What the service is to others: its address, where users return to, its OAuth client, its sealing keys."""

    public_url: str = DEFAULT_PUBLIC_URL
    app_return_urls: tuple[str, ...] = DEFAULT_RETURN_URLS
    allowed_origins: tuple[str, ...] = DEFAULT_ORIGINS
    google_client_id: str = GOOGLE_CLIENT_ID
    google_client_secret: str = field(default_factory=lambda: f"local-{secrets.token_urlsafe(24)}", repr=False)
    token_keys: str = field(default_factory=new_token_keys, repr=False)

    @property
    def redirect_uri(self) -> str:
        """The one redirect URI registered at the Google stand-in."""
        return self.public_url + CALLBACK_PATH

    @property
    def example_url(self) -> str:
        """Where the example page is, and where users come back to it."""
        return f"{self.public_url}/example/"

    def environment(self) -> dict[str, str]:
        """The variables that follow from this identity alone."""
        return {
            "APP_ENV": "local",
            "PUBLIC_URL": self.public_url,
            "APP_RETURN_URLS": ",".join((*self.app_return_urls, self.example_url)),
            "ALLOWED_ORIGINS": ",".join(self.allowed_origins),
            "TRUSTED_PROXY_COUNT": "0",
            # Tests and demo come from one address.
            "ADDRESS_LIMIT_FACTOR": "100",
            "TOKEN_KEYS": self.token_keys,
            "GOOGLE_CLIENT_ID": self.google_client_id,
            "GOOGLE_CLIENT_SECRET": self.google_client_secret,
            # oauthlib refuses http redirect URIs otherwise; production settings refuse this variable.
            "OAUTHLIB_INSECURE_TRANSPORT": "1",
        }


def google_endpoints(google_url: str) -> dict[str, str]:
    """The variables that point every Google endpoint to the stand-in."""
    return {
        "GOOGLE_AUTH_URI": f"{google_url}/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URI": f"{google_url}/token",
        "GOOGLE_REVOKE_URI": f"{google_url}/revoke",
        "GOOGLE_JWKS_URI": f"{google_url}/oauth2/v3/certs",
        "GOOGLE_ISSUER": google_url,
        "GMAIL_ENDPOINT": f"{google_url}/",
        "CALENDAR_ENDPOINT": f"{google_url}/calendar/v3/",
    }


def write_env_file(path: Path, variables: Mapping[str, str], *, notes: Mapping[str, str]) -> None:
    """Write variables in dotenv form, readable by their owner only.

    Args:
        notes: more values, written as comments: useful by hand, but not for the service.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# Written by the local platform; the keys work only while it runs."]
    lines += [f"{name}='{value}'" for name, value in variables.items()]
    lines += ["# Not for the service, for use by hand:"]
    lines += [f"# {name}='{value}'" for name, value in notes.items()]
    # Written beside and moved, so that nobody reads half a file or a file with another mode.
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    draft.replace(path)
