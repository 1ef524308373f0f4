"""Makes supabase/types.ts, what a frontend's compiler knows of the database, and tells what differs from it."""

from __future__ import annotations

import difflib
import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from service.local import binaries
from service.local.binaries import REPOSITORY
from service.local.column_facts import column_facts
from service.local.postgres import Cluster
from service.local.supabase_cli import run_cli
from service.migrations import apply_migrations
from service.policy.rights import Reader, read_rights

TYPES = REPOSITORY / "supabase" / "types.ts"
ANSWERS = REPOSITORY / "supabase" / "answers.ts"
_NARROWING = Path(__file__).with_suffix(".mjs")
# Who uses supabase-js: a visitor and a signed-in user, with what PostgreSQL gives to everybody.
_CLIENTS = {"anon", "authenticated", "PUBLIC"}
_OPERATIONS = ("select", "insert", "update")
_HEAD = """\
// What supabase-js may do here: createClient<Database>(url, key). One file without imports, to copy into a frontend.
//
// Made by `make types`, never edited by hand: the Supabase CLI (gen types, schema public) reads the database that
// supabase/migrations make; left out are columns and functions to which no client has a right; the words that a column
// may hold come from its check constraint; what functions take and answer comes from supabase/answers.ts. `make check`
// fails if this file is not what they say.
"""


class TypesNotMade(Exception):
    """The types could not be made; the message says why."""


def made_types(database_url: str, answers: str) -> str:
    """Make the text of types.ts from a migrated database.

    Args:
        answers: the text of answers.ts.

    Raises:
        TypesNotMade: the CLI failed, a function answers JSON of which answers.ts does not say what is in it, or
            answers.ts speaks of something that there is not.
    """
    generated = run_cli(["gen", "types", "--lang=typescript", "--schema=public", f"--remote={database_url}"])
    if generated.returncode != 0:
        raise TypesNotMade(generated.stderr.strip())
    answer = subprocess.run(
        [str(binaries.node()), str(_NARROWING)], capture_output=True, text=True, check=False,
        input=json.dumps({"generated": generated.stdout, "answers": answers, **_known_of(database_url)}),
    )  # fmt: skip
    if answer.returncode != 0:
        raise TypesNotMade(answer.stderr.strip())
    return f"{_HEAD}\n{answer.stdout}"


def types_of_the_migrations() -> str:
    """Make the text of types.ts from a database of its own that the migrations make.

    Raises:
        TypesNotMade: as made_types.
    """
    with tempfile.TemporaryDirectory() as log_dir, Cluster.start(Path(log_dir)) as cluster:
        cluster.bootstrap()
        apply_migrations(cluster.url())
        return made_types(cluster.url(), ANSWERS.read_text())


def difference(checked_in: str, made: str) -> str:
    """What differs between the text that is checked in and the one just made; empty if nothing does."""
    lines = difflib.unified_diff(
        checked_in.splitlines(), made.splitlines(), "supabase/types.ts", "what the migrations say", lineterm="", n=2
    )
    return "\n".join(lines)


def _known_of(database_url: str) -> dict[str, Any]:
    """What clients have a right to, and what is known of columns beyond their types."""
    with Reader.connect(database_url, row_factory=dict_row) as connection:
        _, rights = read_rights(connection)
        facts = column_facts(connection)
        rows = connection.execute(
            "select table_name as relation, column_name as name from information_schema.columns "
            "where table_schema = 'public'"
        ).fetchall()
    columns: dict[str, list[str]] = {}
    for row in rows:
        columns.setdefault(row["relation"], []).append(row["name"])
    relations: dict[str, dict[str, list[str]]] = {}
    functions: set[str] = set()
    for right in rights:
        kind, name = right.object.split(" ", 1)
        schema, _, name = name.partition(".")
        if right.role not in _CLIENTS or schema != "public":
            continue
        if kind == "function" and right.operation == "execute":
            functions.add(name.partition("(")[0])
        elif kind in ("table", "view") and right.operation in _OPERATIONS:
            own = relations.setdefault(name, {operation: [] for operation in _OPERATIONS})
            own[right.operation] += [right.column] if right.column else columns[name]
    known = {of: {name: asdict(fact) for name, fact in each.items()} for of, each in facts.items()}
    return {"relations": relations, "functions": sorted(functions), "facts": known}
