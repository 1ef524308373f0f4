"""A workspace with a member and records to find, and searching it as PostgREST would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.database.workspaces.calling import refusal
from tests.databases import Database, Row
from tests.personas import Person, acting_as, add_person


@dataclass(frozen=True)
class Shop:
    """A workspace and a member of it."""

    database: Database
    workspace_id: UUID
    member: Person

    def add_contact(self, name: str, *, address: str | None = None, **columns: Any) -> UUID:
        """Add a contact, with an e-mail address or a phone number if one is given."""
        contact_id = self._add("contacts", full_name=name, **columns)
        if address:
            kind = "email" if "@" in address else "phone"
            self._add("contact_addresses", contact_id=contact_id, kind=kind, address=address)
        return contact_id

    def add_company(self, name: str, **columns: Any) -> UUID:
        """Add a company."""
        return self._add("companies", name=name, **columns)

    def add_deal(self, name: str, **columns: Any) -> UUID:
        """Add a deal, in a pipeline of its own."""
        pipeline_id = self._add("pipelines", name="Sales")
        stage_id = self._add("pipeline_stages", pipeline_id=pipeline_id, name="Talking")
        return self._add("deals", name=name, pipeline_id=pipeline_id, stage_id=stage_id, **columns)

    def trash(self, table: str, record_id: UUID, *, is_trashed: bool = True) -> None:
        """Put a record into the trash, or take it out."""
        self.database.execute(
            f"update public.{table} set trashed_at = {'now()' if is_trashed else 'null'} "
            "where workspace_id = %s and id = %s",
            (self.workspace_id, record_id),
        )

    def search(self, query: str | None, *, who: Person | None = None, **arguments: Any) -> list[Row]:
        """Search as the member, or as somebody else.

        Raises:
            Refused: the database refused.
        """
        return search(self.database, who or self.member, self.workspace_id, query, **arguments)

    def titles(self, query: str | None, **arguments: Any) -> list[str]:
        """The titles of what is found, in order."""
        return [row["title"] for row in self.search(query, **arguments)]

    def _add(self, table: str, **columns: Any) -> UUID:
        row = {"id": uuid4(), **columns, "workspace_id": self.workspace_id}
        values = ", ".join(f"%({name})s" for name in row)
        self.database.execute(f"insert into public.{table} ({', '.join(row)}) values ({values})", row)
        return row["id"]


def open_shop(database: Database, *, workspace_id: UUID | None = None, member: Person | None = None) -> Shop:
    """Make a workspace with one member."""
    shop = Shop(database, workspace_id or uuid4(), member or add_person(database, "member"))
    database.execute("insert into public.workspaces (id, name) values (%s, 'Shop')", (shop.workspace_id,))
    database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'owner')",
        (shop.workspace_id, shop.member.id),
    )
    return shop


def search(database: Database, who: Person, workspace_id: UUID, query: str | None, **arguments: Any) -> list[Row]:
    """Call public.search_records as somebody.

    Raises:
        Refused: the database refused.
    """
    named = "".join(f", {name} => %({name})s" for name in arguments)
    with acting_as(database, who.persona()) as connection:
        try:
            return connection.execute(
                f"select * from public.search_records(%(workspace_id)s, %(query)s{named})".encode(),
                {"workspace_id": workspace_id, "query": query, **arguments},
            ).fetchall()
        except psycopg.Error as error:
            raise refusal(error) from error
