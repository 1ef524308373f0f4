"""A person agrees to versions of the policy, and a material change of it reaches them."""

from __future__ import annotations

from typing import Any

from tests.database.workspaces.calling import call
from tests.database.workspaces.stage import publish
from tests.databases import Database
from tests.personas import Person


def agree(database: Database, person: Person, version: dict[str, Any]) -> dict[str, Any]:
    """Accept a version."""
    return call(
        database, person.persona(), "accept_policy", policy_version_id=version["id"], text_sha256=version["text_sha256"]
    )


def missing(database: Database, person: Person) -> list[str]:
    """What closes new processing to the person."""
    return call(database, person.persona(), "own_state")["missing"]


def agreements_of(database: Database, person: Person) -> list[dict[str, Any]]:
    """What the person agreed to, the oldest first."""
    return database.rows(
        "select policy_version_id, kind, notice_id from public.agreements where user_id = %s order by agreed_at",
        (person.id,),
    )


def change_policy(database: Database) -> dict[str, Any]:
    """A material change that takes effect now, announced."""
    version = publish(database, "privacy_policy", "changed")
    database.value("select private.announce_policy_versions()")
    return version


def deliver(database: Database, person: Person) -> int:
    """Show the person the notice of it."""
    notice_id = database.value("select id from public.policy_notices where user_id = %s", (person.id,))
    call(database, person.persona(), "mark_policy_notice_delivered", notice_id=notice_id)
    return notice_id
