"""Looks at everything the database holds of a user, so that a refusal can be shown to have changed nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from tests.databases import Database, Row
from tests.personas import Person

_EVERYTHING = """
select 'profile' as what, pg_catalog.to_jsonb(held) as held from public.profiles as held where user_id = %(user)s
union all
select 'connection', pg_catalog.to_jsonb(held) from public.google_connections as held where user_id = %(user)s
union all
select 'secrets', pg_catalog.to_jsonb(held)
from private.google_secrets as held
inner join public.google_connections as connections on connections.id = held.connection_id
where connections.user_id = %(user)s
union all
select 'vault', pg_catalog.to_jsonb(held)
from vault.secrets as held
inner join private.google_secrets as named on held.id in (named.access_secret_id, named.refresh_secret_id)
inner join public.google_connections as connections on connections.id = named.connection_id
where connections.user_id = %(user)s
union all
select 'attempt', pg_catalog.to_jsonb(held) from private.google_authorization_attempts as held where user_id = %(user)s
union all
select 'claim', pg_catalog.to_jsonb(held) from private.gmail_send_claims as held where user_id = %(user)s
union all
select 'notice', pg_catalog.to_jsonb(held) from public.security_notices as held where user_id = %(user)s
"""


def held_of(database: Database, person: Person, what: str | None = None) -> list[Row]:
    """All rows of a user, vault secrets included, in a stable order; `what` picks one kind."""
    rows = database.rows(_EVERYTHING, {"user": person.id})
    return sorted((row for row in rows if what in (None, row["what"])), key=str)


@contextmanager
def nothing_changes(database: Database, *people: Person) -> Iterator[None]:
    """Fail if a row of these users differs at the end of the block."""
    before = [held_of(database, person) for person in people]
    yield
    assert [held_of(database, person) for person in people] == before


def secret_ids(database: Database, connection_id: UUID) -> list[UUID]:
    """The two Vault secrets of a connection: access, refresh."""
    (row,) = database.rows(
        "select access_secret_id, refresh_secret_id from private.google_secrets where connection_id = %s",
        (connection_id,),
    )
    return list(row.values())


def secrets_left(database: Database, ids: Iterable[UUID]) -> int:
    """How many of these secrets Vault still holds."""
    return database.value("select count(*) from vault.secrets where id = any(%s)", (list(ids),))


def openings_of(database: Database, person: Person) -> list[tuple[str | None, str]]:
    """Purpose and outcome of each recorded opening of a user, oldest first."""
    rows = database.rows(
        "select purpose, outcome from audit.token_openings where subject = %s order by opened_at", (person.id,)
    )
    return [(row["purpose"], row["outcome"]) for row in rows]
