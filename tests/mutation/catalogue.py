"""Every way to weaken the database by one step, listed from its own catalogue, so that later tables are covered."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from service.policy.rights import OUR_SCHEMA_NAMES
from tests.databases import Database, Row
from tests.mutation.conditions import conditions_of
from tests.mutation.guards import Cut, cuts_of, without
from tests.mutation.vocabulary import Vocabulary, bare

Kind = Literal["right", "row security", "policy", "trigger", "constraint", "guard", "condition"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Conditions are more than promised: a query without one of its conditions is often the same by another rule.
USUAL_KINDS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "condition")
# What these change, somebody can do or no longer be kept from: a test that acts has to notice, not only one that reads.
BEHAVIOUR: frozenset[Kind] = frozenset({"policy", "trigger", "constraint", "guard", "condition"})
# Constraints and guards of what was made before this function are left to --all.
_FIRST_OF_WORKSPACES = "private.refuse(text,integer,text,text)"

_RIGHTS = """
with objects as (
    select
        case classes.relkind when 'S' then 'sequence' else 'table' end as kind,
        pg_catalog.format('%%I.%%I', namespaces.nspname, classes.relname) as name,
        coalesce(classes.relacl, pg_catalog.acldefault(
            case classes.relkind when 'S' then 's' else 'r' end::"char", classes.relowner
        )) as rights,
        case classes.relkind
            when 'S' then array['usage', 'select', 'update']
            else array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']
        end as operations
    from pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
    where namespaces.nspname = any(%(schemas)s) and classes.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not classes.relispartition
    union all
    select 'function', pg_catalog.format('%%I.%%I(%%s)', namespaces.nspname, functions.proname,
            pg_catalog.pg_get_function_identity_arguments(functions.oid)),
        coalesce(functions.proacl, pg_catalog.acldefault('f', functions.proowner)), array['execute']
    from pg_catalog.pg_proc as functions
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = functions.pronamespace
    where namespaces.nspname = any(%(schemas)s)
    union all
    select 'schema', pg_catalog.quote_ident(namespaces.nspname),
        coalesce(namespaces.nspacl, pg_catalog.acldefault('n', namespaces.nspowner)), array['usage', 'create']
    from pg_catalog.pg_namespace as namespaces
    where namespaces.nspname = any(%(schemas)s)
)
select pg_catalog.format('grant %%s on %%s %%s to %%s', operation, objects.kind, objects.name, role) as name
from objects
cross join pg_catalog.unnest(objects.operations) as operation
cross join pg_catalog.unnest(%(roles)s::text[]) as role
where not exists (
    select from pg_catalog.aclexplode(objects.rights) as held
    where held.privilege_type = pg_catalog.upper(operation)
        and held.grantee = case role when 'public' then 0 else role::regrole::oid end
)
"""
_ROLES = ("anon", "authenticated", "service_role", "google_service", "google_operator", "public")
_TABLES = """
select pg_catalog.format('%%I.%%I', namespaces.nspname, classes.relname) as name, classes.relkind::text as kind
from pg_catalog.pg_class as classes
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
where namespaces.nspname = any(%(schemas)s) and not classes.relispartition
    and (classes.relkind in ('r', 'p') and classes.relrowsecurity or 'security_invoker=true' = any(classes.reloptions))
"""
_POLICIES = """
select pg_catalog.quote_ident(policyname) as policy, pg_catalog.format('%%I.%%I', schemaname, tablename) as name,
    qual, with_check
from pg_catalog.pg_policies where schemaname = any(%(schemas)s)
"""
# A trigger of ours may stand on a table of Supabase Auth; those of partitions are their table's.
_TRIGGERS = """
select pg_catalog.quote_ident(triggers.tgname) as trigger,
    functions.pronamespace::regnamespace::text || '.' || functions.proname as function,
    pg_catalog.format('%%I.%%I', namespaces.nspname, classes.relname) as name
from pg_catalog.pg_trigger as triggers
inner join pg_catalog.pg_class as classes on classes.oid = triggers.tgrelid
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
inner join pg_catalog.pg_proc as functions on functions.oid = triggers.tgfoid
where not triggers.tgisinternal and triggers.tgparentid = 0
    and functions.pronamespace::regnamespace::text = any(%(schemas)s)
"""
# A unique key that holds the primary key whole forbids nothing: foreign keys point to it.
_CONSTRAINTS = """
select pg_catalog.quote_ident(constraints.conname) as constraint,
    exists (select from pg_catalog.pg_constraint as pointing where pointing.conindid = constraints.conindid
        and pointing.contype = 'f' and constraints.contype = 'u') as is_pointed_to,
    constraints.oid >= %(first)s::regprocedure as is_recent,
    pg_catalog.format('%%I.%%I', namespaces.nspname, classes.relname) as name,
    constraints.confdeltype in ('c', 'n') as cascades,
    (select pg_catalog.array_agg(attname::text) from pg_catalog.pg_attribute
        where attrelid = constraints.conrelid and attnum = any(constraints.conkey)) as columns
from pg_catalog.pg_constraint as constraints
inner join pg_catalog.pg_class as classes on classes.oid = constraints.conrelid
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
where namespaces.nspname = any(%(schemas)s) and constraints.contype in ('c', 'u', 'f') and not classes.relispartition
    and not (constraints.contype = 'u' and exists (
        select from pg_catalog.pg_constraint as keys
        where keys.conrelid = constraints.conrelid and keys.contype = 'p' and keys.conkey <@ constraints.conkey
    ))
"""
_FUNCTIONS = """
select
    namespaces.nspname || '.' || functions.proname as name, functions.prosrc as source,
    pg_catalog.pg_get_functiondef(functions.oid) as definition,
    functions.oid >= %(first)s::regprocedure as is_recent, functions.prorettype = 'trigger'::regtype as is_trigger
from pg_catalog.pg_proc as functions
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = functions.pronamespace
where namespaces.nspname = any(%(schemas)s) and functions.prokind = 'f'
"""


@dataclass(frozen=True)
class Mutation:
    """One step that weakens the database.

    Attributes:
        name: says what is done, and stays the same from run to run.
        statement: does it.
        subjects: words that a test about it would use, the most telling first.
        is_in_scope: whether it is tried without --all.
    """

    kind: Kind
    name: str
    statement: str
    subjects: tuple[str, ...] = ()
    is_in_scope: bool = True

    def __str__(self) -> str:
        return self.name


def list_mutations(database: Database) -> list[Mutation]:
    """Every step, in a stable order, each with a name of its own."""
    functions, triggers = _ask(database, _FUNCTIONS), _ask(database, _TRIGGERS)
    policies = _ask(database, _POLICIES)
    # A policy is how a table reaches the function that it asks.
    asked = [(row["name"], f"{row['qual']} {row['with_check']}") for row in policies]
    words = Vocabulary([*((row["name"], row["definition"]) for row in functions), *asked])
    tables = {
        row["function"]: [each["name"] for each in triggers if each["function"] == row["function"]] for row in triggers
    }
    found = [
        *(Mutation("right", row["name"], row["name"]) for row in _ask(database, _RIGHTS)),
        *(_without_row_security(row) for row in _ask(database, _TABLES)),
        *(mutation for row in policies for mutation in _of_policy(row)),
        *(_without_trigger(row, words) for row in triggers),
        *(_without_constraint(row, words) for row in _ask(database, _CONSTRAINTS)),
    ]
    for row in functions:
        is_asked = any(f"{row['name']}(" in text for _, text in asked)
        found += _of_function(row, words, tables.get(row["name"], []), is_asked=is_asked)
    return sorted(_numbered(found), key=lambda mutation: (KINDS.index(mutation.kind), mutation.name))


def sample(mutations: Sequence[Mutation], count: int, seed: int) -> list[Mutation]:
    """Draw from each kind in turn, so that the many rights do not crowd out the rest."""
    chance = random.Random(seed)
    piles = [[each for each in mutations if each.kind == kind] for kind in KINDS]
    drawn = [iter(chance.sample(pile, len(pile))) for pile in piles]
    found: list[Mutation] = []
    while drawn and len(found) < count:
        pile = drawn.pop(0)
        if (each := next(pile, None)) is not None:
            found.append(each)
            drawn.append(pile)
    return found


def _ask(database: Database, query: str) -> list[Row]:
    asked = {"schemas": list(OUR_SCHEMA_NAMES), "roles": list(_ROLES), "first": _FIRST_OF_WORKSPACES}
    return database.rows(query, asked)


def _without_row_security(row: Row) -> Mutation:
    if row["kind"] == "v":
        statement = f"alter view {row['name']} reset (security_invoker)"
    else:
        statement = f"alter table {row['name']} disable row level security"
    return Mutation("row security", statement, statement)


def _of_policy(row: Row) -> Iterator[Mutation]:
    policy = f"policy {row['policy']} on {row['name']}"
    steps = [f"drop {policy}"]
    steps += [f"alter {policy} using (true)"] if row["qual"] not in (None, "true") else []
    steps += [f"alter {policy} with check (true)"] if row["with_check"] not in (None, "true") else []
    for step in steps:
        yield Mutation("policy", step, step, (bare(row["name"]), row["policy"]))


def _without_trigger(row: Row, words: Vocabulary) -> Mutation:
    statement = f"drop trigger {row['trigger']} on {row['name']}"
    subjects = (
        row["trigger"], *words.refusals_of(row["function"]), bare(row["function"]), bare(row["name"]),
        *words.objects_in(row["function"]), *words.users_of(row["name"]),
    )  # fmt: skip
    return Mutation("trigger", statement, statement, subjects)


def _without_constraint(row: Row, words: Vocabulary) -> Mutation:
    statement = f"alter table {row['name']} drop constraint {row['constraint']}"
    # What a cascade is for shows where somebody looks for what a deletion left.
    deletion = ("traces_of",) if row["cascades"] else ()
    subjects = (row["constraint"], *deletion, bare(row["name"]), *(row["columns"] or ()), *words.users_of(row["name"]))
    dropped = f"{statement} cascade" if row["is_pointed_to"] else statement
    return Mutation("constraint", statement, dropped, subjects, row["is_recent"])


def _of_function(row: Row, words: Vocabulary, tables: Sequence[str], *, is_asked: bool) -> Iterator[Mutation]:
    reached_by = (
        *words.users_of(row["name"]), *map(bare, tables), *(user for table in tables for user in words.users_of(table)),
    )  # fmt: skip
    guards = cuts_of(row["source"], is_trigger=row["is_trigger"])
    conditions = [
        cut for cut in conditions_of(row["source"])
        if not any(cut.start < guard.end and guard.start < cut.end for guard in guards)
    ]  # fmt: skip
    # What a policy asks decides by its query: there each condition is a guard.
    of_conditions: Kind = "guard" if is_asked else "condition"
    cuts: list[tuple[Kind, Cut]] = [("guard", cut) for cut in guards]
    for kind, cut in [*cuts, *((of_conditions, cut) for cut in conditions)]:
        assert row["definition"].count(row["source"]) == 1, f"{row['name']} is not found in its own definition"
        definition = row["definition"].replace(row["source"], without(row["source"], cut))
        answers = words.answers_of(f"private.{cut.guard}") if cut.guard else ()
        subjects = (*cut.words, bare(row["name"]), *answers, *reached_by)
        is_in_scope = row["is_recent"] or cut.guard == "require_caller"
        yield Mutation(kind, f"{row['name']}: {cut.what}", definition, subjects, is_in_scope)


def _numbered(mutations: list[Mutation]) -> Iterator[Mutation]:
    """The second of two that would have the same name is called (2)."""
    counted: Counter[str] = Counter()
    for mutation in mutations:
        counted[mutation.name] += 1
        number = counted[mutation.name]
        yield replace(mutation, name=f"{mutation.name} ({number})") if number > 1 else mutation
