"""Reads and writes `auth.users` and `auth.identities`."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from service.local.auth.audit import NIL_UUID
from service.local.auth.database import Connection
from service.local.auth.errors import AuthError, bad_request

User = dict[str, Any]

DEFAULT_ROLE = "authenticated"
DEFAULT_AUDIENCE = "authenticated"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def normal_email(email: object) -> str:
    """Check an e-mail address and lower its case.

    Raises:
        AuthError: not an address.
    """
    if not isinstance(email, str) or not _EMAIL.fullmatch(email.strip()):
        raise bad_request("validation_failed", "Unable to validate email address: invalid format")
    return email.strip().lower()


def find_by_id(connection: Connection, user_id: UUID) -> User | None:
    """A user by id, soft-deleted ones included."""
    return connection.execute("select * from auth.users where id = %s", (user_id,)).fetchone()


def find_by_email(connection: Connection, email: str) -> User | None:
    """A user by normalised e-mail address."""
    query = "select * from auth.users where instance_id = %s and lower(email) = %s and aud = %s and is_sso_user = false"
    return connection.execute(query, (NIL_UUID, email, DEFAULT_AUDIENCE)).fetchone()


def list_page(connection: Connection, *, page: int, per_page: int) -> tuple[list[User], int]:
    """One page of users, newest first, and the number of all users."""
    rows = connection.execute(
        "select * from auth.users where instance_id = %s and aud = %s order by created_at desc, id limit %s offset %s",
        (NIL_UUID, DEFAULT_AUDIENCE, per_page, (page - 1) * per_page),
    ).fetchall()
    total = connection.execute(
        "select count(*) as users from auth.users where aud = %s", (DEFAULT_AUDIENCE,)
    ).fetchone()
    return rows, total["users"] if total else 0


def insert(
    connection: Connection,
    *,
    email: str,
    encrypted_password: str,
    metadata: dict[str, Any],
    user_id: UUID | None = None,
) -> User:
    """Insert an unconfirmed user with its e-mail identity, as Auth does for sign-up and for the admin API."""
    new_id = user_id or uuid4()
    app_metadata = {"provider": "email", "providers": ["email"]}
    connection.execute(
        "insert into auth.users (instance_id, id, aud, role, email, encrypted_password, raw_app_meta_data, "
        "raw_user_meta_data, confirmation_token, recovery_token, email_change_token_new, email_change, "
        "created_at, updated_at) values (%s, %s, %s, %s, %s, %s, %s, %s, '', '', '', '', now(), now())",
        (
            *(NIL_UUID, new_id, DEFAULT_AUDIENCE, DEFAULT_ROLE, email, encrypted_password),
            *(Jsonb(app_metadata), Jsonb(metadata)),
        ),
    )
    insert_email_identity(connection, new_id, email)
    return reload(connection, new_id)


def insert_email_identity(connection: Connection, user_id: UUID, email: str) -> None:
    """Insert the identity of a user who signs in by e-mail; its provider id is the user id."""
    data = {"sub": str(user_id), "email": email, "email_verified": False, "phone_verified": False}
    connection.execute(
        "insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, "
        "updated_at) values (%s, %s, %s, 'email', now(), now(), now())",
        (str(user_id), user_id, Jsonb(data)),
    )


def reload(connection: Connection, user_id: UUID) -> User:
    """The user as the database now has it, triggers' changes included.

    Raises:
        AuthError: it is gone.
    """
    user = find_by_id(connection, user_id)
    if user is None:
        raise bad_request("user_not_found", "User not found")
    return user


def set_columns(connection: Connection, user_id: UUID, **columns: Any) -> None:
    """Set columns of one user. Names come from this package, never from a request."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    query = f"update auth.users set {assignments}, updated_at = now() where id = %s"
    connection.execute(query.encode(), (*columns.values(), user_id))


def confirm_email(connection: Connection, user_id: UUID) -> None:
    """Mark the address as confirmed, as a followed link does."""
    connection.execute(
        "update auth.users set confirmation_token = '', email_confirmed_at = now(), updated_at = now(), "
        "raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || '{\"email_verified\": true}' where id = %s",
        (user_id,),
    )
    connection.execute("delete from auth.one_time_tokens where user_id = %s", (user_id,))


def merged(current: dict[str, Any] | None, changes: dict[str, Any]) -> Jsonb:
    """Metadata after a change: null removes a key, as in Auth."""
    result = {**(current or {}), **changes}
    return Jsonb({name: value for name, value in result.items() if value is not None})


def require_free_email(connection: Connection, email: str, *, except_user: UUID | None = None) -> None:
    """Refuse an address that another user has.

    Raises:
        AuthError: `email_exists`.
    """
    user = find_by_email(connection, email)
    if user is not None and user["id"] != except_user:
        raise AuthError(422, "email_exists", "A user with this email address has already been registered")
