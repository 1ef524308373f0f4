"""The sealed document of a deleted account hangs on one row: it stays with it, goes with it, and is no orphan."""

import pytest

from tests.database.connections import Caller, connect
from tests.database.looking import secret_ids, secrets_left
from tests.database.revocations import entries
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import add_person


def test_document_is_lost_if_its_row_is_not_spared(database: Database) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    ids = secret_ids(database, connected.connection_id)
    remove_guard(database, "private.delete_vault_secrets()", "pending.refresh_secret_id = secrets.id", "false")
    database.execute("delete from auth.users where id = %s", (connected.person.id,))
    assert (secrets_left(database, ids), len(entries(database))) == (0, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from private.pending_revocations",
        "delete from private.outbox",
        "update private.pending_revocations set refresh_secret_id = gen_random_uuid()",
    ],
)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "unguarded"])
def test_document_goes_with_the_row_that_names_it(database: Database, statement: str, is_guarded: bool) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    ids = secret_ids(database, connected.connection_id)
    database.execute("delete from auth.users where id = %s", (connected.person.id,))
    if not is_guarded:
        database.execute("alter table private.pending_revocations disable trigger delete_pending_secret")
    database.execute(statement)
    assert secrets_left(database, ids) == (0 if is_guarded else 1)


def test_document_is_no_orphan(database: Database) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    ids = secret_ids(database, connected.connection_id)
    database.execute("delete from auth.users where id = %s", (connected.person.id,))
    with database.connect("supabase_admin") as admin:
        admin.execute("update vault.secrets set created_at = now() - interval '2 hours'")
    assert database.value("select orphan_count from ops.vault_health") == 0
    assert database.value("select ops.delete_vault_orphans()") == 0
    assert secrets_left(database, ids) == 1
