"""Google's authorization server: consent address, code exchange, ID token, refresh and revocation.

Built on google-auth-oauthlib's Flow and the OAuth2Session below it. Its loggers write codes and tokens at DEBUG;
service/logs.py holds them at WARNING.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

import jwt
import requests
from google_auth_oauthlib.flow import Flow
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from service.adapters.google_http import GoogleHTTP
from service.adapters.google_measurements import measured
from service.adapters.jwks import JWKSCache, JWKSUnavailable
from service.adapters.token_endpoint import InvalidGrant, ask, json_object, require_token_response, text_of, tokens_of
from service.domain.google_values import GoogleAccount, GoogleTokens
from service.domain.refreshing import GrantEnded
from service.domain.refusals import (
    AuthorizationCodeRefused,
    EmailUnverified,
    GoogleUnavailable,
    IDTokenInvalid,
)

_log = logging.getLogger(__name__)
# The whole refresh has 10 seconds, and its lease 30: connecting and reading stay well below.
_TOKEN_TIMEOUT = (3.05, 6.5)
_REVOKE_TIMEOUT = (2.0, 4.0)
_CLOCK_SKEW_SECONDS = 10
# A Workspace wants the user to sign in again (google-auth, google/oauth2/reauth.py).
_REAUTHENTICATION_SUBTYPES = ("invalid_rapt", "rapt_required")


class GoogleOAuthClient:
    """Fulfils service.domain.ports.GoogleOAuth."""

    def __init__(
        self, *, client_id: str, client_secret: str, redirect_uri: str, auth_uri: str, token_uri: str, revoke_uri: str,
        issuer: str, jwks: JWKSCache, http: GoogleHTTP,
    ) -> None:  # fmt: skip
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._auth_uri = auth_uri
        self._token_uri = token_uri
        self._revoke_uri = revoke_uri
        self._issuer = issuer
        self._jwks = jwks
        self._http = http

    @property
    def client_id(self) -> str:
        """The client that tokens are issued to."""
        return self._client_id

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str, scopes: Sequence[str]) -> str:
        """Build the consent address (RFC 6749, section 4.1.1; PKCE S256, RFC 7636).

        `prompt=consent` because Google gives a refresh token only on the first consent otherwise.
        """
        flow = self._flow(scopes, code_verifier)
        url, _ = flow.authorization_url(state=state, nonce=nonce, access_type="offline", prompt="consent")
        return url

    def is_issuer(self, iss: str) -> bool:
        """Whether a redirect's `iss` is Google's (RFC 9207)."""
        return iss == self._issuer

    def exchange(self, *, code: str, code_verifier: str) -> GoogleTokens:
        """Exchange an authorization code (RFC 6749, section 4.1.3). Exactly one request.

        Raises:
            AuthorizationCodeRefused: the token endpoint said invalid_grant.
            GoogleUnavailable: no answer, or one that is not a token response.
            GoogleRefused: any other OAuth error, which is our fault and not the user's.
        """
        # Without scopes: oauthlib would raise on a partial consent, with the code already spent.
        flow = self._flow(None, code_verifier)
        flow.oauth2session.register_compliance_hook("access_token_response", require_token_response)
        asked_at = datetime.now(UTC)
        self._http.prepare(flow.oauth2session)
        try:
            answer = ask(lambda: flow.fetch_token(code=code, timeout=_TOKEN_TIMEOUT))
        except InvalidGrant:
            raise AuthorizationCodeRefused(details={"oauth_error": "invalid_grant"}) from None
        return tokens_of(answer, asked_at)

    def refresh(self, refresh_token: str) -> GoogleTokens:
        """Get a new access token (RFC 6749, section 6). Exactly one request, no scope asked for.

        Raises:
            GrantEnded: the token endpoint said invalid_grant.
            GoogleUnavailable: no answer, or one that is not a token response.
            GoogleRefused: any other OAuth error; its code is in the details.
        """
        session = OAuth2Session(client_id=self._client_id)
        session.register_compliance_hook("refresh_token_response", require_token_response)
        asked_at = datetime.now(UTC)
        self._http.prepare(session)
        try:
            answer = ask(
                lambda: session.refresh_token(
                    self._token_uri,
                    refresh_token=refresh_token,
                    auth=HTTPBasicAuth(self._client_id, self._client_secret),
                    timeout=_TOKEN_TIMEOUT,
                )
            )
        except InvalidGrant as ended:
            is_reauthentication = ended.subtype in _REAUTHENTICATION_SUBTYPES
            raise GrantEnded("reauthentication_required" if is_reauthentication else "grant_ended") from None
        return tokens_of(answer, asked_at)

    def verify_id_token(self, id_token: str, *, nonce: str) -> GoogleAccount:
        """Verify signature, issuer, audience, expiry and nonce (OpenID Connect Core, section 3.1.3.7).

        Raises:
            IDTokenInvalid: any of them is wrong.
            EmailUnverified: Google does not vouch for the address.
            GoogleUnavailable: Google's keys could not be fetched.
        """
        try:
            key = self._jwks.key_of(id_token)
            claims = jwt.decode(
                id_token,
                key,
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=[self._issuer, self._issuer.removeprefix("https://")],
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
            )
        except JWKSUnavailable:
            raise GoogleUnavailable from None
        except jwt.PyJWTError:
            raise IDTokenInvalid from None
        subject, email = text_of(claims, "sub", 255), text_of(claims, "email", 320)
        if claims["nonce"] != nonce or subject is None:
            raise IDTokenInvalid
        if claims.get("email_verified") is not True or email is None:
            raise EmailUnverified
        picture = text_of(claims, "picture", 2048)
        return GoogleAccount(
            sub=subject,
            email=email,
            name=text_of(claims, "name", 512),
            picture=picture if picture and picture.startswith("https://") else None,
        )

    def unverified_subject(self, id_token: str) -> str | None:
        """Read the subject of an ID token that may not have passed: good only to decide against a revocation."""
        try:
            subject = jwt.decode(id_token, options={"verify_signature": False}).get("sub")
        except jwt.PyJWTError:
            return None
        return subject if isinstance(subject, str) else None

    def revoke(self, token: str) -> str | None:
        """Revoke the grant behind a refresh or access token (RFC 7009); it goes in the body. Never raises.

        Returns:
            None if the grant has ended, now or before, else why not: google_unreachable, google_unavailable or
            google_refused.
        """
        with measured("oauth2.revoke") as measurement:
            try:
                with self._http.session() as session:
                    answer = session.post(self._revoke_uri, data={"token": token}, timeout=_REVOKE_TIMEOUT)
            except requests.RequestException as error:
                measurement.outcome = "unreachable"
                _log.warning("revocation not delivered", extra={"kind": type(error).__name__})
                return "google_unreachable"
            measurement.outcome = str(answer.status_code)
        # invalid_token: expired or revoked already. Google answers it with 400, where RFC 7009 would have a 200.
        if answer.ok or (answer.status_code == 400 and (json_object(answer) or {}).get("error") == "invalid_token"):
            return None
        _log.warning("revocation not confirmed", extra={"status": answer.status_code})
        return "google_unavailable" if answer.status_code >= 500 else "google_refused"

    def _flow(self, scopes: Sequence[str] | None, code_verifier: str) -> Flow:
        configuration = {
            "web": {
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "auth_uri": self._auth_uri,
                "token_uri": self._token_uri,
            }
        }
        return Flow.from_client_config(
            configuration, scopes=scopes, redirect_uri=self._redirect_uri, code_verifier=code_verifier
        )
