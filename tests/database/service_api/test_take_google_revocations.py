"""service_api.take_google_revocations: a worker gets a deleted account's document, unless the account is in use."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from service.domain.sealed import TokenBinding, Use
from tests.database.connections import CLIENT_ID, SEALER, Caller, claim, connect, require_reconnect
from tests.database.looking import secrets_left
from tests.database.revocations import add_deleted, entries, finish, make_due, outcomes, pending_of, take, take_one
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, SERVICE_ROLE, add_person


@pytest.fixture
def service(database: Database) -> Iterator[Caller]:
    with Caller(database) as caller:
        yield caller


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as caller:
        yield caller


def test_worker_gets_what_telling_google_needs(database: Database, service: Caller, operator: Caller) -> None:
    gone = add_deleted(database, service)
    answer = take(operator)
    (pending,) = pending_of(database, gone.person)
    (entry,) = answer.pop("entries")
    document = entry.pop("document")
    assert answer == {"not_needed_count": 0, "parked": []}
    # PostgreSQL leaves out the zeros at the end of a second's fraction, Python writes them.
    assert datetime.fromisoformat(entry.pop("revocation_began_at")) == pending["revocation_began_at"]
    assert entry == {
        "outbox_id": pending["outbox_id"],
        "lease_id": str(pending["lease_id"]),
        "connection_id": str(gone.connection_id),
        "user_id": str(gone.person.id),
        "token_version": gone.token_version,
        "client_id": CLIENT_ID,
        "account_key": database.value("select private.google_account_key(%s)", (gone.google_sub,)),
    }
    binding = TokenBinding(gone.connection_id, gone.person.id, gone.token_version)
    assert SEALER.open(Use.REFRESH, binding, document) == {"refresh_token": f"refresh {gone.token_version}"}
    assert pending["attempt_count"] == 1


def test_taking_keeps_others_from_connecting_the_account(database: Database, service: Caller, operator: Caller) -> None:
    add_deleted(database, service)
    taken = take_one(operator)
    (revocation,) = database.rows("select * from private.google_revocations")
    assert revocation["account_key"] == taken["account_key"]
    assert revocation["began_at"] == datetime.fromisoformat(taken["revocation_began_at"])


def test_each_taking_is_on_record_without_a_person(database: Database, service: Caller, operator: Caller) -> None:
    add_deleted(database, service)
    take(operator)
    openings = database.rows("select outcome, subject from audit.token_openings where purpose = 'revoke'")
    assert openings == [{"outcome": "opened", "subject": None}]


def test_nothing_is_taken_if_nothing_is_due(operator: Caller) -> None:
    assert take(operator) == {"entries": [], "not_needed_count": 0, "parked": []}


def test_entry_is_not_taken_twice_while_its_lease_runs(database: Database, service: Caller, operator: Caller) -> None:
    add_deleted(database, service)
    take_one(operator)
    assert take(operator)["entries"] == []


def test_entry_is_taken_over_once_the_lease_is_over(database: Database, service: Caller, operator: Caller) -> None:
    add_deleted(database, service)
    first = take_one(operator)
    database.execute("update private.outbox set lease_until = clock_timestamp()")
    second = take_one(operator)
    assert first["outbox_id"] == second["outbox_id"]
    assert first["lease_id"] != second["lease_id"]
    assert entries(database)[0]["attempt_count"] == 2


@pytest.mark.parametrize(
    "state",
    [
        "available_at = clock_timestamp() + interval '1 second'",
        "ends_at = clock_timestamp()",
        "parked_at = now(), parked_because = 'given_up'",
    ],
    ids=["later", "ended", "parked"],
)
def test_entry_is_not_taken_if_it_is_not_due(database: Database, service: Caller, operator: Caller, state: str) -> None:
    add_deleted(database, service)
    database.execute(f"update private.outbox set {state}")
    assert take(operator)["entries"] == []


@pytest.mark.parametrize(("limit", "count"), [(None, 1), (0, 1), (1, 1), (2, 2), (100, 10)])
def test_limit_is_kept_within_bounds(
    database: Database, service: Caller, operator: Caller, limit: int | None, count: int
) -> None:
    for _ in range(11):
        add_deleted(database, service)
    taken = take(operator, limit)["entries"]
    assert [entry["outbox_id"] for entry in taken] == [entry["id"] for entry in entries(database)][:count]


def test_revocation_is_not_needed_if_another_user_is_connected_to_the_account(
    database: Database, service: Caller, operator: Caller
) -> None:
    gone = add_deleted(database, service)
    ids = [pending_of(database, gone.person)[0]["refresh_secret_id"]]
    connect(service, add_person(database), google_sub=gone.google_sub)
    assert take(operator) == {"entries": [], "not_needed_count": 1, "parked": []}
    assert (entries(database), pending_of(database, gone.person), secrets_left(database, ids)) == ([], [], 0)
    assert outcomes(database) == [("not_needed", 1)]
    assert database.value("select count(*) from private.google_revocations") == 0


def test_revocation_is_not_needed_while_the_account_is_being_connected(
    database: Database, service: Caller, operator: Caller
) -> None:
    gone = add_deleted(database, service)
    claim(service, add_person(database), google_sub=gone.google_sub)
    assert take(operator)["not_needed_count"] == 1


def test_revocation_is_needed_if_the_other_connection_of_the_account_is_dead(
    database: Database, service: Caller, operator: Caller
) -> None:
    gone = add_deleted(database, service)
    require_reconnect(database, connect(service, add_person(database), google_sub=gone.google_sub))
    assert len(take(operator)["entries"]) == 1


def test_entry_is_not_needed_if_somebody_deleted_its_document(
    database: Database, service: Caller, operator: Caller
) -> None:
    add_deleted(database, service)
    database.execute("delete from private.pending_revocations")
    assert take(operator)["not_needed_count"] == 1
    assert entries(database) == []


@pytest.mark.parametrize(
    ("role", "fault", "reason"),
    [
        ("supabase_admin", "update vault.secrets set secret = 'YWx0ZXJlZA=='", "secret_unreadable"),
        ("postgres", "delete from vault.secrets", "secret_missing"),
    ],
)
def test_entry_is_parked_at_once_if_vault_cannot_open_the_document(
    database: Database, service: Caller, operator: Caller, role, fault: str, reason: str
) -> None:
    gone = add_deleted(database, service)
    ids = [pending_of(database, gone.person)[0]["refresh_secret_id"]]
    with database.connect(role) as somebody:
        somebody.execute(fault.encode())
    (entry,) = entries(database)
    parked = [{"outbox_id": entry["id"], "reason": reason}]
    assert take(operator) == {"entries": [], "not_needed_count": 0, "parked": parked}
    (entry,) = entries(database)
    assert (entry["parked_because"], entry["last_error"], entry["lease_id"]) == ("poison", reason, None)
    assert (pending_of(database, gone.person), secrets_left(database, ids)) == ([], 0)
    assert outcomes(database) == [("poison", 1)]


def test_one_unreadable_document_does_not_hold_the_others_up(
    database: Database, service: Caller, operator: Caller
) -> None:
    unreadable, good = add_deleted(database, service), add_deleted(database, service)
    secret_id: UUID = pending_of(database, unreadable.person)[0]["refresh_secret_id"]
    with database.connect("supabase_admin") as admin:
        admin.execute("update vault.secrets set secret = 'YWx0ZXJlZA==' where id = %s", (secret_id,))
    answer = take(operator, 2)
    assert [entry["user_id"] for entry in answer["entries"]] == [str(good.person.id)]
    assert len(answer["parked"]) == 1


def test_documents_of_live_connections_are_never_handed_out(
    database: Database, service: Caller, operator: Caller
) -> None:
    connect(service, add_person(database))
    assert take(operator, 10)["entries"] == []


def test_fallback_credential_takes_and_finishes_too(database: Database, service: Caller) -> None:
    add_deleted(database, service)
    with Caller(database, SERVICE_ROLE) as fallback:
        assert finish(fallback, take_one(fallback), "revoked") == "stored"


def test_failed_entry_comes_back_after_its_wait(database: Database, service: Caller, operator: Caller) -> None:
    add_deleted(database, service)
    finish(operator, take_one(operator), "failed", "google_unavailable")
    assert take(operator)["entries"] == []
    make_due(database)
    assert take_one(operator)["document"]
