"""`POST /signup`: a new user by e-mail and password."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from service.local.auth.audit import write_entry
from service.local.auth.bodies import json_object, mapping, text
from service.local.auth.config import AuthSettings
from service.local.auth.database import Connection, Database
from service.local.auth.documents import user_document
from service.local.auth.errors import AuthError, bad_request, unprocessable
from service.local.auth.passwords import check_strength, hash_password
from service.local.auth.sessions import start_session
from service.local.auth.users import (
    User,
    confirm_email,
    find_by_email,
    insert,
    merged,
    normal_email,
    reload,
    set_columns,
)

_PROVIDER = {"provider": "email"}


def signup_blueprint(settings: AuthSettings, database: Database) -> Blueprint:
    """Build the sign-up route."""
    blueprint = Blueprint("signup", __name__)

    @blueprint.post("/signup")
    def sign_up() -> Response:
        body = json_object(request)
        email, password = _credentials(body)
        metadata = mapping(body, "data") or {}
        with database.transaction() as connection:
            user = find_by_email(connection, email)
            is_taken = user is not None and user["email_confirmed_at"] is not None
            if user is not None and is_taken:
                write_entry(connection, user, "user_repeated_signup", _PROVIDER)
            else:
                user = user or _insert(connection, email, password, metadata)
                _confirm_or_ask(connection, settings, user)
        if is_taken:
            return _answer_for_taken_address(settings, email, metadata)
        with database.transaction() as connection:
            user = reload(connection, user["id"])
            if user["email_confirmed_at"] is None:
                return jsonify(user_document(connection, user))
            write_entry(connection, user, "login", _PROVIDER)
            return jsonify(
                start_session(
                    connection,
                    settings,
                    user,
                    method="password",
                    user_agent=request.headers.get("User-Agent", ""),
                    address=request.access_route[0] if request.access_route else "",
                )
            )

    return blueprint


def _credentials(body: dict[str, Any]) -> tuple[str, str]:
    """Check e-mail and password of a sign-up in the order in which Auth does."""
    password = text(body, "password")
    if not password:
        if text(body, "email"):
            raise bad_request("validation_failed", "Signup requires a valid password")
        raise unprocessable("anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    check_strength(password)
    if text(body, "phone"):
        raise bad_request("phone_provider_disabled", "Phone signups are disabled")
    return normal_email(text(body, "email")), password


def _insert(connection: Connection, email: str, password: str, metadata: dict[str, Any]) -> User:
    user = insert(connection, email=email, encrypted_password=hash_password(password), metadata=metadata)
    # Auth copies the identity into the user's metadata at sign-up.
    identity = {"sub": str(user["id"]), "email": email, "email_verified": False, "phone_verified": False}
    set_columns(connection, user["id"], raw_user_meta_data=merged(metadata, identity))
    return reload(connection, user["id"])


def _confirm_or_ask(connection: Connection, settings: AuthSettings, user: User) -> None:
    if settings.autoconfirm:
        write_entry(connection, user, "user_signedup", _PROVIDER)
        confirm_email(connection, user["id"])
        return
    # The mail is not sent; the rows are those of a sign-up that waits for its confirmation.
    write_entry(connection, user, "user_confirmation_requested", _PROVIDER)
    token_hash = secrets.token_hex(28)
    connection.execute(
        "update auth.users set confirmation_token = %s, confirmation_sent_at = now() where id = %s",
        (token_hash, user["id"]),
    )
    connection.execute("delete from auth.one_time_tokens where user_id = %s", (user["id"],))
    connection.execute(
        "insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at) "
        "values (gen_random_uuid(), %s, 'confirmation_token', %s, %s, now(), now())",
        (user["id"], token_hash, user["email"]),
    )


def _answer_for_taken_address(settings: AuthSettings, email: str, metadata: dict[str, Any]) -> Response:
    """With confirmation on, Auth answers a made-up user, so that nobody learns which addresses have accounts."""
    if settings.autoconfirm:
        raise AuthError(422, "user_already_exists", "User already registered")
    return jsonify(
        {
            "id": str(uuid4()),
            "aud": "authenticated",
            "role": "",
            "email": email,
            "phone": "",
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": metadata,
            "identities": [],
            "is_anonymous": False,
        }
    )
