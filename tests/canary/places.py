"""Everything that outlasts a request, with its name: tables, a dump of every schema, logs, metrics, files."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from service.local import binaries
from tests.databases import Database

_RELATIONS = """
select n.nspname || '.' || quote_ident(c.relname) as name
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm', 'v') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    -- Answers only where the server preloads it, which the local one does not.
    and c.relname not like 'pg_stat_statements%'
order by name
"""


def everywhere(database: Database, since: float) -> Iterator[tuple[str, bytes]]:
    """Every table and view, a dump, and every file below the system's temporary folder that was written since.

    Logs, metrics and the files of PostgreSQL itself lie there too, the write-ahead log among them.
    """
    yield from relations(database)
    yield "pg_dump", dump(database)
    yield from files(since)


def relations(database: Database) -> Iterator[tuple[str, bytes]]:
    """What a superuser reads of every table and every view; those of Vault and ops among them."""
    with database.connect("supabase_admin") as admin:
        admin.execute("checkpoint")
        for relation in admin.execute(_RELATIONS).fetchall():
            rows = admin.execute(f"select t::text as row from {relation['name']} as t".encode()).fetchall()
            yield relation["name"], "\n".join(row["row"] or "" for row in rows).encode()


def dump(database: Database) -> bytes:
    """What a backup by pg_dump holds."""
    program = binaries.postgres_folder() / "bin" / "pg_dump"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    answer = subprocess.run(
        [str(program), database.url("supabase_admin")], env=environment, capture_output=True, check=True
    )
    return answer.stdout


def files(since: float) -> Iterator[tuple[str, bytes]]:
    """Every file of the temporary folder that was written since, by its name within it."""
    # Others come and go meanwhile: os.walk passes over a folder that is gone, Path.rglob does not.
    for folder, _, names in os.walk(tempfile.gettempdir()):
        for path in (Path(folder, name) for name in names):
            with suppress(OSError):
                if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                    yield path.name, path.read_bytes()
