"""Users of HTTP tests: they sign up through the real supabase client."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import jwt

from service.local.platform import Platform
from supabase import Client, ClientOptions, create_client


@dataclass(frozen=True)
class User:
    """A signed-in user.

    Attributes:
        client: a supabase client that is signed in as this user.
    """

    id: str
    email: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    session_id: str
    client: Client = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The Authorization header of this user."""
        return {"Authorization": f"Bearer {self.access_token}"}


NewUser = Callable[..., User]


def open_client(platform: Platform, http: httpx.Client, *, key: str | None = None) -> Client:
    """A supabase client of its own on a shared connection pool, as nobody yet."""
    options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
    return create_client(platform.supabase_url, key or platform.publishable_key, options)


def sign_up(
    platform: Platform, http: httpx.Client, *, name: str = "user", data: dict[str, Any] | None = None,
    is_ready: bool = True,
) -> User:  # fmt: skip
    """Sign a new user up, who then attests and agrees as the frontend's sign-up page asks, unless not ready."""
    client = open_client(platform, http)
    email, password = f"{name}-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(12)
    answer = client.auth.sign_up({"email": email, "password": password, "options": {"data": data or {}}})
    assert answer.user is not None
    assert answer.session is not None
    if is_ready:
        attest_and_agree(client)
    claims = jwt.decode(answer.session.access_token, options={"verify_signature": False})
    return User(
        id=answer.user.id,
        email=email,
        password=password,
        access_token=answer.session.access_token,
        refresh_token=answer.session.refresh_token,
        session_id=claims["session_id"],
        client=client,
    )


def attest_and_agree(client: Client) -> None:
    """What every new user does before new processing opens."""
    client.rpc("attest_adult", {"is_adult": True}).execute()
    newest = client.table("policy_versions").select("id, text_sha256").eq("document", "privacy_policy")
    (version,) = cast(list[dict[str, Any]], newest.order("effective_at", desc=True).limit(1).execute().data)
    client.rpc("accept_policy", {"policy_version_id": version["id"], "text_sha256": version["text_sha256"]}).execute()
