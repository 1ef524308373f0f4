"""Brings the registers in the database in line with policies/, and names every right in which the two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml
from psycopg.rows import dict_row
from rich.console import Console

from service.migrations import MigrationError, pending
from service.policy.comparison import differences
from service.policy.files import POLICIES, form_faults, read
from service.policy.registers import REGISTERS, load_registers, register_differences
from service.policy.rights import Reader

# An owner reads past row-level security; anybody else would see an empty register and take it for a difference.
_OWNER = """
select current_user as role, pg_catalog.pg_get_userbyid(tables.relowner) as owner,
    pg_catalog.pg_has_role(tables.relowner, 'usage') as is_owner
from pg_catalog.pg_class as tables
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = tables.relnamespace
where namespaces.nspname = 'private' and tables.relname = %s
"""
_LOCK_TIMEOUT = "10s"


class SyncRefused(Exception):
    """Why nothing was changed, in a sentence for an operator."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differed between policies/ and the database.

    Attributes:
        registers: what the files and the tables of the registers did not agree in; loaded unless it was a dry run.
        rights: what access files and the live catalogue do not agree in; a migration or the file has to change.
    """

    registers: list[str]
    rights: list[str]
    is_dry_run: bool

    @property
    def exit_code(self) -> int:
        """0 if nothing differs any more."""
        return int(bool(self.rights or (self.is_dry_run and self.registers)))


def sync(database_url: str, *, is_dry_run: bool) -> Comparison:
    """Compare, and load the registers in one transaction; a dry run does the same and takes it back.

    Raises:
        SyncRefused: a file, the connection, the role or the database does not let it; nothing was changed.
    """
    if found := file_problems():
        raise SyncRefused("\n".join(["The files in policies/ are not in order:", *(f"- {each}" for each in found)]))
    try:
        with Reader.connect(database_url, row_factory=dict_row, connect_timeout=10) as connection:
            _refuse_unready(connection, database_url)
            registers = register_differences(connection)
            if registers:
                connection.execute("select pg_catalog.set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
                load_registers(connection)
            comparison = Comparison(registers, differences(connection), is_dry_run)
            if is_dry_run:
                connection.rollback()
            return comparison
    except psycopg.errors.ForeignKeyViolation as error:
        raise SyncRefused(
            f"An entry is gone from its file and still in use. {error.diag.message_detail} Put it back into the file; "
            "what was recorded under it keeps naming it. Nothing was changed."
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise SyncRefused("Another session changes the registers. Nothing was changed; run it again.") from error
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error) or type(error).__name__
        raise SyncRefused(f"The database refused: {said}. Nothing was changed.") from error


def file_problems(policies: Path = POLICIES) -> list[str]:
    """Everything that is wrong with the files that this reads, whether or not their review is due."""
    registers = [policies / f"{register.name}.yaml" for register in REGISTERS]
    needed = [*registers, policies / "access" / "unreachable.yaml", policies / "access" / "exposure.yaml"]
    if missing := [path for path in needed if not path.is_file()]:
        return [f"policies/{path.relative_to(policies)} is missing beside service/" for path in missing]
    paths = [*registers, *sorted((policies / "access").glob("*.yaml"))]
    return [f"{path.name}: {problem}" for path in paths for problem in _problems(path)]


def show(comparison: Comparison, console: Console) -> int:
    """Print what differed, then what that means.

    Returns:
        The exit code.
    """
    lines = [*comparison.registers, *comparison.rights, *_conclusions(comparison)]
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return comparison.exit_code


def _conclusions(comparison: Comparison) -> Iterable[str]:
    if comparison.registers:
        done = "would be loaded; nothing was changed" if comparison.is_dry_run else "loaded; the registers are in sync"
        yield f"Registers: {_count(comparison.registers)}, {done}."
    else:
        yield "Registers: nothing differs."
    if comparison.rights:
        ways = "They are not changed here: mend them by a migration, or list them in policies/access/."
        yield f"Rights: {_count(comparison.rights)}. {ways}"
    else:
        yield "Rights: nothing differs."


def _count(differing: list[str]) -> str:
    return "1 difference" if len(differing) == 1 else f"{len(differing)} differences"


def _problems(path: Path) -> list[str]:
    try:
        return form_faults(read(path))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return [f"is not YAML{line}: {error.problem}"]
    except (yaml.YAMLError, UnicodeDecodeError):
        return ["is not YAML"]


def _refuse_unready(connection: Reader, database_url: str) -> None:
    for register in REGISTERS:
        row = connection.execute(_OWNER, [register.table_name]).fetchone()
        if row is None:
            raise SyncRefused("The database has no registers yet: python -m service migrate")
        if not row["is_owner"]:
            raise SyncRefused(
                f"DATABASE_URL is of the role {row['role']}, and private.{register.table_name} belongs to "
                f"{row['owner']}: use that role, as migrate does. Nothing was changed."
            )
    try:
        waiting = pending(database_url)
    except MigrationError as error:
        raise SyncRefused(f"{error} Nothing was changed.") from error
    if waiting:
        raise SyncRefused(f"{len(waiting)} migrations wait: python -m service migrate. Nothing was changed.")
