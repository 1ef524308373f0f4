"""`GET` and `PUT /user`, `POST /logout`: what a signed-in user does with the own account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.local.auth.audit import write_entry
from service.local.auth.bodies import json_object, mapping, text
from service.local.auth.callers import Caller, TokenVerifier
from service.local.auth.database import Connection, Database
from service.local.auth.documents import user_document
from service.local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from service.local.auth.passwords import check_strength, hash_password, matches
from service.local.auth.sessions import end_sessions
from service.local.auth.users import merged, normal_email, reload, require_free_email, set_columns


def account_blueprint(verifier: TokenVerifier, database: Database) -> Blueprint:
    """Build the routes of the signed-in user."""
    blueprint = Blueprint("account", __name__)

    @blueprint.get("/user")
    def get_user() -> Response:
        with database.transaction() as connection:
            caller = verifier.require_user(request, connection)
            return jsonify(user_document(connection, caller.user))

    @blueprint.put("/user")
    def update_user() -> Response:
        with database.transaction() as connection:
            caller = verifier.require_user(request, connection)
            _update(connection, caller, json_object(request))
            return jsonify(user_document(connection, reload(connection, caller.user["id"])))

    @blueprint.post("/logout")
    def log_out() -> tuple[str, HTTPStatus]:
        scope = request.args.get("scope") or "global"
        with database.transaction() as connection:
            caller = verifier.require_user(request, connection)
            if scope not in ("global", "local", "others"):
                raise bad_request("validation_failed", f'Unsupported logout scope "{scope[:32]}"')
            write_entry(connection, caller.user, "logout")
            _end(connection, caller, scope)
        return "", HTTPStatus.NO_CONTENT

    return blueprint


def _end(connection: Connection, caller: Caller, scope: str) -> None:
    """End the sessions of a scope. A token without session id signs out everywhere, as in Auth."""
    user_id = caller.user["id"]
    if caller.session_id is not None and scope == "local":
        end_sessions(connection, user_id, only=caller.session_id)
    elif caller.session_id is not None and scope == "others":
        end_sessions(connection, user_id, all_but=caller.session_id)
    else:
        end_sessions(connection, user_id)


def _update(connection: Connection, caller: Caller, body: dict[str, Any]) -> None:
    user = caller.user
    email = text(body, "email")
    if email and normal_email(email) != user["email"]:
        require_free_email(connection, normal_email(email), except_user=user["id"])
        raise AuthError(501, "not_imitated", "The local Auth stand-in sends no mail, so it cannot change an address")
    if body.get("app_metadata") is not None:
        raise forbidden("not_admin", "Updating app_metadata requires admin privileges")
    password = text(body, "password")
    if password:
        _change_password(connection, caller, password)
    data = mapping(body, "data")
    if data is not None:
        set_columns(connection, user["id"], raw_user_meta_data=merged(user["raw_user_meta_data"], data))
    write_entry(connection, user, "user_modified")


def _change_password(connection: Connection, caller: Caller, password: str) -> None:
    """Set the password and end the user's other sessions, as Auth does."""
    check_strength(password)
    if matches(password, caller.user["encrypted_password"]):
        raise unprocessable("same_password", "New password should be different from the old password.")
    set_columns(connection, caller.user["id"], encrypted_password=hash_password(password))
    end_sessions(connection, caller.user["id"], all_but=caller.session_id)
    write_entry(connection, caller.user, "user_updated_password")
