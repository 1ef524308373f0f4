"""TRUNCATE empties no table of ours, not even for its owner: it fires none of the triggers that promises hang on."""

from __future__ import annotations

import psycopg
import pytest

from service.policy.rights import OUR_SCHEMA_NAMES
from tests.databases import Database

_TABLES = (
    "select format('%%I.%%I', relnamespace::regnamespace, relname) as name from pg_class "
    "where relnamespace::regnamespace::text = any(%s) and relkind in ('r', 'p') order by 1"
)


def test_every_table_refuses_truncate_by_itself(shared: Database) -> None:
    tables = [row["name"] for row in shared.rows(_TABLES, (list(OUR_SCHEMA_NAMES),))]
    assert tables
    for table in tables:
        # By private.refuse_truncate: with what refers to a table, as PostgreSQL else refuses by itself where something
        # does.
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"^{table} cannot be truncated"):
            shared.execute(f"truncate {table} cascade")
