"""public.disconnect_google: the owner disconnects without the service, in whatever state the account is."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.database.connections import Answer, Caller, Connected, begin, claim, come_back, connect, require_reconnect
from tests.database.looking import held_of, nothing_changes, openings_of, secret_ids, secrets_left
from tests.database.racing import race
from tests.database.revocations import pending_of
from tests.database.service_api.test_open_token import open_token
from tests.database.situations import Situation, if_account_shut, if_session_ended
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.personas import ANON, GOOGLE_SERVICE, SERVICE_ROLE, Person, Persona, acting_as, add_person, run_as

GOOGLE = {
    "is_revoked": False,
    "reason": "service_not_asked",
    "permissions_url": "https://myaccount.google.com/permissions",
}


def disconnect_self(database: Database, persona: Persona) -> Answer:
    (row,) = run_as(database, persona, "select public.disconnect_google() as receipt")
    return row["receipt"]


def _with(persona: Persona, **claims: object) -> Persona:
    return Persona(persona.name, persona.role, persona.claims | claims)


def test_disconnect_deletes_everything_and_says_how_much(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    for step in (begin, come_back, claim):
        step(service, person)
    open_token(service, person)
    receipt = disconnect_self(shared, person.persona())
    deleted_at = datetime.fromisoformat(receipt.pop("deleted_at"))
    assert abs(datetime.now(UTC) - deleted_at) < timedelta(seconds=10)
    assert receipt == {
        "outcome": "disconnected",
        "secrets_deleted": 2,
        "attempts_deleted": 3,
        "calls_in_flight": 1,
        "google": GOOGLE,
    }
    assert secrets_left(shared, ids) == 0
    assert [row["what"] for row in held_of(shared, person)] == ["profile"]


def test_disconnect_tells_google_nothing_and_opens_nothing(
    shared: Database, person: Person, connected: Connected
) -> None:
    receipt = disconnect_self(shared, person.persona())
    assert "eyJ" not in str(receipt)
    assert set(receipt) == {
        *("outcome", "deleted_at", "secrets_deleted", "attempts_deleted", "calls_in_flight", "google")
    }
    assert (openings_of(shared, person), pending_of(shared, person)) == ([], [])


def test_disconnect_may_be_repeated(shared: Database, service: Caller, person: Person, connected: Connected) -> None:
    disconnect_self(shared, person.persona())
    begin(service, person)
    assert disconnect_self(shared, person.persona()) == {
        "outcome": "not_connected",
        "deleted_at": None,
        "secrets_deleted": 0,
        "attempts_deleted": 1,
        "calls_in_flight": 0,
        "google": GOOGLE,
    }
    assert [row["what"] for row in held_of(shared, person)] == ["profile"]


def test_disconnect_leaves_other_users_alone(
    shared: Database, service: Caller, person: Person, connected: Connected, stranger: Person
) -> None:
    connect(service, stranger)
    begin(service, stranger)
    with nothing_changes(shared, stranger):
        disconnect_self(shared, person.persona())


@if_account_shut
def test_disconnect_never_closes_to_a_signed_in_user(
    shared: Database, person: Person, connected: Connected, situation: Situation
) -> None:
    situation.arrange(shared, person)
    assert disconnect_self(shared, person.persona())["outcome"] == "disconnected"
    assert held_of(shared, person, "connection") == []


def test_disconnect_works_if_a_reconnect_is_required(shared: Database, person: Person, connected: Connected) -> None:
    require_reconnect(shared, connected)
    assert disconnect_self(shared, person.persona())["outcome"] == "disconnected"


@if_session_ended
def test_disconnect_deletes_nothing_if_the_session_ended(
    shared: Database, person: Person, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, person)
    persona = _with(person.persona(), sub=str(user_id), session_id=str(session_id))
    with nothing_changes(shared, person):
        assert disconnect_self(shared, persona) == {"outcome": "session_ended"}


def test_disconnect_deletes_nothing_if_the_token_names_no_session(
    shared: Database, person: Person, connected: Connected
) -> None:
    with nothing_changes(shared, person):
        assert disconnect_self(shared, _with(person.persona(), session_id=None)) == {"outcome": "session_ended"}


def test_session_check_is_what_keeps_an_ended_session_out(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
    remove_guard(database, "private.disconnect_own_google()", "= 'session_ended' then", "= 'never' then")
    persona = _with(person.persona(), session_id=str(uuid4()))
    assert disconnect_self(database, persona)["outcome"] == "disconnected"


def test_disconnect_is_refused_to_a_client_that_only_acts_for_the_user(
    shared: Database, person: Person, connected: Connected
) -> None:
    with nothing_changes(shared, person), pytest.raises(psycopg.errors.InsufficientPrivilege, match="user alone"):
        disconnect_self(shared, _with(person.persona(), client_id=str(uuid4())))


@pytest.mark.parametrize("persona", [ANON, SERVICE_ROLE, GOOGLE_SERVICE], ids=lambda persona: persona.name)
def test_disconnect_is_refused_to_everybody_but_users(database: Database, persona: Persona) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
    as_somebody = Persona(persona.name, persona.role, person.persona().claims | {"role": persona.role})
    with nothing_changes(database, person), pytest.raises(psycopg.errors.InsufficientPrivilege, match="denied"):
        disconnect_self(database, as_somebody)
    # One grant too many on each of the two ways opens nothing.
    database.execute(f"grant execute on function public.disconnect_google() to {persona.role}")
    database.execute(f"grant select, insert on private.google_disconnections to {persona.role}")
    with nothing_changes(database, person), pytest.raises(psycopg.errors.InsufficientPrivilege, match="this role"):
        disconnect_self(database, as_somebody)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into private.google_disconnections default values",
        "select * from private.google_disconnections",
        "select private.disconnect_google(auth.uid())",
        "delete from public.google_connections",
    ],
)
def test_users_have_no_other_way_in(shared: Database, person: Person, connected: Connected, statement: str) -> None:
    with nothing_changes(shared, person), pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_as(shared, person.persona(), statement)


def test_disconnect_waits_for_an_opening_and_counts_it(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    with acting_as(shared, person.persona()) as user:
        opened, answer = race(
            shared,
            (service.connection, lambda: open_token(service, person)),
            (user, lambda: user.execute("select public.disconnect_google() as receipt").fetchone()),
        )
    assert answer is not None
    assert (opened["outcome"], answer["receipt"]["calls_in_flight"]) == ("opened", 1)
