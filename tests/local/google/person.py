"""A person with a Google account, and a client of theirs that uses Google's own libraries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build

from service.local.google.client import GoogleControl

CLIENT_ID = "test-client.apps.googleusercontent.com"
CLIENT_SECRET = "the-secret-of-the-test-client"
REDIRECT_URI = "http://127.0.0.1:8000/v1/google/callback"

EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"
SEND = "https://www.googleapis.com/auth/gmail.send"
MODIFY = "https://www.googleapis.com/auth/gmail.modify"
EVENTS = "https://www.googleapis.com/auth/calendar.events"
READ_CALENDAR = "https://www.googleapis.com/auth/calendar.readonly"
SIGN_IN = ("openid", EMAIL, PROFILE)
ALL = (*SIGN_IN, MODIFY, EVENTS, READ_CALENDAR)


@dataclass(frozen=True)
class StandIn:
    """The running stand-in."""

    url: str
    log_path: Path
    control: GoogleControl
    http: httpx.Client


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass
class Person:
    """Somebody who allows a client what it asks for."""

    google: StandIn
    email: str
    sub: str
    # Every token and code that this person's client held, so that tests can look for them elsewhere.
    held: list[str] = field(default_factory=list, repr=False)

    def flow(self, scopes: Iterable[str] = ALL, **more: Any) -> Flow:
        """A flow of Google's own library."""
        web = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "auth_uri": f"{self.google.url}/o/oauth2/v2/auth",
            "token_uri": f"{self.google.url}/token",
        }
        return Flow.from_client_config({"web": web}, list(scopes), redirect_uri=REDIRECT_URI, **more)

    def decide(self, flow: Flow, *, ticked: Iterable[str] | None = None, **options: Any) -> dict[str, str]:
        """Go through the consent page; gives the parameters of the redirect."""
        address, _ = flow.authorization_url(**options)
        answer = query_of(self.google.control.consent(address, account=self.email, scopes=ticked))
        self.held.append(answer["code"])
        return answer

    def token(
        self, scopes: Iterable[str] = ALL, *, ticked: Iterable[str] | None = None, **options: Any
    ) -> dict[str, Any]:
        """Connect; gives the token response."""
        flow = self.flow(scopes)
        answer = self.decide(flow, ticked=ticked, **options)
        try:
            token = dict(flow.fetch_token(code=answer["code"]))
        except Warning as changed:
            token = dict(changed.token)  # type: ignore[attr-defined] - oauthlib hangs it on the warning
        self.held += [token[name] for name in ("access_token", "refresh_token", "id_token") if name in token]
        return token

    def credentials(self, scopes: Iterable[str] = ALL) -> Credentials:
        """Connect; gives credentials that refresh at the stand-in."""
        return credentials_of(self.google, self.token(scopes))

    def session(self, scopes: Iterable[str] = ALL) -> AuthorizedSession:
        """Connect; gives a session that sends each request once."""
        return AuthorizedSession(self.credentials(scopes))

    def gmail(self, scopes: Iterable[str] = ALL) -> Any:
        """Connect; gives the messages and threads of Gmail's client."""
        endpoint = {"api_endpoint": f"{self.google.url}/"}
        return build("gmail", "v1", credentials=self.credentials(scopes), client_options=endpoint).users()

    def calendar(self, scopes: Iterable[str] = ALL) -> Any:
        """Connect; gives Calendar's client."""
        endpoint = {"api_endpoint": f"{self.google.url}/calendar/v3/"}
        return build("calendar", "v3", credentials=self.credentials(scopes), client_options=endpoint)


def credentials_of(google: StandIn, token: dict[str, Any], scopes: list[str] | None = None) -> Credentials:
    """Credentials of a token response that refresh at the stand-in."""
    return Credentials(
        token["access_token"],
        refresh_token=token.get("refresh_token"),
        token_uri=f"{google.url}/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=scopes,
    )
