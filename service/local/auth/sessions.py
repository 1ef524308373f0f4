"""Sessions, refresh tokens and the access tokens made from them."""

from __future__ import annotations

import secrets
import string
import time
from typing import Any
from uuid import UUID, uuid4

from service.local.auth.audit import NIL_UUID
from service.local.auth.config import ACCESS_TOKEN_LIFETIME, AuthSettings
from service.local.auth.database import Connection
from service.local.auth.documents import user_document
from service.local.auth.users import User, reload, set_columns

_AAL2_METHODS = {"totp", "mfa/phone", "mfa/webauthn"}
_REFRESH_TOKEN_ALPHABET = string.ascii_lowercase + string.digits
_REFRESH_TOKEN_LENGTH = 12


def start_session(
    connection: Connection, settings: AuthSettings, user: User, *, method: str, user_agent: str, address: str
) -> dict[str, Any]:
    """Start a session and answer it as the token endpoint does.

    Args:
        method: the first authentication method of the session, for the `amr` claim.
    """
    session_id = uuid4()
    connection.execute(
        "insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip) "
        "values (%s, %s, now(), now(), 'aal1', %s, %s)",
        (session_id, user["id"], user_agent or None, address or None),
    )
    connection.execute(
        "insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method) "
        "values (gen_random_uuid(), %s, now(), now(), %s)",
        (session_id, method),
    )
    refresh_token = add_refresh_token(connection, user["id"], session_id, parent=None)
    set_columns(connection, user["id"], last_sign_in_at=_now(connection))
    return token_response(connection, settings, reload(connection, user["id"]), session_id, refresh_token)


def add_refresh_token(connection: Connection, user_id: UUID, session_id: UUID, *, parent: str | None) -> str:
    """Insert a refresh token into a session's chain."""
    token = "".join(secrets.choice(_REFRESH_TOKEN_ALPHABET) for _ in range(_REFRESH_TOKEN_LENGTH))
    connection.execute(
        "insert into auth.refresh_tokens (instance_id, token, user_id, parent, session_id, revoked, created_at, "
        "updated_at) values (%s, %s, %s, %s, %s, false, now(), now())",
        (NIL_UUID, token, str(user_id), parent, session_id),
    )
    return token


def token_response(
    connection: Connection, settings: AuthSettings, user: User, session_id: UUID, refresh_token: str
) -> dict[str, Any]:
    """The body with which sign-up, sign-in and refresh answer."""
    issued_at = int(time.time())
    expires_at = issued_at + ACCESS_TOKEN_LIFETIME
    aal, methods = _assurance(connection, session_id)
    claims = {
        "iss": settings.external_url,
        "sub": str(user["id"]),
        "aud": user["aud"],
        "exp": expires_at,
        "iat": issued_at,
        "email": user["email"] or "",
        "phone": user["phone"] or "",
        "app_metadata": user["raw_app_meta_data"] or {},
        "user_metadata": user["raw_user_meta_data"] or {},
        "role": user["role"],
        "aal": aal,
        "amr": methods,
        "session_id": str(session_id),
        "is_anonymous": user["is_anonymous"],
    }
    return {
        "access_token": settings.signing_key.sign(claims),
        "token_type": "bearer",
        "expires_in": ACCESS_TOKEN_LIFETIME,
        "expires_at": expires_at,
        "refresh_token": refresh_token,
        "user": user_document(connection, user),
    }


def end_sessions(
    connection: Connection, user_id: UUID, *, only: UUID | None = None, all_but: UUID | None = None
) -> None:
    """Delete a user's sessions: all, one, or all but one. Refresh tokens and claims go with them by foreign key."""
    connection.execute(
        "delete from auth.sessions where user_id = %(user)s and (%(only)s::uuid is null or id = %(only)s) "
        "and (%(all_but)s::uuid is null or id <> %(all_but)s)",
        {"user": user_id, "only": only, "all_but": all_but},
    )


def _assurance(connection: Connection, session_id: UUID) -> tuple[str, list[dict[str, Any]]]:
    """Level and methods of a session, newest method first; like Auth, from the claims and not from `sessions.aal`."""
    claims = connection.execute(
        "select authentication_method, updated_at from auth.mfa_amr_claims where session_id = %s "
        "order by updated_at desc",
        (session_id,),
    ).fetchall()
    methods = [
        {"method": claim["authentication_method"], "timestamp": int(claim["updated_at"].timestamp())}
        for claim in claims
    ]
    is_aal2 = any(entry["method"] in _AAL2_METHODS for entry in methods)
    return ("aal2" if is_aal2 else "aal1"), methods


def _now(connection: Connection) -> Any:
    row = connection.execute("select now() as moment").fetchone()
    return row["moment"] if row else None
