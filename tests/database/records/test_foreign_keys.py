"""No record points into another workspace: every key that could is tried with another workspace's id."""

from __future__ import annotations

from typing import NamedTuple

import psycopg

from tests.database.workspaces.stage import Stage
from tests.databases import Database

_KEYS = """
select keys.conname as name, keys.conrelid::regclass::text as table_name, keys.confrelid::regclass::text as referenced,
    array_agg(own.attname::text order by pairs.place) as own,
    array_agg(theirs.attname::text order by pairs.place) as theirs
from pg_constraint as keys
cross join unnest(keys.conkey, keys.confkey) with ordinality as pairs (own, theirs, place)
inner join pg_attribute as own on own.attrelid = keys.conrelid and own.attnum = pairs.own
inner join pg_attribute as theirs on theirs.attrelid = keys.confrelid and theirs.attnum = pairs.theirs
where keys.contype = 'f' and keys.connamespace = 'public'::regnamespace
group by keys.oid having count(*) > 1 and 'workspace_id' = any(array_agg(own.attname))
"""


class _Key(NamedTuple):
    name: str
    table: str
    referenced: str
    columns: dict[str, str]


def _keys(database: Database) -> list[_Key]:
    found = []
    for row in database.rows(_KEYS):
        columns = dict(zip(row["own"], row["theirs"], strict=True))
        del columns["workspace_id"]
        found.append(_Key(row["name"], row["table_name"], row["referenced"], columns))
    return found


def _refusals(stage: Stage, key: _Key) -> set[str | None]:
    """Have each record of the workspace name one of the other workspace; gives what refused it, None if nothing did."""
    found: set[str | None] = set()
    own, theirs = ", ".join(key.columns), ", ".join(key.columns.values())
    database = stage.database
    for row in database.rows(f"select ctid::text from {key.table} where workspace_id = %s", (stage.workspace_id,)):
        try:
            with database.connection.transaction(force_rollback=True):
                database.execute(
                    f"update {key.table} set ({own}) = (select {theirs} from {key.referenced} where workspace_id = %s "
                    "limit 1) where ctid = %s::tid",
                    (stage.elsewhere_id, row["ctid"]),
                )
            found.add(None)
        except psycopg.errors.ForeignKeyViolation as refused:
            found.add(refused.diag.constraint_name)
    return found


def _strays(stage: Stage) -> set[str]:
    """The keys that let a record point into another workspace, or that refuse it by another name."""
    refusals = {key.name: _refusals(stage, key) for key in _keys(stage.database)}
    return {name for name, found in refusals.items() if None in found or name not in found}


def test_every_key_refuses_the_id_of_another_workspace_by_its_name(stage: Stage) -> None:
    assert len(_keys(stage.database)) >= 20
    assert _strays(stage) == set()


def test_key_that_is_not_looked_at_is_found(own_stage: Stage) -> None:
    with own_stage.database.connect("supabase_admin") as admin:
        admin.execute("alter table public.contacts disable trigger all")
    assert {"contact_company_is_of_the_workspace", "contact_owner_is_a_member"} <= _strays(own_stage)
