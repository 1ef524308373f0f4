"""Gives a cluster and its databases what a hosted Supabase project has before any migration, and the scratch marker."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

# Projects differ in what new tables in public grant by themselves; migrations must not depend on it.
DefaultPrivileges = Literal["granted", "withheld"]

_SQL = Path(__file__).parent / "sql"
_DATABASE_FILES = (
    "schemas.sql",
    "auth_tables.sql",
    "auth_mfa_tables.sql",
    "auth_functions.sql",
    "storage_tables.sql",
    "postgrest_watch.sql",
    "scratch_marker.sql",
)
_VAULT_ROOT_KEY = "vault_root_key"


def stage_extensions(programs: Path) -> None:
    """Put the stand-ins for supabase_vault and pg_cron beside the real extensions of a PostgreSQL installation."""
    target = next(programs.glob("share/**/extension/pgcrypto.control")).parent
    for source in (_SQL / "extensions").iterdir():
        shutil.copy2(source, target / source.name)


def create_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Create the roles of a hosted project; they belong to the cluster."""
    connection.execute(_text("roles.sql"))
    for role, password in passwords.items():
        connection.execute(
            sql.SQL("alter role {} with password {}").format(sql.Identifier(role), sql.Literal(password))
        )
    # Like the real Vault's, the root key lies outside of every database: no dump and no WAL holds it.
    connection.execute(
        sql.SQL("copy (select {}) to {}").format(
            sql.Literal(secrets.token_hex(32)), sql.Literal(_data_directory(connection) + f"/{_VAULT_ROOT_KEY}")
        )
    )
    connection.execute("alter database postgres owner to postgres")
    connection.execute("alter database template1 owner to supabase_admin")


def fill_database(connection: psycopg.Connection, default_privileges: DefaultPrivileges) -> None:
    """Create schemas, extensions, auth and storage tables, and the marker that makes the database a scratch one."""
    with connection.transaction():
        for name in _DATABASE_FILES:
            connection.execute(_text(name))
        if default_privileges == "withheld":
            connection.execute(_text("default_privileges_withheld.sql"))


def is_scratch(database_url: str) -> bool:
    """Whether a database carries the marker that only the local bootstrap writes: destructive commands ask this."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select to_regclass('local_platform.scratch_marker') is not null").fetchone()
    return bool(row and row[0])


def _data_directory(connection: psycopg.Connection) -> str:
    row = connection.execute("show data_directory").fetchone()
    if row is None:
        raise RuntimeError("the server does not say where its data is")
    return row[0]


def _text(name: str) -> bytes:
    return (_SQL / name).read_bytes()
