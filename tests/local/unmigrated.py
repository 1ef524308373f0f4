"""A database as a hosted project has it before any migration of ours, and small ways to ask its catalogue."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.rows import dict_row

from service.local.bootstrap import DefaultPrivileges
from service.local.postgres import Cluster
from tests.databases import Connection, Database

_numbers = itertools.count(1)


@contextmanager
def unmigrated_database(cluster: Cluster, *, default_privileges: DefaultPrivileges = "withheld") -> Iterator[Database]:
    """Bootstrap a database, without our migrations, and drop it at the end."""
    name = f"unmigrated_{next(_numbers)}"
    cluster.create_database(name)
    try:
        cluster.bootstrap(name, default_privileges=default_privileges)
        with Connection.connect(cluster.url(name), autocommit=True, row_factory=dict_row) as connection:
            yield Database(name, cluster, connection)
    finally:
        cluster.drop_database(name)


def rights_on(database: Database, relation: str) -> dict[str, str]:
    """Give the rights on a table or view by role, in PostgreSQL's letters: `{"postgres": "r*d*D*x*"}`."""
    rows = database.rows(
        "select unnest(relacl)::text as item from pg_class where oid = %s::regclass order by 1", (relation,)
    )
    items = [row["item"].split("/")[0].split("=") for row in rows]
    return {grantee or "public": letters for grantee, letters in items}
