"""What promise files refer to: objects of the live database, modules of the service, tests."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

from service.policy.files import ROOT
from service.policy.rights import read_rights
from tests.database.catalogue_rule import OUR_SCHEMAS
from tests.databases import Database

# Triggers on tables of Supabase Auth count if their function is ours.
_NAMES = f"""
select 'role ' || rolname as name from pg_catalog.pg_roles
union all
select 'schedule ' || jobname from cron.job where active
union all
select 'trigger ' || triggers.tgname || ' on ' || tables.nspname || '.' || tables.relname
from pg_catalog.pg_trigger as triggers
inner join (
    select classes.oid, classes.relname, namespaces.nspname from pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
) as tables on tables.oid = triggers.tgrelid
inner join pg_catalog.pg_proc as functions on functions.oid = triggers.tgfoid
where not triggers.tgisinternal and triggers.tgenabled = 'O'
    and functions.pronamespace::regnamespace::text in {OUR_SCHEMAS}
union all
select 'policy ' || policyname || ' on ' || schemaname || '.' || tablename from pg_catalog.pg_policies
union all
select 'constraint ' || constraints.conname || ' on ' || namespaces.nspname || '.' || classes.relname
from pg_catalog.pg_constraint as constraints
inner join pg_catalog.pg_class as classes on classes.oid = constraints.conrelid
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
where constraints.convalidated
union all
select 'index ' || schemaname || '.' || indexname from pg_catalog.pg_indexes
union all
select 'column ' || table_schema || '.' || table_name || '.' || column_name
from information_schema.columns
"""


def live_names(database: Database) -> set[str]:
    """Everything in the database that a promise may name as what enforces it."""
    objects, _ = read_rights(database.connection)
    return objects | {row["name"] for row in database.rows(_NAMES)}


def missing_enforcers(promise: dict[str, Any], live: set[str]) -> list[str]:
    """What a promise names as enforcing it and what is not there."""
    return [name for name in promise["enforced_by"] if not _is_there(name, live)]


def missing_proofs(promise: dict[str, Any]) -> list[str]:
    """The tests that a promise names and that are not there."""
    tests = [proof["test"] for proof in promise["proven_by"] if "test" in proof]
    return [test for test in tests if test.split("::")[1] not in _tests_in(ROOT / test.split("::")[0])]


def _is_there(name: str, live: set[str]) -> bool:
    kind, _, rest = name.partition(" ")
    return (ROOT / rest).exists() if kind == "module" else name in live


@cache
def _tests_in(path: Path) -> frozenset[str]:
    """The test functions that pytest would collect from a file."""
    if not path.is_file() or not path.name.startswith("test_"):
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
