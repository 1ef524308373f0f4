"""Loads the registers of purposes and processors from their files, and says what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from service.policy.files import POLICIES, read


@dataclass(frozen=True)
class Register:
    """One register: its file, its table and the columns that the file fills."""

    name: str
    columns: tuple[str, ...]

    @property
    def table(self) -> sql.Identifier:
        """Where it is loaded to."""
        return sql.Identifier("private", "processing_purposes" if self.name == "purposes" else "processors")

    def declared(self) -> dict[str, dict[str, Any]]:
        """The entries of the file, by name."""
        content = read(POLICIES / f"{self.name}.yaml").content
        return {entry["name"]: self._row(entry) for entry in content[self.name]}

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
    Register("purposes", ("name", "description", "lawful_basis", "needs_consent")),
    Register("processors", ("name", "purpose", "data_categories", "country", "safeguard", "competes_with_customers")),
)


def register_differences(connection: psycopg.Connection[Any]) -> list[str]:
    """Everything in which the registers' files and tables differ, in words for a reviewer."""
    found: list[str] = []
    for register in REGISTERS:
        declared, live = register.declared(), register.live(connection)
        found += [f"{register.name}: {name} is in the file alone" for name in sorted(declared.keys() - live.keys())]
        found += [f"{register.name}: {name} is in the database alone" for name in sorted(live.keys() - declared.keys())]
        for name in sorted(declared.keys() & live.keys()):
            changed = [column for column in register.columns if declared[name][column] != live[name][column]]
            found += [f"{register.name}: {name} differs in {', '.join(changed)}"] if changed else []
    return found


def load_registers(connection: psycopg.Connection[Any]) -> None:
    """Make the tables say what the files say, in one transaction.

    Raises:
        psycopg.errors.ForeignKeyViolation: an entry is gone from a file and still in use; nothing was changed.
    """
    with connection.transaction():
        for register in REGISTERS:
            declared = register.declared()
            upsert = sql.SQL("insert into {} ({}) values ({}) on conflict (name) do update set {}").format(
                register.table,
                _listed(register.columns),
                sql.SQL(", ").join(map(sql.Placeholder, register.columns)),
                sql.SQL(", ").join(
                    sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in register.columns
                ),
            )
            for row in declared.values():
                connection.execute(upsert, row)
            delete = sql.SQL("delete from {} where name <> all(%s)").format(register.table)
            connection.execute(delete, [list(declared)])


def _listed(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
