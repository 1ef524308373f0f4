"""Rows of `auth.audit_log_entries` as Supabase Auth writes them, e-mail address included."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Json

from service.local.auth.database import Connection

NIL_UUID = UUID(int=0)

_LOG_TYPES = {
    "login": "account",
    "logout": "account",
    "user_signedup": "team",
    "user_deleted": "team",
    "token_revoked": "token",
    "token_refreshed": "token",
    "user_modified": "user",
    "user_confirmation_requested": "user",
    "user_repeated_signup": "user",
    "user_updated_password": "user",
}


def write_entry(
    connection: Connection, actor: dict[str, Any], action: str, traits: dict[str, Any] | None = None
) -> None:
    """Record what an actor did, in the transaction of the deed.

    Args:
        actor: a row of auth.users, or `admin_actor`.
        action: a name of the table above.
        traits: what else Auth keeps about this action.
    """
    payload: dict[str, Any] = {
        "actor_id": str(actor["id"]),
        "actor_via_sso": bool(actor.get("is_sso_user")),
        "actor_username": actor.get("phone") or actor.get("email") or "",
        "action": action,
        "log_type": _LOG_TYPES[action],
    }
    full_name = (actor.get("raw_user_meta_data") or {}).get("full_name")
    if full_name is not None:
        payload["actor_name"] = full_name
    if traits is not None:
        payload["traits"] = traits
    connection.execute(
        "insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address) "
        "values (%s, gen_random_uuid(), %s, now(), '')",
        (NIL_UUID, Json(payload)),
    )


def admin_actor(role: str) -> dict[str, Any]:
    """The actor of the admin API: no user, but the role of the JWT."""
    return {"id": NIL_UUID, "email": role}


def about_user(user: dict[str, Any]) -> dict[str, Any]:
    """The traits of an admin action on a user."""
    return {"user_id": str(user["id"]), "user_email": user["email"] or "", "user_phone": user["phone"] or ""}
