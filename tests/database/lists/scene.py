"""A workspace with its people, and lists that one of them imports, as the frontend would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.database.workspaces.calling import Answer, Refused, call_in
from tests.databases import Connection, Database, Row
from tests.personas import Person, Persona, add_person

HEADER = "full_name,email,phone\n"
ADA = "Ada Lovelace,ada@example.com,+16135550142\n"
# What a spreadsheet takes for = + - @ where characters are two columns wide.
FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
GRACE = "Grace Hopper,grace@example.com,+16135550143\n"


@dataclass(frozen=True)
class Scene:
    """Owner, admin and member of one workspace, a stranger with one of their own.

    Attributes:
        door: a connection of PostgREST's role, kept open as PostgREST keeps its own; each call is a transaction on it.
    """

    database: Database
    door: Connection
    people: dict[str, Person]
    workspace_id: UUID
    elsewhere_id: UUID

    def persona(self, name: str) -> Persona:
        """Somebody, signed in."""
        return self.people[name].persona()

    def call(self, function: str, who: str = "member", **arguments: Any) -> Answer:
        """Call a function of public."""
        wrapped = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in arguments.items()}
        with self.acting_as(who) as connection:
            return call_in(connection, function, **wrapped)

    @contextmanager
    def acting_as(self, who: str) -> Iterator[Connection]:
        """One transaction of somebody's at the door."""
        persona = self.persona(who)
        with self.door.transaction():
            self.door.execute(
                "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)",
                (persona.role, json.dumps(persona.claims)),
            )
            yield self.door

    def refused(self, function: str, who: str = "member", **arguments: Any) -> Refused:
        """Call a function that must refuse; gives the refusal."""
        with pytest.raises(Refused) as refused:
            self.call(function, who, **arguments)
        return refused.value

    @contextmanager
    def signed_in(self, who: str) -> Iterator[Connection]:
        """A connection of somebody's own, on which each statement is a transaction."""
        persona = self.persona(who)
        with self.database.connect("authenticator") as connection:
            connection.execute(
                "select set_config('role', %s, false), set_config('request.jwt.claims', %s, false)",
                (persona.role, json.dumps(persona.claims)),
            )
            yield connection

    def rows(self, query: str, who: str = "member", **parameters: Any) -> list[Row]:
        """What somebody reads."""
        with self.acting_as(who) as connection:
            cursor = connection.execute(query.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def begin(self, who: str = "member", **arguments: Any) -> UUID:
        """Begin an import."""
        given: dict[str, Any] = {
            "workspace_id": self.workspace_id, "source": "event", "lawful_basis": "consent", "file_name": "people.csv",
        }  # fmt: skip
        return UUID(self.call("begin_import", who, **(given | arguments))["import_id"])

    def upload(self, text: str, who: str = "member", *, size: int = 1_000_000, **arguments: Any) -> UUID:
        """Begin an import and send its file in parts of so many characters."""
        import_id = self.begin(who, **arguments)
        with self.acting_as(who) as connection:
            for number, begin in enumerate(range(0, len(text), size), 1):
                part = text[begin : begin + size]
                call_in(connection, "add_import_part", import_id=import_id, part_number=number, content=part)
        return import_id

    def check(self, text: str, who: str = "member", **arguments: Any) -> Answer:
        """Upload a list and check it."""
        return self.call("check_import", who, import_id=self.upload(text, who, **arguments))

    def imported(
        self, text: str, who: str = "member", *, only_good_rows: bool = False, **arguments: Any
    ) -> tuple[UUID, Answer]:
        """Upload a list, check it and import it; gives its id and the answer."""
        import_id = UUID(self.check(text, who, **arguments)["import_id"])
        return import_id, self.call("commit_import", who, import_id=import_id, only_good_rows=only_good_rows)

    def contacts(self, workspace_id: UUID | None = None) -> list[Row]:
        """The contacts of a workspace with all that a list can hold."""
        return self.database.rows(
            "select c.full_name, c.job_title, o.name as company, c.lifecycle, c.language, c.time_zone, c.description, "
            "c.tags, c.attributes, array(select a.address from public.contact_addresses as a "
            "where a.workspace_id = c.workspace_id and a.contact_id = c.id "
            "order by a.kind, a.is_main desc, a.address) as addresses "
            "from public.contacts as c left join public.companies as o "
            "on o.workspace_id = c.workspace_id and o.id = c.company_id "
            "where c.workspace_id = %s order by c.full_name, addresses",
            (workspace_id or self.workspace_id,),
        )

    def add_contact(self, name: str = "Ada Lovelace", *addresses: str, **columns: Any) -> UUID:
        """A contact of the workspace, made by its member."""
        values = {"workspace_id": self.workspace_id, "full_name": name} | columns
        names = ", ".join(values)
        (row,) = self.rows(
            f"insert into public.contacts ({names}) values ({', '.join(f'%({n})s' for n in values)}) returning id",
            **values,
        )
        for address in addresses:
            self.rows(
                "insert into public.contact_addresses (workspace_id, contact_id, kind, address, is_main) "
                "values (%(workspace)s, %(contact)s, %(kind)s, %(address)s, not exists (select from "
                "public.contact_addresses where contact_id = %(contact)s and kind = %(kind)s))",
                workspace=values["workspace_id"], contact=row["id"], address=address,
                kind="email" if "@" in address else "phone",
            )  # fmt: skip
        return row["id"]

    def define(self, key: str, kind: str, choices: list[str] | None = None) -> None:
        """A field of the workspace's own for its contacts."""
        self.rows(
            "insert into public.attribute_definitions (workspace_id, table_name, key, label, kind, choices) "
            "values (%(workspace)s, 'contacts', %(key)s, %(key)s, %(kind)s, %(choices)s)",
            "owner", workspace=self.workspace_id, key=key, kind=kind, choices=choices,
        )  # fmt: skip

    def problems(self, import_id: UUID | str) -> list[tuple[int, str, str]]:
        """The report of an import, as its user reads it."""
        found = self.rows(
            "select line_number, column_name, code from public.import_problems where import_id = %(id)s "
            "order by line_number, column_name, code",
            id=import_id,
        )
        return [(row["line_number"], row["column_name"], row["code"]) for row in found]

    def staged(self) -> int:
        """How many uploaded rows wait."""
        return self.database.value(
            "select (select count(*) from public.import_rows where workspace_id = %(id)s) "
            "+ (select count(*) from private.import_uploads where workspace_id = %(id)s)",
            {"id": self.workspace_id},
        )


def build_scene(database: Database, door: Connection) -> Scene:
    """Everybody in place, nothing imported yet."""
    people = {name: add_person(database, name) for name in ("owner", "admin", "member", "stranger")}
    # Whose workspaces these are is known once they are made.
    nowhere = Scene(database, door, people, UUID(int=0), UUID(int=0))
    made = [nowhere.call("create_workspace", name, name=f"Bakery of {name}") for name in ("owner", "stranger")]
    scene = replace(nowhere, workspace_id=UUID(made[0]["workspace_id"]), elsewhere_id=UUID(made[1]["workspace_id"]))
    for name in ("admin", "member"):
        invited = scene.call(
            "invite_member", "owner", workspace_id=scene.workspace_id, email=people[name].email, role=name
        )
        scene.call("accept_invitation", name, token=invited["token"])
    return scene
