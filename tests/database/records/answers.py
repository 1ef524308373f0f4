"""What somebody learns who is the owner of a workspace of their own and tries the ids of another one."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.database.workspaces.cells import parameters
from tests.database.workspaces.stage import Stage
from tests.personas import acting_as


def answer_to(stage: Stage, statement: str, **values: Any) -> str:
    """Everything that a client could learn from a statement, the values that it sent left out."""
    with acting_as(stage.database, stage.persona("stranger")) as connection:
        try:
            cursor = connection.execute(statement.encode(), {**parameters(stage), **values})
            words = f"done {cursor.rowcount} {cursor.fetchall() if cursor.description else []}"
        except psycopg.Error as error:
            said = error.diag
            words = f"{error.sqlstate} {said.message_primary} {said.message_detail} {said.message_hint}"
        connection.execute("rollback")
    for value in values.values():
        words = words.replace(str(value), "<sent>")
    return words
