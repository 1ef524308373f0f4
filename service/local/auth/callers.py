"""Who is calling: checks the Bearer token and, for a user, that user and session still exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import jwt
from flask import Request

from service.local.auth.config import AuthSettings
from service.local.auth.database import Connection
from service.local.auth.errors import AuthError, bad_request, forbidden
from service.local.auth.users import User, find_by_id

_BEARER = re.compile(r"(?:B|b)earer (\S+)")
_ADMIN_ROLES = {"service_role", "supabase_admin"}


@dataclass(frozen=True)
class Caller:
    """A signed-in user of a request."""

    user: User
    session_id: UUID | None


class TokenVerifier:
    """Verifies Bearer tokens against the platform's public keys."""

    def __init__(self, settings: AuthSettings):
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(settings.jwks).keys}

    def claims(self, request: Request) -> dict[str, Any]:
        """The claims of the request's Bearer token. Like GoTrue this checks signature and expiry, not iss or aud.

        Raises:
            AuthError: no Bearer (401) or one that does not verify (403).
        """
        match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
        if match is None:
            raise AuthError(HTTPStatus.UNAUTHORIZED, "no_authorization", "This endpoint requires a Bearer token")
        try:
            key = self._keys[jwt.get_unverified_header(match[1]).get("kid", "")]
            return jwt.decode(match[1], key, algorithms=["ES256"], options={"verify_aud": False})
        except (jwt.PyJWTError, KeyError):
            # GoTrue appends its parser's words; ours could quote the token, so they are left out.
            message = "invalid JWT: unable to parse or verify signature, token is malformed, expired or of another key"
            raise forbidden("bad_jwt", message) from None

    def require_admin(self, request: Request) -> str:
        """The role of an admin's token.

        Raises:
            AuthError: `not_admin` for any other role.
        """
        role = self.claims(request).get("role", "")
        if role not in _ADMIN_ROLES:
            raise forbidden("not_admin", "User not allowed")
        return role

    def require_user(self, request: Request, connection: Connection) -> Caller:
        """The user and session of the token, as the database knows them now.

        Raises:
            AuthError: the user (`user_not_found`) or the session (`session_not_found`) is gone.
        """
        claims = self.claims(request)
        if not claims.get("sub"):
            raise forbidden("bad_jwt", "invalid claim: missing sub claim")
        user_id = _uuid_claim(claims["sub"], bad_request("bad_jwt", "invalid claim: sub claim must be a UUID"))
        user = find_by_id(connection, user_id)
        if user is None:
            raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
        if not claims.get("session_id"):
            return Caller(user, None)
        invalid = forbidden("bad_jwt", "invalid claim: session_id claim must be a UUID")
        session_id = _uuid_claim(claims["session_id"], invalid)
        if connection.execute("select 1 from auth.sessions where id = %s", (session_id,)).fetchone() is None:
            raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
        return Caller(user, session_id)


def _uuid_claim(value: object, refusal: AuthError) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise refusal from None
