"""An import that is killed midway leaves nothing, and can be asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from tests.database.lists.scene import Scene
from tests.database.racing import wait_until_it_waits
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call_in
from tests.databases import Connection
from tests.personas import acting_as

_ROWS = 3_000
_LIST = "name,email,company\n" + "".join(f"Person {n},person{n}@example.com,Shop {n % 7}\n" for n in range(_ROWS))
_MADE = (
    "select (select count(*) from public.contacts where workspace_id = %(id)s) + (select count(*) from "
    "public.companies where workspace_id = %(id)s) + (select count(*) from public.contact_addresses "
    "where workspace_id = %(id)s) + (select count(*) from public.record_changes where workspace_id = %(id)s)"
)
# After the first slice and before the second, the import stops here until the test lets it go on.
_STOP = ("v_from := v_until;", "v_from := v_until; perform pg_catalog.pg_advisory_xact_lock(4711);")
_SLICES = ("limit 10000", "limit 1000")
_MAKE = "private.make_imported(imports)"


def _terminate(scene: Scene, pid: int) -> None:
    scene.database.execute("select pg_terminate_backend(%s)", (pid,))


def _cancel(scene: Scene, pid: int) -> None:
    scene.database.execute("select pg_cancel_backend(%s)", (pid,))


def _stopped_midway(scene: Scene, import_id: UUID | str, end: Callable[[Connection], None]) -> None:
    """Import until the first slice is made, then end the import so."""
    with scene.database.connect() as holder, holder.transaction(), ThreadPoolExecutor(max_workers=1) as pool:
        holder.execute("select pg_advisory_xact_lock(4711)")
        with acting_as(scene.database, scene.persona("member")) as connection:
            running = pool.submit(call_in, connection, "commit_import", import_id=import_id)
            wait_until_it_waits(scene.database, connection.info.backend_pid, running)
            end(connection)
            with pytest.raises(Exception, match=r"57014|57P01|\?|closed|terminat"):
                running.result(timeout=20)
            raise psycopg.Rollback


@pytest.mark.parametrize("end", [_terminate, _cancel], ids=["backend_killed", "statement_cancelled"])
def test_import_that_is_ended_midway_leaves_nothing_and_is_done_when_asked_again(
    own_scene: Scene, end: Callable[[Scene, int], None]
) -> None:
    import_id = own_scene.check(_LIST)["import_id"]
    remove_guard(own_scene.database, _MAKE, *_SLICES)
    remove_guard(own_scene.database, _MAKE, *_STOP)
    try:
        _stopped_midway(own_scene, import_id, lambda connection: end(own_scene, connection.info.backend_pid))
    except psycopg.Error:
        assert end is _terminate
    assert own_scene.database.value(_MADE, {"id": own_scene.workspace_id}) == 0
    (row,) = own_scene.rows("select state, imported_count from public.imports where id = %(id)s", id=import_id)
    assert row == {"state": "checked", "imported_count": 0}
    report = own_scene.call("commit_import", import_id=import_id)
    assert (report["imported_count"], report["company_count"]) == (_ROWS, 7)


def test_import_whose_connection_is_lost_leaves_nothing(own_scene: Scene) -> None:
    import_id = own_scene.check(_LIST)["import_id"]
    with acting_as(own_scene.database, own_scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        pid = connection.info.backend_pid
        connection.close()
    deadline = time.monotonic() + 10
    while own_scene.database.rows("select from pg_stat_activity where pid = %s", (pid,)):
        assert time.monotonic() < deadline, "the server did not notice"
    assert own_scene.database.value(_MADE, {"id": own_scene.workspace_id}) == 0
    assert own_scene.call("commit_import", import_id=import_id)["imported_count"] == _ROWS


def test_import_after_one_that_was_killed_reads_each_contact_by_its_key(own_scene: Scene) -> None:
    """What was killed leaves pages that hold nothing; counted so, every check of a key would read the workspace."""
    database = own_scene.database
    remove_guard(database, _MAKE, *_SLICES)
    import_id = own_scene.check(_LIST)["import_id"]
    with acting_as(database, own_scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        raise psycopg.Rollback
    for table in ("contacts", "companies", "contact_addresses"):
        database.execute(f"analyze public.{table}")
    assert database.value("select reltuples from pg_class where oid = 'public.contacts'::regclass") == 0
    with acting_as(database, own_scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        # What it read is told with its commit, and not some time later.
        connection.execute("select pg_stat_force_next_flush()")
    assert _entries_read(own_scene) < 5 * _ROWS


def test_import_after_one_that_was_killed_would_read_them_all(own_scene: Scene) -> None:
    own_scene.database.execute(
        "create or replace function private.count_anew(p_table regclass, p_rows bigint) returns void language sql "
        "set search_path = '' as 'select'"
    )
    with pytest.raises((AssertionError, Refused)):
        test_import_after_one_that_was_killed_reads_each_contact_by_its_key(own_scene)


def _entries_read(scene: Scene) -> int:
    """How many entries of indexes of contacts were read, but for the primary key's."""
    return scene.database.value(
        "select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes "
        "where relid = 'public.contacts'::regclass and indexrelname <> 'contacts_pkey'"
    )
