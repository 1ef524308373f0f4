"""`POST /token`: the password grant and the refresh grant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.local.auth.audit import write_entry
from service.local.auth.bodies import json_object, text
from service.local.auth.config import AuthSettings
from service.local.auth.database import Connection, Database
from service.local.auth.errors import AuthError, bad_request
from service.local.auth.passwords import matches
from service.local.auth.sessions import add_refresh_token, start_session, token_response
from service.local.auth.users import User, find_by_email, find_by_id


def grants_blueprint(settings: AuthSettings, database: Database) -> Blueprint:
    """Build the token route."""
    blueprint = Blueprint("grants", __name__)

    @blueprint.post("/token")
    def token() -> Response:
        grant_type = request.args.get("grant_type", "")
        if grant_type == "password":
            return jsonify(_password_grant(settings, database, json_object(request)))
        if grant_type == "refresh_token":
            return jsonify(_refresh_grant(settings, database, json_object(request)))
        if grant_type in ("id_token", "pkce", "web3"):
            raise AuthError(501, "not_imitated", f"The local Auth stand-in has no grant {grant_type}")
        raise bad_request("invalid_credentials", "unsupported_grant_type")

    return blueprint


def _password_grant(settings: AuthSettings, database: Database, body: dict[str, Any]) -> dict[str, Any]:
    email = text(body, "email").strip().lower()
    if not email:
        raise bad_request("validation_failed", "missing email or phone")
    with database.transaction() as connection:
        user = find_by_email(connection, email)
        if user is None or not user["encrypted_password"]:
            raise bad_request("invalid_credentials", "Invalid login credentials")
        if _is_banned(user):
            raise bad_request("user_banned", "User is banned")
        if not matches(text(body, "password"), user["encrypted_password"]):
            raise bad_request("invalid_credentials", "Invalid login credentials")
        if user["email_confirmed_at"] is None:
            raise bad_request("email_not_confirmed", "Email not confirmed")
        write_entry(connection, user, "login", {"provider": "email"})
        return start_session(
            connection,
            settings,
            user,
            method="password",
            user_agent=request.headers.get("User-Agent", ""),
            address=request.access_route[0] if request.access_route else "",
        )


def _refresh_grant(settings: AuthSettings, database: Database, body: dict[str, Any]) -> dict[str, Any]:
    presented = text(body, "refresh_token")
    if not presented:
        raise bad_request("validation_failed", "refresh_token required")
    with database.transaction() as connection:
        token, user, session = _locked_chain(connection, presented)
        issued = _next_token(connection, settings, token, user)
        if issued is not None:
            connection.execute(
                "update auth.sessions set refreshed_at = (now() at time zone 'utc'), user_agent = %s, "
                "updated_at = now() where id = %s",
                (request.headers.get("User-Agent"), session["id"]),
            )
            return token_response(connection, settings, user, session["id"], issued)
    # Raised only after the block, so that the revocation of the family is committed.
    raise bad_request("refresh_token_already_used", "Invalid Refresh Token: Already Used")


def _locked_chain(connection: Connection, presented: str) -> tuple[dict[str, Any], User, dict[str, Any]]:
    """The refresh token with its user and session, token and session locked.

    Raises:
        AuthError: unknown token, banned user, no session, session over.
    """
    token = connection.execute("select * from auth.refresh_tokens where token = %s for update", (presented,)).fetchone()
    user = find_by_id(connection, token["user_id"]) if token else None
    if token is None or user is None:
        raise bad_request("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    if _is_banned(user):
        raise bad_request("user_banned", "Invalid Refresh Token: User Banned")
    session = connection.execute(
        "select * from auth.sessions where id = %s for update", (token["session_id"],)
    ).fetchone()
    if session is None:
        raise bad_request("session_not_found", "Invalid Refresh Token: No Valid Session Found")
    if session["not_after"] is not None and session["not_after"] < datetime.now(UTC):
        raise bad_request("session_expired", "Invalid Refresh Token: Session Expired")
    return token, user, session


def _next_token(connection: Connection, settings: AuthSettings, token: dict[str, Any], user: User) -> str | None:
    """The refresh token to answer with; None if reuse was detected and the family is now revoked."""
    if token["revoked"]:
        active = connection.execute(
            "select token, parent from auth.refresh_tokens where session_id = %s and not revoked "
            "order by id desc limit 1",
            (token["session_id"],),
        ).fetchone()
        if active is not None and active["parent"] == token["token"]:
            # The client lost the answer to its last refresh: it gets the same successor again.
            write_entry(connection, user, "token_refreshed")
            return active["token"]
        reusable_until = token["updated_at"] + timedelta(seconds=settings.refresh_token_reuse_interval)
        if datetime.now(UTC) > reusable_until:
            connection.execute(
                "update auth.refresh_tokens set revoked = true, updated_at = now() "
                "where session_id = %s and not revoked",
                (token["session_id"],),
            )
            return None
    write_entry(connection, user, "token_refreshed")
    write_entry(connection, user, "token_revoked")
    connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = now() where id = %s", (token["id"],)
    )
    return add_refresh_token(connection, user["id"], token["session_id"], parent=token["token"])


def _is_banned(user: User) -> bool:
    return user["banned_until"] is not None and user["banned_until"] > datetime.now(UTC)
