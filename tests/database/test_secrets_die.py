"""A connection's two Vault secrets go with it, whoever deletes what, and nothing can skip the triggers that do it.

After the deletion of an account one of them stays for a day at most, to tell Google: test_account_deletion_paths.py.
"""

import psycopg
import pytest

from service.local.postgres import Role
from tests.database.connections import Caller, Connected, claim, connect, store_arguments
from tests.database.looking import held_of, nothing_changes, secret_ids, secrets_left
from tests.database.racing import race
from tests.databases import Database
from tests.personas import Person, add_person

_ENDINGS_OF_CONNECTIONS: dict[str, tuple[Role, str]] = {
    "secrets_row_in_studio": ("postgres", "delete from private.google_secrets where connection_id = %(connection)s"),
    "connection_in_studio": ("postgres", "delete from public.google_connections where id = %(connection)s"),
}
_ENDINGS_OF_ACCOUNTS: dict[str, tuple[Role, str]] = {
    "profile_in_studio": ("postgres", "delete from public.profiles where user_id = %(user)s"),
    "user_in_studio": ("postgres", "delete from auth.users where id = %(user)s"),
    "user_by_auth_admin_api": ("supabase_auth_admin", "delete from auth.users where id = %(user)s"),
}


def each(endings: dict[str, tuple[Role, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("role", "statement"), endings.values(), ids=endings.keys())


@each(_ENDINGS_OF_CONNECTIONS)
def test_secrets_go_with_their_connection(
    shared: Database, service: Caller, connected: Connected, stranger: Person, role: Role, statement: str
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    connect(service, stranger)
    with nothing_changes(shared, stranger), shared.connect(role) as somebody:
        somebody.execute(statement.encode(), {"connection": connected.connection_id, "user": connected.person.id})
    assert secrets_left(shared, ids) == 0


@each(_ENDINGS_OF_ACCOUNTS)
def test_secrets_of_a_deleted_account_are_gone_after_a_day(
    shared: Database, service: Caller, connected: Connected, stranger: Person, role: Role, statement: str
) -> None:
    access_id, refresh_id = secret_ids(shared, connected.connection_id)
    connect(service, stranger)
    with nothing_changes(shared, stranger), shared.connect(role) as somebody:
        somebody.execute(statement.encode(), {"connection": connected.connection_id, "user": connected.person.id})
        assert (secrets_left(shared, [access_id]), secrets_left(shared, [refresh_id])) == (0, 1)
        shared.execute(
            "update private.pending_revocations set created_at = now() - interval '24 hours' where user_id = %s",
            (connected.person.id,),
        )
        shared.execute("select private.expire_pending_revocations()")
    assert secrets_left(shared, [access_id, refresh_id]) == 0


def test_deletion_of_the_user_leaves_no_row(shared: Database, service: Caller, connected: Connected) -> None:
    claim(service, connected.person)
    shared.execute("delete from auth.users where id = %s", (connected.person.id,))
    assert held_of(shared, connected.person) == []


def test_old_secret_goes_if_the_row_names_another(shared: Database, connected: Connected) -> None:
    access_id, refresh_id = secret_ids(shared, connected.connection_id)
    shared.execute(
        "update private.google_secrets set access_secret_id = vault.create_secret('') where connection_id = %s",
        (connected.connection_id,),
    )
    assert secrets_left(shared, [access_id]) == 0
    assert secrets_left(shared, [refresh_id]) == 1
    assert secrets_left(shared, secret_ids(shared, connected.connection_id)) == 2


def test_secrets_stay_if_the_row_only_swaps_them(shared: Database, connected: Connected) -> None:
    shared.execute(
        "update private.google_secrets set access_secret_id = refresh_secret_id, "
        "refresh_secret_id = access_secret_id where connection_id = %s",
        (connected.connection_id,),
    )
    assert secrets_left(shared, secret_ids(shared, connected.connection_id)) == 2


def test_deletion_of_the_user_wins_over_a_connect_that_came_first(
    shared: Database, service: Caller, person: Person
) -> None:
    arguments = store_arguments(claim(service, person))
    orphans_before = shared.value("select orphan_count from ops.vault_health")
    with shared.connect("supabase_auth_admin") as auth:
        stored, _ = race(
            shared,
            (service.connection, lambda: service.call("store_google_connection", **arguments)),
            (auth, lambda: auth.execute("delete from auth.users where id = %s", (person.id,))),
        )
    assert stored["outcome"] == "stored"
    assert held_of(shared, person) == []
    assert shared.value("select orphan_count from ops.vault_health") == orphans_before


def test_connect_finds_nothing_after_a_deletion_that_came_first(
    shared: Database, service: Caller, person: Person
) -> None:
    arguments = store_arguments(claim(service, person))
    with shared.connect("supabase_auth_admin") as auth:
        _, stored = race(
            shared,
            (auth, lambda: auth.execute("delete from auth.users where id = %s", (person.id,))),
            (service.connection, lambda: service.call("store_google_connection", **arguments)),
        )
    assert stored == {"outcome": "gone"}
    assert held_of(shared, person) == []


_OUR_TABLES = (
    "public.profiles",
    "public.google_connections",
    "public.security_notices",
    "private.google_secrets",
    "private.google_authorization_attempts",
    "private.gmail_send_claims",
    "private.outbox",
    "private.pending_revocations",
    "private.purposes",
    "audit.token_openings",
    "ops.check_runs",
)


@pytest.mark.parametrize("table", _OUR_TABLES)
@pytest.mark.parametrize("cascade", ["", " cascade"], ids=["alone", "cascade"])
def test_truncate_is_refused(shared: Database, connected: Connected, table: str, cascade: str) -> None:
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)
    with nothing_changes(shared, connected.person), pytest.raises(refusals):
        shared.execute(f"truncate {table}{cascade}")


def test_truncate_of_users_is_refused_where_it_would_cascade_to_us(shared: Database, connected: Connected) -> None:
    with (
        nothing_changes(shared, connected.person),
        shared.connect("supabase_admin") as admin,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot be truncated"),
    ):
        admin.execute("truncate auth.users cascade")


def test_truncate_of_each_month_is_refused(shared: Database) -> None:
    months = shared.rows(
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = %s::regclass",
        ("audit.token_openings",),
    )
    assert len(months) >= 7
    for month in months:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot be truncated"):
            shared.execute(f"truncate {month['name']}")


def test_secrets_would_stay_without_the_trigger(database: Database) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
        ids = secret_ids(database, connected.connection_id)
        database.execute("alter table private.google_secrets disable trigger delete_vault_secrets")
        database.execute("delete from public.google_connections where id = %s", (connected.connection_id,))
    assert secrets_left(database, ids) == 2
