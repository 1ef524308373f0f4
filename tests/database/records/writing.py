"""Statements on the records of the stage, run as PostgREST would; ids go by the names of the stage."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from tests.database.workspaces.calling import refusal
from tests.database.workspaces.cells import parameters
from tests.database.workspaces.stage import Stage
from tests.databases import Connection, Row
from tests.personas import acting_as


def write(stage: Stage, who: str, statement: str, **values: Any) -> list[Row]:
    """Run a statement as somebody of the stage; `%(contact)s` and the like are its ids.

    Raises:
        Refused: the database refused; nothing was changed.
    """
    return _run(stage, who, statement, values, is_undone=False)


def attempt(stage: Stage, who: str, statement: str, **values: Any) -> list[Row]:
    """As `write`, but undone: for a stage that tests share."""
    return _run(stage, who, statement, values, is_undone=True)


def _run(stage: Stage, who: str, statement: str, values: dict[str, Any], *, is_undone: bool) -> list[Row]:
    rows: list[Row] = []
    with acting_as(stage.database, stage.persona(who)) as connection:
        try:
            cursor = connection.execute(statement.encode(), {**parameters(stage), **values})
        except psycopg.Error as error:
            raise refusal(error) from error
        if cursor.description:
            rows = cursor.fetchall()
        elif cursor.rowcount > 0:
            rows = [{"rowcount": cursor.rowcount}]
        if is_undone:
            raise psycopg.Rollback
    return rows


def held(stage: Stage, table: str, name: str, columns: str = "*") -> Row:
    """What a record of the stage holds."""
    (row,) = stage.database.rows(f"select {columns} from public.{table} where id = %s", (stage.records[name],))
    return row


def open_as(stage: Stage, who: str) -> Connection:
    """A connection on which somebody of the stage is signed in, for two at once; the caller closes it."""
    persona = stage.persona(who)
    connection = stage.database.connect("authenticator")
    connection.execute(
        "select set_config('role', %s, false), set_config('request.jwt.claims', %s, false)",
        (persona.role, json.dumps(persona.claims)),
    )
    return connection
