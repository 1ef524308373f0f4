"""One pool of TLS connections to Google per process, shared by every call; the token travels with each call alone.

A new TLS context costs about 24 ms, and httplib2, which googleapiclient would use by itself, makes one per
connection, is not safe to share between threads, and repeats a POST when the connection drops.
"""

from collections.abc import Mapping

import httplib2
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials
from requests.adapters import HTTPAdapter

# Seconds to connect and to wait for the next byte.
TIMEOUT = (3.05, 20)


class _SharedAdapter(HTTPAdapter):
    """A pool that outlives every session that uses it."""

    def close(self) -> None:
        """Stay open: Session.close closes its adapters, and here other threads are in the middle of their calls."""


class GoogleHTTP:
    """Makes sessions that share one connection pool and retry nothing."""

    def __init__(self, *, pool_size: int = 32) -> None:
        self._adapter = _SharedAdapter(pool_connections=4, pool_maxsize=pool_size, max_retries=0)

    def session(self) -> requests.Session:
        """Give a session without credentials, for the token and revoke endpoints."""
        session = requests.Session()
        self.prepare(session)
        return session

    def authorized_session(self, access_token: str) -> AuthorizedSession:
        """Give a session that sends this access token and never refreshes by itself."""
        session = AuthorizedSession(
            Credentials(token=access_token),  # type: ignore[no-untyped-call]
            refresh_status_codes=(),
            max_refresh_attempts=0,
            auth_request=Request(self.session()),
        )
        self.prepare(session)
        return session

    def prepare(self, session: requests.Session) -> None:
        """Let a session of a client library use the shared pool."""
        # Neither proxies nor .netrc credentials from the machine's environment: Google is called as configured.
        session.trust_env = False
        # None of Google's endpoints redirects; a redirect of a POST would carry codes and tokens elsewhere.
        session.max_redirects = 0
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)


class AuthorizedHTTP:
    """What googleapiclient takes for its http object: one call with one access token over the shared pool."""

    def __init__(self, http: GoogleHTTP, access_token: str) -> None:
        self._session = http.authorized_session(access_token)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request; redirects are not followed, as none of Google's API calls needs one."""
        answer = self._session.request(
            method,
            uri,
            data=body,
            headers=dict(headers or {}),
            allow_redirects=False,
            timeout=TIMEOUT,  # pyright: ignore[reportArgumentType] - requests takes a pair
        )
        response = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        response.status = answer.status_code
        response.reason = answer.reason
        return response, answer.content
