"""One pool of TLS connections to Google per process, shared by every call; the token travels with each call alone.

A new TLS context costs about 24 ms, and httplib2, which googleapiclient would use by itself, makes one per
connection, is not safe to share between threads, and repeats a POST when the connection drops.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import certifi
import httplib2
import requests
import urllib3
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError

from service.domain.deadlines import Deadline
from service.domain.google_faults import DROPPED, NOT_BEGUN, TIMEOUT, UNREACHABLE, UNREADABLE, GoogleFault

# Seconds to connect and to wait for the next byte.
TIMEOUT_SECONDS = (3.05, 20.0)
# A page of a hundred events is some hundred kilobytes.
_LARGEST_ANSWER = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_NEVER_CONNECTED = (NewConnectionError, ConnectTimeoutError, NameResolutionError)


class _SharedAdapter(HTTPAdapter):
    """A pool that outlives every session that uses it."""

    def close(self) -> None:
        """Stay open: Session.close closes its adapters, and here other threads are in the middle of their calls."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer that arrived whole."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class GoogleHTTP:
    """Sends requests over connections that stay open, and repeats nothing."""

    def __init__(self, *, pool_size: int = 32) -> None:
        self._adapter = _SharedAdapter(pool_connections=4, pool_maxsize=pool_size, max_retries=0)
        # The certificates that requests trusts.
        self._pools = urllib3.PoolManager(num_pools=4, maxsize=pool_size, retries=False, ca_certs=certifi.where())

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

    def send(
        self, access_token: str, deadline: Deadline, url: str, *, body: bytes | str, headers: Mapping[str, str]
    ) -> RawAnswer:
        """POST once through google-auth's session, and read the whole answer before the deadline.

        Raises:
            GoogleFault: without a status, with the word for what happened.
        """
        try:
            with self.authorized_session(access_token).post(
                url,
                data=body,
                headers=dict(headers),
                allow_redirects=False,
                stream=True,
                timeout=_timeout(deadline),  # pyright: ignore[reportArgumentType] - requests takes a pair
            ) as answer:
                content = _read(answer.raw, deadline)
                return RawAnswer(answer.status_code, answer.reason or "", answer.headers, content)
        except (requests.RequestException, HTTPError) as error:
            raise GoogleFault(None, _word_for(error)) from None

    def call(
        self, access_token: str, deadline: Deadline, method: str, url: str,
        *, body: bytes | str | None = None, headers: Mapping[str, str] | None = None,
    ) -> RawAnswer:  # fmt: skip
        """Send one request of googleapiclient's, once, and read the whole answer before the deadline.

        Without requests in between: its sessions cost half of what such a call costs a worker.

        Raises:
            GoogleFault: without a status, with the word for what happened.
        """
        connect, read = _timeout(deadline)
        try:
            answer = self._pools.urlopen(
                method,
                url,
                body=body,
                headers={**(headers or {}), "Authorization": f"Bearer {access_token}"},
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=connect, read=read),
            )
            try:
                content = _read(answer, deadline)
            except BaseException:
                answer.close()
                raise
            answer.release_conn()
            return RawAnswer(answer.status, answer.reason or "", answer.headers, content)
        except HTTPError as error:
            raise GoogleFault(None, _word_for(error)) from None


class AuthorizedHTTP:
    """What googleapiclient takes for its http object: one call with one access token over the shared pool."""

    def __init__(self, http: GoogleHTTP, access_token: str, deadline: Deadline) -> None:
        self._http = http
        self._access_token = access_token
        self._deadline = deadline

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request; redirects are not followed, as none of Google's API calls needs one."""
        answer = self._http.call(self._access_token, self._deadline, method, uri, body=body, headers=headers)
        response = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        response.status = answer.status
        response.reason = answer.reason
        return response, answer.content


def _timeout(deadline: Deadline) -> tuple[float, float]:
    connect, read = (min(seconds, deadline.seconds_left()) for seconds in TIMEOUT_SECONDS)
    if not connect:
        raise GoogleFault(None, NOT_BEGUN)
    return connect, read


def _read(answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    content = bytearray()
    # Not iter_content, which waits until a chunk is full: a server that sends a byte now and then never runs into the
    # timeout between two bytes.
    while chunk := answer.read1(_CHUNK, decode_content=True):
        content += chunk
        if not deadline.seconds_left():
            raise GoogleFault(None, TIMEOUT)
        if len(content) > _LARGEST_ANSWER:
            raise GoogleFault(None, UNREADABLE)
    return bytes(content)


def _word_for(error: requests.RequestException | HTTPError) -> str:
    # requests wraps what urllib3 raises.
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, (requests.exceptions.ConnectTimeout, *_NEVER_CONNECTED)) or isinstance(
        cause, _NEVER_CONNECTED
    ):
        return UNREACHABLE
    # Before the answer begins it is requests that raises, while it is read urllib3.
    if isinstance(error, requests.exceptions.ReadTimeout | ReadTimeoutError):
        return TIMEOUT
    return DROPPED
