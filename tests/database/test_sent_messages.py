"""public.sent_messages: what is noted of a send with its contacts ends as its claim does, and goes with the sender."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from service.local.scheduler import run_job_now
from tests.database.connections import Caller, Connected, connect
from tests.database.linked_records import add_contact, add_workspace, messages_of
from tests.database.racing import race
from tests.database.service_api.test_claim_gmail_send_contacts import GRACE, claim
from tests.database.service_api.test_finish_gmail_send import FAILED, SENT, UNKNOWN, finish
from tests.database.service_api.test_release_gmail_send import release
from tests.database.unguarded import remove_guard
from tests.databases import Connection, Database
from tests.personas import Person, add_person

_REFUSED = "private.refused_recipients(jsonb)"


@pytest.fixture
def contact_id(shared: Database, connected: Connected) -> UUID:
    """A contact of `connected.person` who allows mail."""
    return add_contact(shared, add_workspace(shared, connected.person), GRACE, state="allowed")


@pytest.fixture
def key(service: Caller, connected: Connected, contact_id: UUID) -> UUID:
    """The key of a claimed send to that contact."""
    claimed = uuid4()
    assert claim(service, connected.person, GRACE, key=claimed)["outcome"] == "opened"
    return claimed


def _ends(database: Database, person: Person) -> list[tuple[Any, ...]]:
    rows = messages_of(database, person)
    return [(row["state"], row["message_id"], row["thread_id"], row["is_finished"]) for row in rows]


@pytest.mark.parametrize("end", [SENT, FAILED, UNKNOWN], ids=lambda end: end["state"])
def test_message_ends_as_its_claim_does(
    shared: Database, service: Caller, connected: Connected, key: UUID, end: dict[str, Any]
) -> None:
    other = uuid4()
    claim(service, connected.person, GRACE, key=other)
    finish(service, connected.person, key, end)
    expected = (end["state"], end["message_id"], end["thread_id"], True)
    assert sorted(_ends(shared, connected.person), key=str) == sorted(
        [expected, ("sending", None, None, False)], key=str
    )


def test_unknown_message_becomes_certain_with_its_claim(
    shared: Database, service: Caller, connected: Connected, key: UUID
) -> None:
    finish(service, connected.person, key, UNKNOWN)
    finish(service, connected.person, key, SENT)
    assert _ends(shared, connected.person) == [("sent", SENT["message_id"], SENT["thread_id"], True)]


def test_message_goes_with_a_claim_that_is_given_back(
    shared: Database, service: Caller, connected: Connected, key: UUID
) -> None:
    assert release(service, connected.person, key) == {"outcome": "released"}
    assert _ends(shared, connected.person) == []


def test_message_of_a_refused_opening_is_not_noted(
    shared: Database, service: Caller, connected: Connected, contact_id: UUID
) -> None:
    shared.execute("delete from private.google_secrets where connection_id = %s", (connected.connection_id,))
    assert claim(service, connected.person, GRACE)["outcome"] == "secret_missing"
    assert _ends(shared, connected.person) == []


@pytest.fixture
def sender(database: Database) -> Person:
    """Somebody who has sent to a contact, on a database of their own."""
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        add_contact(database, add_workspace(database, add_person(database), person), GRACE)
        assert claim(service, person, GRACE)["outcome"] == "opened"
    return person


def _run_schedule(database: Database, age: str) -> None:
    database.execute("update private.gmail_send_claims set created_at = clock_timestamp() - %s::interval", (age,))
    assert run_job_now(database.url("supabase_admin"), "expire-gmail-send-claims") == "succeeded"


def test_message_without_an_answer_is_unknown_after_five_minutes(database: Database, sender: Person) -> None:
    _run_schedule(database, "290 seconds")
    assert _ends(database, sender) == [("sending", None, None, False)]
    _run_schedule(database, "301 seconds")
    assert _ends(database, sender) == [("unknown", None, None, True)]


def test_message_stays_after_its_claim_has_gone(database: Database, sender: Person) -> None:
    _run_schedule(database, "301 seconds")
    _run_schedule(database, "7 days 1 second")
    assert database.value("select count(*) from private.gmail_send_claims") == 0
    assert _ends(database, sender) == [("unknown", None, None, True)]


def test_message_goes_with_its_senders_account_and_with_its_contact(database: Database, sender: Person) -> None:
    with Caller(database) as service:
        other = connect(service, add_person(database)).person
        add_contact(database, add_workspace(database, other), "alan@example.com")
        claim(service, other, "alan@example.com")
    database.execute("delete from auth.users where id = %s", (sender.id,))
    assert _ends(database, sender) == []
    assert len(_ends(database, other)) == 1
    database.execute("delete from public.contacts where full_name is not null")
    assert _ends(database, other) == []


def _withdraw(connection: Connection, contact_id: UUID) -> None:
    connection.execute("update public.contact_permissions set state = 'withdrawn' where contact_id = %s", (contact_id,))


def test_send_waits_for_a_withdrawal_that_is_under_way_and_is_refused(
    shared: Database, service: Caller, connected: Connected, contact_id: UUID
) -> None:
    with shared.connect() as member:
        _, answer = race(
            shared,
            (member, lambda: _withdraw(member, contact_id)),
            (service.connection, lambda: claim(service, connected.person, GRACE)),
        )
    assert answer["outcome"] == "recipient_refused"


def test_withdrawal_waits_for_a_send_that_is_being_claimed(
    shared: Database, service: Caller, connected: Connected, contact_id: UUID
) -> None:
    with shared.connect() as member:
        answer, _ = race(
            shared,
            (service.connection, lambda: claim(service, connected.person, GRACE)),
            (member, lambda: _withdraw(member, contact_id)),
        )
    assert answer["outcome"] == "opened"
    assert claim(service, connected.person, GRACE)["outcome"] == "recipient_refused"


def test_contact_that_is_being_deleted_is_waited_for_and_not_noted(
    shared: Database, service: Caller, connected: Connected, contact_id: UUID
) -> None:
    with shared.connect() as member:
        _, answer = race(
            shared,
            (member, lambda: member.execute("delete from public.contacts where id = %s", (contact_id,))),
            (service.connection, lambda: claim(service, connected.person, GRACE)),
        )
    assert answer["outcome"] == "opened"
    assert _ends(shared, connected.person) == []


@pytest.mark.parametrize(
    ("guard", "instead"),
    [("permissions.state = 'withdrawn' or ", ""), (" or permissions.ends_at <= pg_catalog.clock_timestamp()", "")],
)
def test_guard_of_the_permission_is_seen_if_it_is_gone(database: Database, guard: str, instead: str) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        workspace_id = add_workspace(database, person)
        permission = {"state": "withdrawn"} if "state" in guard else {"ends_at": "2020-01-01T00:00:00Z"}
        add_contact(database, workspace_id, GRACE, **permission)
        assert claim(service, person, GRACE)["outcome"] == "recipient_refused"
        remove_guard(database, _REFUSED, guard, instead)
        assert claim(service, person, GRACE)["outcome"] == "opened"


def test_lock_on_the_permission_is_seen_if_it_is_gone(database: Database) -> None:
    remove_guard(
        database, _REFUSED, "\n    order by permissions.workspace_id, permissions.contact_id\n    for share", ""
    )
    with Caller(database) as service, database.connect() as member:
        person = connect(service, add_person(database)).person
        contact_id = add_contact(database, add_workspace(database, person), GRACE, state="allowed")
        with pytest.raises(AssertionError, match="did not wait"):
            race(
                database,
                (member, lambda: _withdraw(member, contact_id)),
                (service.connection, lambda: claim(service, person, GRACE)),
            )


@pytest.mark.parametrize("trigger", ["follow_send_claim", "follow_released_claim"])
def test_trigger_is_seen_if_it_is_gone(database: Database, sender: Person, trigger: str) -> None:
    database.execute(f"drop trigger {trigger} on private.gmail_send_claims")
    with Caller(database) as service:
        key = database.value("select idempotency_key from private.gmail_send_claims")
        finish(service, sender, key, SENT) if trigger == "follow_send_claim" else release(service, sender, key)
    assert _ends(database, sender) == [("sending", None, None, False)]
