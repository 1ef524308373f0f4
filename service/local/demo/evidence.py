"""Reads back what a step must have left behind: in the database, in Vault, at Google. Never shows a token."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import psycopg

# Every table that may hold something of a connected Google account, and how a user's rows are found in it.
_TRACES = {
    "public.google_connections": "user_id = %(user)s",
    "private.google_authorization_attempts": "user_id = %(user)s",
    "private.google_secrets": """connection_id in (
        select id from public.google_connections where user_id = %(user)s)""",
    "vault.secrets": "description like 'cxtrack google %%'",
}


@dataclass(frozen=True)
class Database:
    """The demo's own connection to the database, as an operator in Studio has it."""

    url: str

    def value(self, query: str, **parameters: Any) -> Any:
        """Give the one value that a query answers."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query.encode(), parameters).fetchone()
        return row[0] if row else None

    def traces(self, user_id: str) -> dict[str, int]:
        """Count what is stored of a user's Google account, table by table."""
        return {
            table: self.value(f"select count(*) from {table} where {rule}", user=user_id)
            for table, rule in _TRACES.items()
        }

    def texts(self) -> list[tuple[str, str]]:
        """Give every table of ours with all its rows as text."""
        schemas = ("public", "private", "audit", "ops")
        with psycopg.connect(self.url) as connection:
            names = connection.execute(
                "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any (%s)",
                (list(schemas),),
            ).fetchall()
            rows = [
                (name, connection.execute(f"select string_agg(t::text, ' ') from {name} as t".encode()).fetchone())
                for (name,) in names
            ]
        return [(name, row[0] or "") for name, row in rows if row]

    def end_access_token(self, user_id: str) -> None:
        """Let the user's access token be over, as an hour's waiting would."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                """
                update private.google_secrets
                set access_expires_at = now(), refresh_after = now(), refresh_lease_id = null,
                    refresh_lease_until = null
                where connection_id in (select id from public.google_connections where user_id = %s)
                """,
                (user_id,),
            )

    def token_version(self, user_id: str) -> int:
        """Tell under which version the user's documents are sealed."""
        return self.value(
            """
            select secrets.token_version from private.google_secrets as secrets
            join public.google_connections as connections on connections.id = secrets.connection_id
            where connections.user_id = %(user)s
            """,
            user=user_id,
        )

    def document_headers(self, user_id: str) -> list[dict[str, str]]:
        """Read the protected headers of the user's two sealed documents, as Vault gives them to an operator."""
        documents = self.value(
            """
            select array_agg(decrypted.decrypted_secret order by decrypted.id = secrets.refresh_secret_id)
            from public.google_connections as connections
            join private.google_secrets as secrets on secrets.connection_id = connections.id
            join vault.decrypted_secrets as decrypted
                on decrypted.id in (secrets.access_secret_id, secrets.refresh_secret_id)
            where connections.user_id = %(user)s
            """,
            user=user_id,
        )
        return [_header(document) for document in documents or []]


def _header(document: str) -> dict[str, str]:
    encoded = document.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
