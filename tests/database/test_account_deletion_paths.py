"""However an account is deleted: its connection goes at once, and one sealed document stays to tell Google with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import (
    CLIENT_ID,
    KID,
    SEALER,
    Answer,
    Caller,
    Connected,
    begin,
    claim,
    come_back,
    connect,
    require_reconnect,
)
from tests.database.looking import held_of, nothing_changes, openings_of, secret_ids, secrets_left
from tests.database.revocations import entries, pending_of
from tests.database.service_api.test_disconnect_google import disconnect
from tests.database.service_api.test_open_token import open_token
from tests.databases import Database
from tests.personas import Person, add_person

Path = Callable[[Database, Person], None]


def _as_auth(statement: str) -> Path:
    def act(database: Database, person: Person) -> None:
        with database.connect("supabase_auth_admin") as auth:
            auth.execute(statement.encode(), (person.id,))

    return act


def _in_studio(statement: str) -> Path:
    return lambda database, person: database.execute(statement, (person.id,))


def close_account(database: Database, person: Person) -> Answer:
    """What an operator does in Studio."""
    return database.value("select ops.close_account(%s)", (person.id,))


def _close(database: Database, person: Person) -> None:
    close_account(database, person)


_HARD = {
    "user_by_auth_admin_api": _as_auth("delete from auth.users where id = %s"),
    "user_in_studio": _in_studio("delete from auth.users where id = %s"),
    "profile_in_studio": _in_studio("delete from public.profiles where user_id = %s"),
}
_SOFT = {
    "soft_by_auth_admin_api": _as_auth("update auth.users set deleted_at = now() where id = %s"),
    "soft_in_studio": _in_studio("update auth.users set deleted_at = now() where id = %s"),
}
_ENDINGS = {**_HARD, **_SOFT, "close_account": _close}
_DISCONNECTS = {
    "connection_in_studio": _in_studio("delete from public.google_connections where user_id = %s"),
    "secrets_in_studio": _in_studio(
        "delete from private.google_secrets where connection_id = "
        "(select id from public.google_connections where user_id = %s)"
    ),
}


def each(paths: dict[str, Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths.values(), ids=paths.keys())


@each(_ENDINGS)
def test_exactly_the_refresh_document_is_left_and_still_opens(
    shared: Database, service: Caller, connected: Connected, stranger: Person, path: Path
) -> None:
    access_id, refresh_id = secret_ids(shared, connected.connection_id)
    connect(service, stranger)
    with nothing_changes(shared, stranger):
        path(shared, connected.person)
    assert (secrets_left(shared, [access_id]), secrets_left(shared, [refresh_id])) == (0, 1)
    (pending,) = pending_of(shared, connected.person)
    assert pending["refresh_secret_id"] == refresh_id
    document = shared.value("select decrypted_secret from vault.decrypted_secrets where id = %s", (refresh_id,))
    binding = TokenBinding(pending["connection_id"], pending["user_id"], pending["token_version"])
    assert SEALER.open(Use.REFRESH, binding, document) == {"refresh_token": f"refresh {connected.token_version}"}


@each(_ENDINGS)
def test_what_is_queued_names_the_document_and_ends_after_a_day(
    shared: Database, connected: Connected, path: Path
) -> None:
    key = shared.value("select private.google_account_key(%s)", (connected.google_sub,))
    path(shared, connected.person)
    (pending,) = pending_of(shared, connected.person)
    assert (pending["connection_id"], pending["token_version"], pending["client_id"], pending["kid"]) == (
        connected.connection_id,
        connected.token_version,
        CLIENT_ID,
        KID,
    )
    assert (pending["account_key"], pending["kind"], pending["attempt_count"]) == (key, "revoke_google_grant", 0)
    assert pending["available_at"] <= datetime.now(UTC)
    lifetime = pending["ends_at"] - pending["created_at"]
    assert timedelta(hours=23, minutes=59) < lifetime <= timedelta(hours=24)


@each({**_HARD, **_SOFT})
def test_nothing_of_the_person_is_left_but_the_pending_revocation(
    shared: Database, service: Caller, connected: Connected, path: Path
) -> None:
    for step in (begin, come_back, claim):
        step(service, connected.person)
    open_token(service, connected.person)
    path(shared, connected.person)
    assert held_of(shared, connected.person) == []
    assert openings_of(shared, connected.person) == []
    assert len(pending_of(shared, connected.person)) == 1


def test_closing_the_account_keeps_the_profile_only(shared: Database, service: Caller, connected: Connected) -> None:
    for step in (begin, come_back, claim):
        step(service, connected.person)
    receipt = close_account(shared, connected.person)
    deleted_at = datetime.fromisoformat(receipt.pop("deleted_at"))
    assert abs(datetime.now(UTC) - deleted_at) < timedelta(seconds=10)
    assert receipt == {
        "outcome": "closing",
        "was_connected": True,
        "secrets_deleted": 1,
        "attempts_deleted": 3,
        "is_revocation_queued": True,
    }
    (profile,) = held_of(shared, connected.person)
    assert profile["held"]["account_state"] == "closing"
    assert open_token(service, connected.person) == {"outcome": "account_closing"}


def test_closing_the_account_may_be_repeated(shared: Database, connected: Connected) -> None:
    close_account(shared, connected.person)
    before = pending_of(shared, connected.person)
    with nothing_changes(shared, connected.person):
        receipt = close_account(shared, connected.person)
    assert receipt | {"deleted_at": None} == {
        "outcome": "closing",
        "deleted_at": None,
        "was_connected": False,
        "secrets_deleted": 0,
        "attempts_deleted": 0,
        "is_revocation_queued": False,
    }
    assert pending_of(shared, connected.person) == before


def test_closing_an_account_that_nobody_has_says_so(shared: Database) -> None:
    assert shared.value("select ops.close_account(gen_random_uuid())") == {"outcome": "user_unknown"}


def test_deleting_a_closed_account_keeps_the_revocation(shared: Database, connected: Connected) -> None:
    close_account(shared, connected.person)
    before = pending_of(shared, connected.person)
    shared.execute("delete from auth.users where id = %s", (connected.person.id,))
    assert pending_of(shared, connected.person) == before
    assert secrets_left(shared, [before[0]["refresh_secret_id"]]) == 1


@each(_DISCONNECTS)
def test_deleting_less_than_the_account_deletes_both_secrets_and_queues_nothing(
    shared: Database, connected: Connected, path: Path
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    path(shared, connected.person)
    assert (secrets_left(shared, ids), pending_of(shared, connected.person)) == (0, [])


def test_disconnecting_deletes_both_secrets_and_queues_nothing(
    shared: Database, service: Caller, connected: Connected
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    disconnect(service, connected.person)
    assert (secrets_left(shared, ids), pending_of(shared, connected.person)) == (0, [])


@each(_ENDINGS)
def test_nothing_is_queued_if_nothing_was_connected(shared: Database, person: Person, path: Path) -> None:
    path(shared, person)
    assert pending_of(shared, person) == []


@each(_ENDINGS)
def test_nothing_is_queued_if_google_had_ended_the_grant(shared: Database, connected: Connected, path: Path) -> None:
    require_reconnect(shared, connected)
    path(shared, connected.person)
    assert (pending_of(shared, connected.person), held_of(shared, connected.person, "connection")) == ([], [])


@each(_ENDINGS)
def test_nothing_is_queued_if_vault_has_lost_the_document(shared: Database, connected: Connected, path: Path) -> None:
    ids = secret_ids(shared, connected.connection_id)
    shared.execute("delete from vault.secrets where id = %s", (ids[1],))
    path(shared, connected.person)
    assert (pending_of(shared, connected.person), secrets_left(shared, ids)) == ([], 0)


def test_undoing_a_soft_deletion_or_touching_it_again_queues_nothing_more(
    shared: Database, connected: Connected
) -> None:
    for value in ("now()", "now()", "null"):
        shared.execute(f"update auth.users set deleted_at = {value} where id = %s", (connected.person.id,))
    assert len(pending_of(shared, connected.person)) == 1


def test_soft_deletion_leaves_the_connection_without_its_trigger(database: Database) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    with database.connect("supabase_admin") as admin:
        admin.execute("alter table auth.users disable trigger delete_profile_of_deleted_user")
    database.execute("update auth.users set deleted_at = now() where id = %s", (connected.person.id,))
    assert held_of(database, connected.person, "connection")


@pytest.mark.parametrize(("age", "is_left"), [("23 hours 57 minutes", True), ("23 hours 59 minutes", False)])
def test_document_goes_within_a_day_whatever_happened(database: Database, age: str, is_left: bool) -> None:
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    ids = secret_ids(database, connected.connection_id)
    database.execute("delete from auth.users where id = %s", (connected.person.id,))
    database.execute("update private.outbox set last_error = 'google_unavailable'")
    database.execute("update private.pending_revocations set created_at = clock_timestamp() - %s::interval", (age,))
    database.execute("select private.expire_pending_revocations()")
    assert (secrets_left(database, ids), len(pending_of(database, connected.person))) == (is_left, is_left)
    (entry,) = entries(database)
    assert (entry["parked_because"], entry["last_error"]) == (None if is_left else "given_up", "google_unavailable")
