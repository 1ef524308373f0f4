"""Workspaces, contacts and activities made by SQL, for tests of the functions that look them up."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql

from tests.databases import Database, Row
from tests.personas import Person


def add_workspace(database: Database, *people: Person) -> UUID:
    """A workspace; the first person owns it, the others are members."""
    workspace_id = database.value("insert into public.workspaces (name) values ('Bakery') returning id")
    for person in people:
        role = "owner" if person is people[0] else "member"
        database.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, %s)",
            (workspace_id, person.id, role),
        )
    return workspace_id


def add_row(database: Database, table: str, **columns: Any) -> UUID:
    """A row of a table of public; gives its id."""
    columns = {"id": uuid4()} | columns
    statement = sql.SQL("insert into public.{} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
    )
    database.connection.execute(statement, list(columns.values()))
    return columns["id"]


def add_activity(database: Database, workspace_id: UUID, **columns: Any) -> UUID:
    """An activity; gives its id."""
    return add_row(database, "activities", workspace_id=workspace_id, **{"kind": "meeting", "title": "Visit"} | columns)


def add_contact(database: Database, workspace_id: UUID, *addresses: str, **permission: Any) -> UUID:
    """A contact with addresses, and what it allows by e-mail if anything is said; gives its id."""
    contact_id = add_row(database, "contacts", workspace_id=workspace_id, full_name="Grace Example")
    of_contact = {"workspace_id": workspace_id, "contact_id": contact_id}
    for address in addresses:
        add_row(database, "contact_addresses", **of_contact, kind="email", address=address)
    if permission:
        columns = {"channel": "email", "state": "allowed", "basis": "consent"} | permission
        add_row(database, "contact_permissions", **of_contact, **columns)
    return contact_id


def recipient(address: str, field: str = "to") -> dict[str, str]:
    """A recipient as the service names them."""
    return {"field": field, "address_hash": hashlib.sha256(address.encode()).hexdigest()}


def activity(database: Database, workspace_id: UUID, activity_id: UUID) -> Row:
    """All that is stored of an activity."""
    (row,) = database.rows(
        "select * from public.activities where workspace_id = %s and id = %s", (workspace_id, activity_id)
    )
    return row


def event_of(database: Database, workspace_id: UUID, activity_id: UUID) -> tuple[str | None, bool | None]:
    """The event that an activity holds: its id, and whether it lies on the primary calendar."""
    row = activity(database, workspace_id, activity_id)
    return row["google_event_id"], row["is_on_primary_calendar"]


def messages_of(database: Database, person: Person) -> list[Row]:
    """What is noted of a user's sends with contacts, by contact."""
    return database.rows(
        "select workspace_id, contact_id, field, state, message_id, thread_id, finished_at is not null as is_finished "
        "from public.sent_messages where sender_id = %s order by workspace_id, contact_id",
        (person.id,),
    )
