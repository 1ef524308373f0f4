"""Ten megabytes of text are refused by a name, in every column that a client may write."""

from __future__ import annotations

import psycopg

from tests.database.workspaces.stage import Stage
from tests.databases import Database

# Every column of text, of several texts or of anything that a client may write to a record.
_COLUMNS = """
select classes.relname as table_name, columns.attname as column_name, columns.atttypid::regtype::text as kind
from pg_class as classes
inner join pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 and not columns.attisdropped
where classes.relnamespace = 'public'::regnamespace and classes.relkind = 'r'
    and columns.atttypid = any(array['text', 'text[]', 'jsonb', 'varchar']::regtype[])
    and has_column_privilege('authenticated', classes.oid, columns.attnum, 'insert, update')
    and exists (select from pg_attribute as own where own.attrelid = classes.oid and own.attname = 'workspace_id')
order by 1, 2
"""


# Ten megabytes: a letter with a long end that nobody sees; and words, of which searching would make a long list.
_LONG, _WORDS = "'x' || repeat(' ', 10000000)", "repeat('word ', 2000000)"
_SEARCHED = ("companies", "contacts", "deals")


def _boundless(database: Database, *tables: str) -> set[str]:
    """The columns that take ten megabytes, or refuse them other than by a name of ours; of all tables or of some."""
    found = set()
    for column in database.rows(_COLUMNS):
        if tables and column["table_name"] not in tables:
            continue
        table, name = column["table_name"], column["column_name"]
        for text in (_LONG, _WORDS) if table in _SEARCHED and column["kind"] == "text" else (_LONG,):
            value = {"jsonb": f"jsonb_build_object('x', {text})", "text[]": f"array[{text}]"}.get(column["kind"], text)
            try:
                with database.connection.transaction(force_rollback=True):
                    database.execute(f"update public.{table} set {name} = {value}")
                found.add(f"{table}.{name}")
            except psycopg.Error as error:
                if error.sqlstate not in ("23514", "PGRST"):
                    found.add(f"{table}.{name}")
    return found


def test_every_text_has_a_bound_with_a_name(stage: Stage) -> None:
    assert len(stage.database.rows(_COLUMNS)) >= 40
    assert _boundless(stage.database) == set()


def test_text_without_a_bound_is_found(own_stage: Stage) -> None:
    own_stage.database.execute(
        "alter table public.contact_addresses add column note text; "
        "grant update (note) on public.contact_addresses to authenticated; "
        "alter table public.contact_addresses drop constraint label_is_short"
    )
    found = _boundless(own_stage.database, "contact_addresses")
    assert found == {"contact_addresses.note", "contact_addresses.label"}
