"""Which refusals a client can run into, read from the live catalogue: what its calls write, and what refuses that."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.databases import Database

_SCHEMAS = ("public", "private", "service_api", "audit", "ops")
_FUNCTIONS = """
select namespaces.nspname || '.' || functions.proname as name, functions.prosrc as body,
    pg_catalog.pg_get_function_sqlbody(functions.oid) as sql_body,
    namespaces.nspname = 'public' and (
        has_function_privilege('authenticated', functions.oid, 'execute')
        or has_function_privilege('anon', functions.oid, 'execute')
    ) as is_callable
from pg_catalog.pg_proc as functions
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = functions.pronamespace
where namespaces.nspname = any(%s)
"""
_TRIGGERS = """
select relations.relnamespace::regnamespace || '.' || relations.relname as relation,
    functions.pronamespace::regnamespace || '.' || functions.proname as function, triggers.tgtype::integer as kind
from pg_catalog.pg_trigger as triggers
inner join pg_catalog.pg_class as relations on relations.oid = triggers.tgrelid
inner join pg_catalog.pg_proc as functions on functions.oid = triggers.tgfoid
where not triggers.tgisinternal
"""
_GRANTED = """
select table_schema || '.' || table_name as relation, lower(privilege_type) as operation, column_name as "column"
from information_schema.column_privileges
where table_schema = 'public' and grantee in ('anon', 'authenticated') and privilege_type in ('INSERT', 'UPDATE')
union
select table_schema || '.' || table_name, 'delete', null
from information_schema.table_privileges
where table_schema = 'public' and grantee in ('anon', 'authenticated') and privilege_type = 'DELETE'
"""
# Checks look at the whole row, whatever was written of it. Keys refuse whoever chooses one of their columns, or deletes
# a row that others name.
_CONSTRAINTS = """
select constraints.conname as name from pg_catalog.pg_constraint as constraints
inner join pg_catalog.pg_class as relations on relations.oid = constraints.conrelid
where constraints.contype = 'c' and relations.relnamespace::regnamespace || '.' || relations.relname = any(%(written)s)
union
select constraints.conname from pg_catalog.pg_constraint as constraints
inner join pg_catalog.pg_class as relations on relations.oid = constraints.conrelid
inner join pg_catalog.pg_attribute as columns
    on columns.attrelid = relations.oid and columns.attnum = any(constraints.conkey)
where constraints.contype in ('f', 'x')
    and relations.relnamespace::regnamespace || '.' || relations.relname || '.' || columns.attname = any(%(chosen)s)
union
select constraints.conname from pg_catalog.pg_constraint as constraints
inner join pg_catalog.pg_class as relations on relations.oid = constraints.confrelid
where constraints.contype = 'f' and constraints.confdeltype in ('a', 'r')
    and relations.relnamespace::regnamespace || '.' || relations.relname = any(%(deleted)s)
union
select names.relname from pg_catalog.pg_index as indexes
inner join pg_catalog.pg_class as names on names.oid = indexes.indexrelid
inner join pg_catalog.pg_class as relations on relations.oid = indexes.indrelid
inner join pg_catalog.pg_attribute as columns
    on columns.attrelid = relations.oid and columns.attnum = any(indexes.indkey)
where indexes.indisunique
    and relations.relnamespace::regnamespace || '.' || relations.relname || '.' || columns.attname = any(%(chosen)s)
"""
_WRITE = re.compile(r"\b(insert into|update|delete from)\s+([a-z_]+\.[a-z_]+)", re.IGNORECASE)
_KIND = {"insert": 4, "delete": 8, "update": 16}
_REFUSAL = re.compile(r"\bprivate\.refuse\(\s*(?:'([a-z_]+)',\s*([0-9]+)|([a-z_]+))")
# As private.refuse does it, where that cannot be called.
_RAISED = re.compile(r"'code', '([a-z_]+)'.*?\"status\": ([0-9]+)", re.DOTALL)
# Functions that compute the code, and where in whose body the codes stand.
_COMPUTED = {
    "private.require_open": ("private.missing_for", r"then ('[a-z_]+') end"),
    "private.require_importer": ("private.missing_for", r"then ('[a-z_]+') end"),
    "private.require_user": ("private.require_user", r"v_outcome in \((.*?)\) then"),
}


class Write(NamedTuple):
    """An operation on a relation."""

    relation: str
    operation: str


def reached_writes(database: Database) -> set[Write]:
    """Everything that clients write: by rights of theirs, by functions that they call, by triggers of all these."""
    bodies, callable_names = _functions(database)
    triggers = database.rows(_TRIGGERS)
    writes = {Write(row["relation"], row["operation"]) for row in database.rows(_GRANTED)}
    waiting, followed, functions = list(writes), set(callable_names), list(callable_names)
    while waiting or functions:
        found: list[str] = []
        for write in waiting:
            kind = _KIND[write.operation]
            found += [row["function"] for row in triggers if row["relation"] == write.relation and row["kind"] & kind]
        waiting = []
        for name in functions:
            found += [called for called in bodies if re.search(rf"\b{re.escape(called)}\s*\(", bodies[name])]
            new = {
                Write(relation.lower(), words.split()[0].lower()) for words, relation in _WRITE.findall(bodies[name])
            }
            waiting += new - writes
            writes |= new
        functions = sorted({name for name in found if name in bodies} - followed)
        followed |= set(functions)
    return writes


def constraints_to_hit(database: Database) -> set[str]:
    """The names of all constraints and unique indexes that a client can run into."""
    writes = reached_writes(database)
    granted = database.rows(_GRANTED)
    names = {
        "written": [write.relation for write in writes if write.operation != "delete"],
        "chosen": [f"{row['relation']}.{row['column']}" for row in granted if row["column"]],
        "deleted": [write.relation for write in writes if write.operation == "delete"],
    }
    return {row["name"] for row in database.rows(_CONSTRAINTS, names)}


def refusals(database: Database) -> dict[str, int | None]:
    """Every code with which a function refuses, with its HTTP status; None if that is computed.

    Raises:
        AssertionError: a function computes its code, and nobody has said above where the codes stand.
    """
    bodies, _ = _functions(database)
    found: dict[str, int | None] = {}
    for name, body in bodies.items():
        found |= {code: int(status) for code, status in _RAISED.findall(body)}
        for code, status, computed in _REFUSAL.findall(body):
            if computed:
                assert name in _COMPUTED, f"{name} computes its code: say in _COMPUTED where its codes stand"
                source, pattern = _COMPUTED[name]
                found |= dict.fromkeys(re.findall(r"'([a-z_]+)'", "".join(re.findall(pattern, bodies[source]))))
            else:
                found[code] = int(status)
    return found


def outcomes_of_joining(database: Database) -> set[str]:
    """What accept_invitation answers where it might have refused."""
    bodies, _ = _functions(database)
    body = bodies["private.accept_invitation"]
    return set(re.findall(r"(?:then|else|'outcome',) '([a-z_]+)'", body)) - {"joined"}


def _functions(database: Database) -> tuple[dict[str, str], set[str]]:
    """The bodies of all functions of ours by name, and the names of those that clients may call."""
    rows = database.rows(_FUNCTIONS, (list(_SCHEMAS),))
    bodies: dict[str, str] = {}
    for row in rows:
        bodies[row["name"]] = bodies.get(row["name"], "") + (row["sql_body"] or row["body"])
    return bodies, {row["name"] for row in rows if row["is_callable"]}
