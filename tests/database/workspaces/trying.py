"""Tries one cell of the access table: one role or person, one operation, one object."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from service.policy.files import access_files
from tests.database.workspaces import cells
from tests.database.workspaces.calling import Refused, call_in, refusal
from tests.database.workspaces.stage import Stage
from tests.databases import Connection, Database
from tests.personas import ANON, GOOGLE_OPERATOR, GOOGLE_SERVICE, SERVICE_ROLE, Persona

_PEOPLE = ("owner", "admin", "member", "unattested", "removed", "invited", "stranger", "anonymous")
_ROLES = {persona.name: persona for persona in (ANON, SERVICE_ROLE, GOOGLE_SERVICE, GOOGLE_OPERATOR)}
_OPERATIONS = ("select", "insert", "update", "delete")


class Cell(NamedTuple):
    """One role or person, one operation, one object, and whether it may be."""

    object: str
    operation: str
    who: str
    is_allowed: bool

    def __str__(self) -> str:
        return f"{self.object.split('(')[0].replace(' ', '_')}-{self.operation}-{self.who}"


@dataclass(frozen=True)
class Outcome:
    """How it went.

    Attributes:
        is_through: whether the person got what they wanted.
        has_written: whether the transaction wrote anything at all; PostgreSQL then gave it a number.
    """

    is_through: bool
    has_written: bool


def all_cells() -> list[Cell]:
    """Every cell of every access file for what clients can name."""
    found = []
    for declaration in access_files():
        kind, name = declaration.content["object"].split(" ", 1)
        if not name.startswith("public.") or kind == "schema":
            continue
        rights = {(right["role"], right["operation"]): right for right in declaration.content["rights"]}
        for operation in ("execute",) if kind == "function" else _OPERATIONS:
            people = rights.get(("authenticated", operation), {}).get("personas", [])
            found += [Cell(f"{kind} {name}", operation, who, who in people) for who in _PEOPLE]
            found += [Cell(f"{kind} {name}", operation, role, (role, operation) in rights) for role in _ROLES]
    return found


def all_writes() -> list[tuple[str, str, str]]:
    """Tables that users change by themselves, with the operation and everybody who might try."""
    return [
        (name.removeprefix("public."), right["operation"], who)
        for declaration in access_files()
        for kind, name in [declaration.content["object"].split(" ", 1)]
        for right in declaration.content["rights"]
        if kind == "table" and right["role"] == "authenticated" and right["operation"] in ("update", "delete")
        for who in _PEOPLE
    ]


def touched(
    connection: Connection, stage: Stage, table: str, operation: str, who: str, *, is_read_first: bool = False
) -> int | str:
    """How many rows a change of the whole table reaches, or the code of the refusal; it is undone.

    Args:
        is_read_first: with a condition that every row meets, so that the rule about reading counts, too.
    """
    change = f"update public.{table} set {cells.SET[table]}" if operation == "update" else f"delete from public.{table}"
    where = f" where {cells.ROW[table].split(' ')[0]} is not null" if is_read_first else ""
    try:
        with connection.transaction(force_rollback=True):
            _become(connection, stage.persona(who))
            return connection.execute(f"{change}{where}".encode(), cells.parameters(stage)).rowcount
    except psycopg.Error as error:
        return refusal(error).code


def try_cell(connection: Connection, stage: Stage, cell: Cell) -> Outcome:
    """Try it in a transaction of its own; what was allowed is undone, what was refused is committed.

    Args:
        connection: of the authenticator, or of postgres within a transaction that is rolled back.

    Raises:
        Refused: for a reason that is no refusal but a fault of the statement.
    """
    outcome = Outcome(is_through=False, has_written=False)
    try:
        with connection.transaction():
            _become(connection, _ROLES[cell.who] if cell.who in _ROLES else stage.persona(cell.who))
            is_through = _is_through(connection, stage, cell)
            row = connection.execute("select pg_current_xact_id_if_assigned() is not null as it").fetchone()
            assert row is not None
            outcome = Outcome(is_through, row["it"])
            if is_through:
                raise psycopg.Rollback
    except Refused as refused:
        # The transaction was rolled back whole. 55000: a view that nobody could write to.
        if refused.code not in ("42501", "55000") and refused.status not in (401, 403, 404, 409):
            raise
    return outcome


def _become(connection: Connection, persona: Persona) -> None:
    connection.execute(
        "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)",
        (persona.role, json.dumps(persona.claims)),
    )


def _is_through(connection: Connection, stage: Stage, cell: Cell) -> bool:
    kind, name = cell.object.split(" ", 1)
    name = name.split("(")[0].removeprefix("public.")
    if kind == "function":
        answer = call_in(connection, name, **cells.calls_of(stage, cell.who)[name])
        return answer.get("outcome") not in cells.REFUSALS
    try:
        return connection.execute(_statement(name, cell.operation).encode(), cells.parameters(stage)).rowcount > 0
    except psycopg.Error as error:
        raise refusal(error) from error


def _statement(name: str, operation: str) -> str:
    where = cells.ROW[name]
    if operation == "select":
        return f"select {where.split(' ')[0]} from public.{name} where {where}"
    if operation == "insert":
        return f"insert into public.{name} {cells.NEW.get(name, 'default values')}"
    if operation == "update":
        return f"update public.{name} set {cells.SET[name]} where {where}"
    return f"delete from public.{name} where {cells.DELETED_ROW.get(name, where)}"


def fingerprint(database: Database) -> dict[str, str]:
    """What every table that clients can name holds."""
    tables = database.rows(
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    rows = "md5(coalesce(string_agg(t::text, '|' order by t::text), ''))"
    held = (f"select '{table['name']}' as name, {rows} as held from public.{table['name']} as t" for table in tables)
    return {row["name"]: row["held"] for row in database.rows(" union all ".join(held))}
