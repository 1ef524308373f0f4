"""Applies supabase/migrations/ in order and keeps the Supabase CLI's own history: either can go on after the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

DIRECTORY = Path(__file__).resolve().parents[1] / "supabase" / "migrations"
_FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.sql")
# Any number that nobody else takes: two runs at once must not apply a file twice.
_LOCK = 0x63787472  # "cxtr"
# The CLI creates the same table in the same way.
_HISTORY = """
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
        version text not null primary key, statements text[], name text
    );
"""


class MigrationError(Exception):
    """The history in the database and the files on disk do not fit together, or a file failed."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration file."""

    version: str
    name: str
    text: str


def apply_migrations(
    database_url: str, directory: Path = DIRECTORY, *, report: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Apply every migration that the database has not had, each in one transaction with its history row.

    Args:
        database_url: of the role `postgres`; superuser rights are neither needed nor wanted.
        report: is told of each file before it runs.

    Returns:
        The versions applied now, oldest first.

    Raises:
        MigrationError: the history names a version that is not on disk, a file is older than one already applied, or
            a file failed; the files before it stay applied, the failed one left nothing behind.
        psycopg.OperationalError: no connection.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        connection.execute(_HISTORY)
        applied = []
        for migration in _pending(connection, read_migrations(directory)):
            report(f"Applying {migration.version}_{migration.name}")
            _apply(connection, migration)
            applied.append(migration.version)
    return applied


def pending(database_url: str, directory: Path = DIRECTORY) -> list[str]:
    """Name the versions that `apply_migrations` would apply.

    Raises:
        MigrationError: as apply_migrations.
    """
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select to_regclass('supabase_migrations.schema_migrations') is not null").fetchone()
        migrations = read_migrations(directory)
        if not row or not row[0]:
            return [migration.version for migration in migrations]
        return [migration.version for migration in _pending(connection, migrations)]


def read_migrations(directory: Path = DIRECTORY) -> list[Migration]:
    """Read the migration files, oldest first.

    Raises:
        MigrationError: a file's name is not `YYYYMMDDHHMMSS_name.sql`, or two have one version.
    """
    migrations = []
    for path in sorted(directory.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name} is not named YYYYMMDDHHMMSS_name.sql.")
        migrations.append(Migration(match["version"], match["name"], path.read_text()))
    versions = [migration.version for migration in migrations]
    if len(set(versions)) < len(versions):
        raise MigrationError("Two migration files have the same version.")
    return migrations


def _pending(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    rows = connection.execute("select version from supabase_migrations.schema_migrations").fetchall()
    applied = {row[0] for row in rows}
    unknown = sorted(applied - {migration.version for migration in migrations})
    if unknown:
        raise MigrationError(
            f"The database has had {', '.join(unknown)}, which is not in the migrations folder. Get the missing files, "
            "or take the rows out of the history: "
            f"supabase migration repair --status reverted {' '.join(unknown)} --remote=DATABASE_URL"
        )
    waiting = [migration for migration in migrations if migration.version not in applied]
    late = [migration.version for migration in waiting if applied and migration.version < max(applied)]
    if late:
        raise MigrationError(
            f"{', '.join(late)} is older than a migration that was already applied. Give the file a newer version, or, "
            "if the database has its content: "
            f"supabase migration repair --status applied {' '.join(late)} --remote=DATABASE_URL"
        )
    return waiting


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.text.encode())
            # One element with the whole file: the CLI splits it into statements, but reads neither form again.
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s)",
                [migration.version, [migration.text], migration.name],
            )
    except psycopg.Error as error:
        place = error.diag.message_primary or type(error).__name__
        raise MigrationError(f"{migration.version}_{migration.name} failed and left nothing behind: {place}") from error
