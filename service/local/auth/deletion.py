"""Deletes users: for good, or softly, which is an UPDATE that hashes or empties what names the person."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

import psycopg

from service.local.auth.database import Connection
from service.local.auth.errors import AuthError
from service.local.auth.sessions import end_sessions
from service.local.auth.users import User

_PHONE_HASH_LENGTH = 15


def delete_user(connection: Connection, user: User) -> None:
    """Delete the row; everything with a foreign key to it follows.

    Raises:
        AuthError: the database refused, for instance because of a foreign key without a cascade.
    """
    try:
        with connection.transaction():
            connection.execute("delete from auth.users where id = %s", (user["id"],))
    except psycopg.Error:
        raise AuthError(500, "unexpected_failure", "Database error deleting user") from None


def soft_delete_user(connection: Connection, user: User) -> None:
    """Keep the row with hashed address, no password and empty metadata; sessions and factors are deleted.

    Source: supabase/auth, internal/models/user.go, SoftDeleteUser and SoftDeleteUserIdentities.
    """
    if user["deleted_at"] is not None:
        return
    user_id: UUID = user["id"]
    connection.execute(
        "update auth.users set email = %(email)s, phone = %(phone)s, email_change = %(email_change)s, "
        "phone_change = %(phone_change)s, encrypted_password = null, confirmation_token = '', recovery_token = '', "
        "email_change_token_current = '', email_change_token_new = '', phone_change_token = '', deleted_at = now(), "
        "updated_at = now(), raw_user_meta_data = '{}', raw_app_meta_data = '{}' where id = %(id)s",
        {
            "id": user_id,
            "email": _hashed(user_id, user["email"] or ""),
            "phone": _hashed(user_id, user["phone"] or "")[:_PHONE_HASH_LENGTH],
            "email_change": _hashed(user_id, user["email_change"] or ""),
            "phone_change": _hashed(user_id, user["phone_change"] or "")[:_PHONE_HASH_LENGTH],
        },
    )
    connection.execute("delete from auth.one_time_tokens where user_id = %s", (user_id,))
    identities = connection.execute(
        "select id, provider, provider_id from auth.identities where user_id = %s", (user_id,)
    ).fetchall()
    for identity in identities:
        connection.execute(
            "update auth.identities set identity_data = '{}', provider_id = %s, updated_at = now() where id = %s",
            (_hashed(user_id, f"{identity['provider']}:{identity['provider_id']}"), identity["id"]),
        )
    connection.execute("delete from auth.mfa_factors where user_id = %s", (user_id,))
    end_sessions(connection, user_id)


def _hashed(user_id: UUID, value: str) -> str:
    digest = hashlib.sha256(f"{user_id}{value}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
