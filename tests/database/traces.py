"""Where a word stands in a database: every table of ours and of Auth, whatever its columns are called."""

from __future__ import annotations

from tests.databases import Database

_TABLES = """
select classes.oid::regclass::text as name
from pg_catalog.pg_class as classes
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
where namespaces.nspname in ('public', 'private', 'audit', 'ops', 'auth') and classes.relkind = 'r'
order by 1
"""


def traces_of(database: Database, word: str) -> set[str]:
    """The tables with a row that holds the word."""
    found = set()
    with database.connect("supabase_admin") as admin:
        for table in database.rows(_TABLES):
            query = f"select exists (select from {table['name']} as t where t::text like '%%' || %s || '%%') as it"
            row = admin.execute(query.encode(), (word,)).fetchone()
            if row and row["it"]:
                found.add(table["name"])
    return found
