"""How Supabase Auth shows a user in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from service.local.auth.database import Connection
from service.local.auth.users import User

_SHOWN_IF_SET = (
    "email_confirmed_at",
    "invited_at",
    "phone_confirmed_at",
    "confirmation_sent_at",
    "confirmed_at",
    "recovery_sent_at",
    "email_change_sent_at",
    "last_sign_in_at",
    "banned_until",
    "deleted_at",
)


def user_document(connection: Connection, user: User) -> dict[str, Any]:
    """The user with identities and factors; secrets and empty times are left out."""
    identities = connection.execute(
        "select * from auth.identities where user_id = %s order by created_at", (user["id"],)
    ).fetchall()
    factors = connection.execute(
        "select id, friendly_name, factor_type, status, created_at, updated_at from auth.mfa_factors "
        "where user_id = %s",
        (user["id"],),
    ).fetchall()
    document = {
        "id": str(user["id"]),
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"] or "",
        "phone": user["phone"] or "",
        "app_metadata": user["raw_app_meta_data"] or {},
        "user_metadata": user["raw_user_meta_data"] or {},
        "identities": [_identity_document(identity) for identity in identities],
        "created_at": rfc3339(user["created_at"]),
        "updated_at": rfc3339(user["updated_at"]),
        "is_anonymous": user["is_anonymous"],
    }
    document |= {name: rfc3339(user[name]) for name in _SHOWN_IF_SET if user[name] is not None}
    if factors:
        document["factors"] = [_plain(factor) for factor in factors]
    return document


def rfc3339(moment: datetime) -> str:
    """A time in the form of Go's JSON encoder, UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _identity_document(identity: dict[str, Any]) -> dict[str, Any]:
    return {
        "identity_id": str(identity["id"]),
        "id": identity["provider_id"],
        "user_id": str(identity["user_id"]),
        "identity_data": identity["identity_data"],
        "provider": identity["provider"],
        "last_sign_in_at": rfc3339(identity["last_sign_in_at"]),
        "created_at": rfc3339(identity["created_at"]),
        "updated_at": rfc3339(identity["updated_at"]),
        "email": identity["email"],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: rfc3339(value) if isinstance(value, datetime) else str(value) for name, value in row.items()}
