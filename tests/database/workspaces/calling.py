"""Calls of the public functions as PostgREST makes them, with refusals as a frontend reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.databases import Connection, Database
from tests.personas import Persona, acting_as

Answer = dict[str, Any]


class Refused(Exception):
    """A refusal: its code is error.code of supabase-js, or the name of the constraint."""

    def __init__(self, code: str, status: int | None, details: str | None = None) -> None:
        super().__init__(code)
        self.code, self.status, self.details = code, status, details


def call(database: Database, persona: Persona, function: str, **arguments: Any) -> Answer:
    """Call a function of public in a transaction of its own.

    Raises:
        Refused: the database refused; nothing was changed.
    """
    with acting_as(database, persona) as connection:
        return call_in(connection, function, **arguments)


@contextmanager
def tab(database: Database, persona: Persona) -> Iterator[Connection]:
    """A connection of somebody who is signed in, for as many transactions as the test likes."""
    with database.connect("authenticator") as connection:
        connection.execute(
            "select set_config('role', %s, false), set_config('request.jwt.claims', %s, false)",
            (persona.role, json.dumps(persona.claims)),
        )
        yield connection


def outcome_in(connection: Connection, function: str, **arguments: Any) -> str:
    """The outcome of a call, done if it names none, or the code of its refusal."""
    try:
        return call_in(connection, function, **arguments).get("outcome", "done")
    except Refused as refused:
        return refused.code


def call_in(connection: psycopg.Connection[dict[str, Any]], function: str, **arguments: Any) -> Answer:
    """Call a function of public in the transaction that is open; one that finds rows answers its first as `row`."""
    named = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(name)) for name in arguments)
    statement = sql.SQL("select public.{}({}) as answer").format(sql.Identifier(function), named)
    try:
        row = connection.execute(statement, list(arguments.values())).fetchone()
    except psycopg.Error as error:
        raise refusal(error) from error
    answer = row and row["answer"]
    return answer if isinstance(answer, dict) else {"row": answer}


def refusal(error: psycopg.Error) -> Refused:
    """What a frontend makes of an error."""
    if error.sqlstate == "PGRST":
        body = json.loads(error.diag.message_primary or "{}")
        return Refused(body["code"], json.loads(error.diag.message_detail or "{}")["status"], body["details"])
    return Refused(error.diag.constraint_name or error.sqlstate or "?", None)
