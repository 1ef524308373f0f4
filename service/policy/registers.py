"""Loads the registers of purposes and processors from their files, and says what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from service.policy.files import POLICIES, read


@dataclass(frozen=True)
class Register:
    """One register: its file, its table and the columns that the file fills."""

    name: str
    table_name: str
    columns: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The file."""
        return POLICIES / f"{self.name}.yaml"

    @property
    def table(self) -> sql.Identifier:
        """Where it is loaded to."""
        return sql.Identifier("private", self.table_name)

    def declared(self) -> dict[str, dict[str, Any]]:
        """The entries of the file, by name."""
        return {entry["name"]: self._row(entry) for entry in read(self.path).content[self.name]}

    def live(self, connection: psycopg.Connection[Any]) -> dict[str, dict[str, Any]]:
        """The rows of the table, by name."""
        with connection.cursor(row_factory=dict_row) as cursor:
            query = sql.SQL("select {} from {}").format(_listed(self.columns), self.table)
            rows = cursor.execute(query).fetchall()
        return {row["name"]: row for row in rows}

    def _row(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        derived = {"needs_consent": entry.get("lawful_basis") == "consent"}
        return {column: {**derived, **entry}[column] for column in self.columns}


REGISTERS = (
    Register("purposes", "processing_purposes", ("name", "description", "lawful_basis", "needs_consent")),
    Register(
        "processors", "processors",
        ("name", "purpose", "data_categories", "country", "safeguard", "competes_with_customers"),
    ),
)  # fmt: skip


def register_differences(connection: psycopg.Connection[Any]) -> list[str]:
    """Everything in which the registers' files and tables differ, in words for a reviewer."""
    found: list[str] = []
    for register in REGISTERS:
        declared, live = register.declared(), register.live(connection)
        found += [f"{register.name}: {name} is in the file alone" for name in sorted(declared.keys() - live.keys())]
        found += [f"{register.name}: {name} is in the database alone" for name in sorted(live.keys() - declared.keys())]
        for name in sorted(declared.keys() & live.keys()):
            found += [
                f"{register.name}: {name} differs in {column}: {live[name][column]!r} in the database, "
                f"{declared[name][column]!r} in the file"
                for column in register.columns
                if declared[name][column] != live[name][column]
            ]
    return found


def load_registers(connection: psycopg.Connection[Any]) -> None:
    """Make the tables say what the files say, in one transaction; a row that says it already is left alone.

    Raises:
        psycopg.errors.ForeignKeyViolation: an entry is gone from a file and still in use; nothing was changed.
    """
    with connection.transaction():
        for register in REGISTERS:
            # One load at a time; readers and the foreign keys' checks go on.
            connection.execute(sql.SQL("lock table {} in share row exclusive mode").format(register.table))
            declared = register.declared()
            for row in declared.values():
                connection.execute(_upsert(register), row)
            gone = sql.SQL("delete from {} where name <> all(%s)").format(register.table)
            connection.execute(gone, [list(declared)])


def _upsert(register: Register) -> sql.Composed:
    columns = [sql.Identifier(column) for column in register.columns]
    comma = sql.SQL(", ")
    return sql.SQL(
        "insert into {} as rows ({}) values ({}) on conflict (name) do update set {} where ({}) is distinct from ({})"
    ).format(
        register.table,
        comma.join(columns),
        comma.join(map(sql.Placeholder, register.columns)),
        comma.join(sql.SQL("{0} = excluded.{0}").format(column) for column in columns),
        comma.join(sql.SQL("rows.{}").format(column) for column in columns),
        comma.join(sql.SQL("excluded.{}").format(column) for column in columns),
    )


def _listed(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
