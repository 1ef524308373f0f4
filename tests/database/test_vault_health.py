"""Sealed documents that no connection names are found, deleted after an hour, and counted in ops."""

from uuid import UUID

import pytest

from tests.database.connections import Caller, connect, require_reconnect
from tests.database.looking import secret_ids, secrets_left
from tests.databases import Database, Row
from tests.personas import add_person


def _health(database: Database) -> Row:
    (row,) = database.rows("select * from ops.vault_health")
    return row


def _add_orphan(database: Database, age: str, description: str = "cxtrack google access document") -> UUID:
    """A secret that nothing names; only the owner of Vault may move its time."""
    secret_id = database.value("select vault.create_secret('made up', null, %s)", (description,))
    with database.connect("supabase_admin") as admin:
        admin.execute("update vault.secrets set created_at = now() - %s::interval where id = %s", (age, secret_id))
    return secret_id


def test_orphans_go_after_an_hour_and_are_counted(database: Database) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    old = [_add_orphan(database, "61 minutes"), _add_orphan(database, "2 days", "cxtrack google refresh document")]
    young = _add_orphan(database, "59 minutes")
    not_ours = _add_orphan(database, "2 days", "an API key of somebody else")
    with database.connect("supabase_admin") as admin:
        admin.execute(
            "update vault.secrets set created_at = now() - interval '1 year' where id = any(%s)",
            (secret_ids(database, connected.connection_id),),
        )
    assert _health(database)["orphan_count"] == 3
    assert database.value("select ops.delete_vault_orphans()") == 2
    assert secrets_left(database, old) == 0
    assert secrets_left(database, [young, not_ours, *secret_ids(database, connected.connection_id)]) == 4
    (run,) = database.rows("select check_name, found_count, deleted_count, ran_at from ops.check_runs")
    assert (run["check_name"], run["found_count"], run["deleted_count"]) == ("vault_orphans", 2, 2)
    assert _health(database)["orphans_checked_at"] == run["ran_at"]
    assert _health(database)["orphan_count"] == 1


def test_health_shows_zeros_if_all_is_well(database: Database) -> None:
    with Caller(database) as service:
        connect(service, add_person(database))
        require_reconnect(database, connect(service, add_person(database)))
    health = _health(database)
    assert {name: count for name, count in health.items() if name.endswith("_count")} == dict.fromkeys(
        (name for name in health if name.endswith("_count")), 0
    )


@pytest.mark.parametrize(
    ("fault", "counter"),
    [
        ("delete from vault.secrets where description like '%refresh%'", "connections_missing_a_secret_count"),
        ("delete from vault.secrets where description like '%access%'", "connections_missing_a_secret_count"),
        ("delete from private.google_secrets", "active_without_secrets_count"),
        ("select vault.create_secret('x', null, 'cxtrack google access document')", "orphan_count"),
        (
            "insert into auth.flow_state (id, auth_code, code_challenge_method, code_challenge, provider_type, "
            "provider_refresh_token, authentication_method) "
            "values (gen_random_uuid(), 'made up', 's256', 'made up', 'google', 'made up', 'oauth')",
            "provider_tokens_in_auth_count",
        ),
    ],
    ids=["refresh_secret_lost", "access_secret_lost", "reference_lost", "orphan", "provider_token_in_auth"],
)
def test_health_counts_each_fault(database: Database, fault: str, counter: str) -> None:
    with Caller(database) as service:
        connect(service, add_person(database))
    database.connection.execute(fault.encode())
    health = _health(database)
    assert {name for name, count in health.items() if name.endswith("_count") and count} == {counter}


def test_connections_are_counted_by_state_without_names(database: Database) -> None:
    with Caller(database) as service:
        connect(service, add_person(database))
        require_reconnect(database, connect(service, add_person(database)))
    rows = database.rows("select * from ops.google_connections_by_status order by status")
    assert [(row["status"], row["reconnect_reason"], row["connection_count"]) for row in rows] == [
        ("active", None, 1),
        ("reconnect_required", "grant_ended", 1),
    ]
    assert set(rows[0]) == {"status", "reconnect_reason", "connection_count", "oldest_updated_at"}
