"""`/admin/users`: what the service role may do with users."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from service.local.auth.audit import about_user, admin_actor, write_entry
from service.local.auth.bodies import ban_duration, json_object, mapping, text
from service.local.auth.callers import TokenVerifier
from service.local.auth.database import Connection, Database
from service.local.auth.deletion import delete_user, soft_delete_user
from service.local.auth.documents import user_document
from service.local.auth.errors import AuthError, bad_request
from service.local.auth.passwords import check_strength, hash_password
from service.local.auth.sessions import end_sessions
from service.local.auth.users import (
    User,
    confirm_email,
    find_by_id,
    insert,
    list_page,
    merged,
    normal_email,
    reload,
    require_free_email,
    set_columns,
)

_DEFAULT_PAGE_SIZE = 50


def admin_blueprint(verifier: TokenVerifier, database: Database) -> Blueprint:
    """Build the admin routes; each needs a token of an admin role."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")

    @blueprint.get("/users")
    def list_users() -> Response:
        verifier.require_admin(request)
        page, per_page = _positive("page", 1), _positive("per_page", _DEFAULT_PAGE_SIZE)
        with database.transaction() as connection:
            users, total = list_page(connection, page=page, per_page=per_page)
            documents = [user_document(connection, user) for user in users]
        response = jsonify({"users": documents, "aud": "authenticated"})
        response.headers["X-Total-Count"] = str(total)
        response.headers["Link"] = _links(page, per_page, total)
        return response

    @blueprint.post("/users")
    def create_user() -> Response:
        actor = admin_actor(verifier.require_admin(request))
        body = json_object(request)
        with database.transaction() as connection:
            user = _create(connection, body)
            write_entry(connection, actor, "user_signedup", about_user(user))
            _change(connection, user, {name: value for name, value in body.items() if name in _SET_AFTER_CREATION})
            return jsonify(user_document(connection, reload(connection, user["id"])))

    @blueprint.get("/users/<user_id>")
    def get_user(user_id: str) -> Response:
        verifier.require_admin(request)
        with database.transaction() as connection:
            return jsonify(user_document(connection, _find(connection, user_id)))

    @blueprint.put("/users/<user_id>")
    def update_user(user_id: str) -> Response:
        actor = admin_actor(verifier.require_admin(request))
        with database.transaction() as connection:
            user = _find(connection, user_id)
            _change(connection, user, json_object(request))
            user = reload(connection, user["id"])
            write_entry(connection, actor, "user_modified", about_user(user))
            return jsonify(user_document(connection, user))

    @blueprint.delete("/users/<user_id>")
    def remove_user(user_id: str) -> Response:
        actor = admin_actor(verifier.require_admin(request))
        body = json_object(request, may_be_empty=True)
        with database.transaction() as connection:
            user = _find(connection, user_id)
            write_entry(connection, actor, "user_deleted", about_user(user))
            if body.get("should_soft_delete") is True:
                soft_delete_user(connection, user)
            else:
                delete_user(connection, user)
        return jsonify({})

    return blueprint


_SET_AFTER_CREATION = {"app_metadata", "email_confirm", "ban_duration", "role"}


def _create(connection: Connection, body: dict[str, Any]) -> User:
    if text(body, "phone"):
        raise AuthError(HTTPStatus.NOT_IMPLEMENTED, "not_imitated", "The local Auth stand-in has no phone numbers")
    if not text(body, "email"):
        raise bad_request("validation_failed", "Cannot create a user without either an email or phone")
    if text(body, "password_hash"):
        raise AuthError(HTTPStatus.NOT_IMPLEMENTED, "not_imitated", "The local Auth stand-in takes no password hashes")
    email = normal_email(body["email"])
    require_free_email(connection, email)
    return insert(
        connection,
        email=email,
        # Without a password Auth sets a random one, so that nobody can sign in by password.
        encrypted_password=hash_password(text(body, "password") or secrets.token_urlsafe(48)),
        metadata=mapping(body, "user_metadata") or {},
        user_id=_given_id(body),
    )


def _given_id(body: dict[str, Any]) -> UUID | None:
    try:
        return UUID(text(body, "id")) if text(body, "id") else None
    except ValueError:
        raise bad_request("validation_failed", "ID must conform to the uuid v4 format") from None


def _change(connection: Connection, user: User, body: dict[str, Any]) -> None:
    """Apply the members of an admin update that are present."""
    user_id = user["id"]
    if text(body, "role"):
        set_columns(connection, user_id, role=text(body, "role").strip())
    if body.get("email_confirm") is True:
        confirm_email(connection, user_id)
    if text(body, "password"):
        check_strength(body["password"])
        set_columns(connection, user_id, encrypted_password=hash_password(body["password"]))
        end_sessions(connection, user_id)
    if text(body, "email"):
        _set_email(connection, user_id, normal_email(body["email"]), is_verified=body.get("email_confirm") is True)
    current = reload(connection, user_id)
    for name, column in (("app_metadata", "raw_app_meta_data"), ("user_metadata", "raw_user_meta_data")):
        changes = mapping(body, name)
        if changes is not None:
            set_columns(connection, user_id, **{column: merged(current[column], changes)})
    duration = ban_duration(body)
    if duration is not None:
        banned_until = datetime.now(UTC) + duration if duration > timedelta(0) else None
        set_columns(connection, user_id, banned_until=banned_until)


def _set_email(connection: Connection, user_id: UUID, email: str, *, is_verified: bool) -> None:
    require_free_email(connection, email, except_user=user_id)
    set_columns(connection, user_id, email=email)
    connection.execute(
        "update auth.identities set updated_at = now(), identity_data = identity_data || "
        "jsonb_build_object('email', %s::text, 'email_verified', %s::boolean) "
        "where user_id = %s and provider = 'email'",
        (email, is_verified, user_id),
    )


def _find(connection: Connection, user_id: str) -> User:
    try:
        user = find_by_id(connection, UUID(user_id))
    except ValueError:
        raise AuthError(HTTPStatus.NOT_FOUND, "validation_failed", "user_id must be an UUID") from None
    if user is None:
        raise AuthError(HTTPStatus.NOT_FOUND, "user_not_found", "User not found")
    return user


def _positive(name: str, default: int) -> int:
    written = request.args.get(name) or str(default)
    if not written.isdecimal() or int(written) == 0:
        raise bad_request("validation_failed", f"Bad Pagination Parameters: {name}")
    return int(written)


def _links(page: int, per_page: int, total: int) -> str:
    last = max(1, -(-total // per_page))
    links = [(min(page + 1, last), "next")] if page < last else []
    return ", ".join(
        f'<{request.path}?page={number}&per_page={per_page}>; rel="{name}"' for number, name in [*links, (last, "last")]
    )
