"""A signed-in user with a Google account of their own, acting on the running service over HTTP."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from tests.databases import Database
from tests.people import User

_numbers = itertools.count(secrets.randbelow(10**9) * 1000)


@dataclass
class Actor:
    """A user, and the Google account that they choose on the consent page."""

    user: User
    platform: Platform
    service: httpx.Client
    google: GoogleControl
    sub: str
    account: str
    headers: dict[str, str] = field(repr=False)

    @property
    def id(self) -> UUID:
        """The user's id."""
        return UUID(self.user.id)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the service as this user."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.service.request(method, path, headers=headers, **options)

    def start(self) -> str:
        """Start connecting; gives Google's consent address."""
        answer = self.call("POST", "/v1/google/authorizations", json={"return_to": self.return_to})
        assert answer.status_code == 201, answer.text
        return answer.json()["authorization_url"]

    def come_back(self, **decision: Any) -> httpx.Response:
        """Start, decide at Google, and follow the redirect to the callback."""
        return self.service.get(self.google.consent(self.start(), account=self.account, **decision))

    def completion(self, scopes: Iterable[str] | None = None) -> str:
        """Go through consent and callback; gives the completion that the browser carries."""
        return fragment(self.come_back(scopes=scopes))["google_completion"]

    def finish(self, completion: str) -> httpx.Response:
        """Finish connecting."""
        return self.call("POST", "/v1/google/connection", json={"completion": completion})

    def connect(self, scopes: Iterable[str] | None = None) -> None:
        """Connect from start to finish."""
        answer = self.finish(self.completion(scopes))
        assert answer.status_code == 201, answer.text

    def send(self, key: UUID | None = None, **changes: Any) -> httpx.Response:
        """Send a mail."""
        message = {"to": ["grace@example.com"], "subject": "Tuesday", "text": "At ten?"} | changes
        return self.call("POST", "/v1/gmail/messages", json=message, headers={"Idempotency-Key": str(key or uuid4())})

    @property
    def return_to(self) -> str:
        """Where this user's browser comes back to."""
        return self.platform.identity.app_return_urls[0]


def new_actor(user: User, platform: Platform, service: httpx.Client, google: GoogleControl, **account: Any) -> Actor:
    """Give a user a fresh Google account."""
    number = next(_numbers)
    sub, email = f"2{number:020d}", f"person-{number}@example.com"
    google.add_account(sub, email, **account)
    return Actor(user, platform, service, google, sub, email, user.headers)


def fragment(redirect: httpx.Response) -> dict[str, str]:
    """What a callback's redirect carries behind the #."""
    assert redirect.status_code == 303, redirect.text
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect.headers["Location"]).fragment).items()}


def stored(database: Database, actor: Actor) -> dict[str, int]:
    """What is stored of a user's Google account; the Vault count is of all secrets that belong to nobody else."""
    (counts,) = database.rows(
        """
        select
            (select count(*) from public.google_connections where user_id = %(user)s) as connections,
            (select count(*) from private.google_authorization_attempts where user_id = %(user)s) as attempts,
            (
                select count(*) from vault.secrets as held
                where not exists (
                    select from private.google_secrets as named
                    join public.google_connections as connections on connections.id = named.connection_id
                    where connections.user_id <> %(user)s
                        and held.id in (named.access_secret_id, named.refresh_secret_id)
                ) and not exists (
                    select from private.pending_revocations as pending
                    where pending.user_id <> %(user)s and pending.refresh_secret_id = held.id
                )
            ) as vault_secrets
        """,
        {"user": actor.id},
    )
    return counts


def assert_refused(answer: httpx.Response, status: int, error_code: str) -> dict[str, Any]:
    """Check status and error code of a refusal, and that it has the one body of all errors."""
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (status, error_code), answer.text
    assert set(body) <= {"error_code", "message", "details"}
    return body
