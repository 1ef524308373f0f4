"""Everything that migrations make in a database, as text that two databases can be compared by.

Not in it: what belongs to the cluster (roles and their settings), the times of a history row or marker, and how the
history cuts a file into statements, which the Supabase CLI does in its own way.
"""

from __future__ import annotations

import os
import subprocess

from psycopg.conninfo import conninfo_to_dict

from tests.databases import Database

# Extensions' tables and rows that only one of two runs can have are left out of the dump, and asked for by themselves.
_ROWS = """
select 'migration' as what, version as name, name as content from supabase_migrations.schema_migrations
union all
select 'job', jobname, concat_ws(' | ', schedule, command, username, active) from cron.job
order by 1, 2
"""


def dump(database: Database) -> list[str]:
    """Give the lines of a dump: definitions, owners, rights, comments, policies, triggers, rows, jobs and history."""
    programs = database.cluster._folder / "programs" / "bin"
    answer = subprocess.run(
        [
            str(programs / "pg_dump"),
            "--exclude-table-data=supabase_migrations.schema_migrations",
            "--exclude-table-data=local_platform.scratch_marker",
        ],
        env={"PATH": os.environ.get("PATH", ""), **_environment(database.url("supabase_admin"))},
        capture_output=True,
        text=True,
        check=True,
    )
    # These two lines hold a number that pg_dump draws anew each time.
    lines = [line for line in answer.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    return lines + [f"{row['what']} {row['name']}: {row['content']}" for row in database.rows(_ROWS)]


def _environment(url: str) -> dict[str, str]:
    # Not on the command line, where every user of the machine could read the password.
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    values = conninfo_to_dict(url)
    return {variable: str(values[name]) for name, variable in names.items()}
