"""What tests of a token's life share: letting it end, and looking at what is stored and told."""

from __future__ import annotations

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor

OF_USER = "where connection_id in (select id from public.google_connections where user_id = %s)"


@pytest.fixture(autouse=True)
def _no_refreshes_so_far(platform_database: Database) -> None:
    """Ended grants of earlier tests must not open the breaker in this one."""
    platform_database.execute("delete from ops.refresh_outcomes")


def expire(actor: Actor, database: Database) -> None:
    """Let the user's access token be over, here and at Google."""
    actor.google.expire_access_tokens()
    database.execute(
        "update private.google_secrets set access_expires_at = now() - interval '1 second', "
        f"refresh_after = now() - interval '1 second', refresh_lease_until = null, refresh_lease_id = null {OF_USER}",
        (actor.id,),
    )


def make_due(actor: Actor, database: Database) -> None:
    """Let the user's access token be about to end."""
    database.execute(f"update private.google_secrets set refresh_after = now() {OF_USER}", (actor.id,))


def token_version(actor: Actor, database: Database) -> int | None:
    rows = database.rows(f"select token_version from private.google_secrets {OF_USER}", (actor.id,))
    return rows[0]["token_version"] if rows else None


def notices(actor: Actor, database: Database) -> list[str]:
    rows = database.rows("select kind from public.security_notices where user_id = %s order by created_at", (actor.id,))
    return [row["kind"] for row in rows]
