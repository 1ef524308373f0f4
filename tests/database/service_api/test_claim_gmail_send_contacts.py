"""service_api.claim_gmail_send and contacts: who said no is not written to, and whom a send goes to is noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import Answer, Caller, Connected, connect
from tests.database.linked_records import add_contact, add_row, add_workspace, messages_of, recipient
from tests.database.looking import held_of, nothing_changes, openings_of
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.database.traces import traces_of
from tests.database.unguarded import remove_guard
from tests.database.workspaces.stage import publish
from tests.databases import Database
from tests.personas import Person, add_person

GRACE, ALAN, NOBODY = "grace@example.com", "alan@example.com", "nobody@example.com"


@pytest.fixture
def workspace_id(shared: Database, connected: Connected) -> UUID:
    """A workspace of `connected.person`."""
    return add_workspace(shared, connected.person)


def claim(service: Caller, person: Person, *addresses: str, **changes: Any) -> Answer:
    """Claim a send to these addresses under a key of its own."""
    key = changes.pop("key", None) or uuid4()
    return claim_send(service, person, key, recipients=[recipient(each) for each in addresses], **changes)


def test_contacts_among_the_recipients_are_noted_each_once(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    grace = add_contact(shared, workspace_id, GRACE, "grace@example.org")
    twin, alan = (add_contact(shared, workspace_id, address) for address in (GRACE, ALAN))
    named = {NOBODY: ["to"], ALAN: ["bcc"], "grace@example.org": ["cc"], GRACE: ["to", "bcc"]}
    recipients = [recipient(address, field) for address, fields in named.items() for field in fields]
    assert claim_send(service, connected.person, uuid4(), recipients=recipients)["outcome"] == "opened"
    noted = messages_of(shared, connected.person)
    assert {row["contact_id"]: row["field"] for row in noted} == {grace: "to", twin: "to", alan: "bcc"}
    assert {(row["workspace_id"], row["state"], row["is_finished"]) for row in noted} == {
        (workspace_id, "sending", False)
    }


def test_address_that_is_no_contact_is_kept_nowhere(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        add_contact(database, add_workspace(database, person), GRACE)
        named = recipient(NOBODY)
        assert claim(service, person, GRACE, NOBODY)["outcome"] == "opened"
    assert traces_of(database, NOBODY) == traces_of(database, named["address_hash"]) == set()


@pytest.mark.parametrize(
    ("permission", "outcome"),
    [
        ({"state": "withdrawn"}, "recipient_refused"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "recipient_refused"),
        ({"state": "withdrawn", "ends_at": "2099-01-01T00:00:00Z"}, "recipient_refused"),
        ({"ends_at": "2099-01-01T00:00:00Z"}, "opened"),
        ({"state": "allowed"}, "opened"),
        ({"state": "withdrawn", "channel": "call"}, "opened"),
        ({}, "opened"),
    ],
)
def test_contact_is_written_to_unless_they_said_no_to_mail(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, permission: Any, outcome: str
) -> None:
    add_contact(shared, workspace_id, GRACE, **permission)
    assert claim(service, connected.person, ALAN, GRACE)["outcome"] == outcome


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_refusal_names_the_addresses_and_claims_nothing(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, field: str
) -> None:
    add_contact(shared, workspace_id, GRACE, state="withdrawn")
    add_contact(shared, workspace_id, ALAN, state="allowed")
    key, refused = uuid4(), recipient(GRACE, field)
    with nothing_changes(shared, connected.person):
        answer = claim_send(
            service, connected.person, key, recipients=[recipient(NOBODY), refused, recipient(ALAN, "cc")]
        )
    assert answer == {"outcome": "recipient_refused", "address_hashes": [refused["address_hash"]]}
    assert messages_of(shared, connected.person) == []
    assert openings_of(shared, connected.person) == [("send_message", "recipient_refused")]
    assert claim(service, connected.person, ALAN, key=key)["outcome"] == "opened"


def test_somebody_in_the_trash_has_said_no_all_the_same(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    contact_id = add_contact(shared, workspace_id, GRACE, state="withdrawn")
    shared.execute("update public.contacts set trashed_at = now() where id = %s", (contact_id,))
    assert claim(service, connected.person, GRACE)["outcome"] == "recipient_refused"


def test_one_no_of_several_contacts_with_an_address_is_enough(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    add_contact(shared, workspace_id, GRACE)
    add_contact(shared, add_workspace(shared, connected.person), GRACE, state="withdrawn")
    assert claim(service, connected.person, GRACE)["outcome"] == "recipient_refused"
    assert claim(service, connected.person, GRACE, workspace_id=workspace_id)["outcome"] == "opened"


def test_without_a_workspace_contacts_of_all_of_the_users_are_noted_and_of_no_others(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID, stranger: Person
) -> None:
    second = add_workspace(shared, stranger, connected.person)
    expected = {add_contact(shared, each, GRACE) for each in (workspace_id, second)}
    add_contact(shared, add_workspace(shared, stranger), GRACE, state="withdrawn")
    assert claim(service, connected.person, GRACE)["outcome"] == "opened"
    assert {row["contact_id"] for row in messages_of(shared, connected.person)} == expected


def test_workspace_that_is_not_the_users_is_as_unknown_as_none(
    shared: Database, service: Caller, connected: Connected, stranger: Person
) -> None:
    theirs = add_workspace(shared, stranger)
    add_contact(shared, theirs, GRACE, state="withdrawn")
    with nothing_changes(shared, connected.person):
        answers = [claim(service, connected.person, GRACE, workspace_id=each) for each in (theirs, uuid4())]
    assert answers == [{"outcome": "workspace_not_found"}] * 2
    assert openings_of(shared, connected.person) == [("send_message", "workspace_not_found")] * 2


def test_workspace_without_terms_takes_no_note_and_its_contacts_no_is_heard(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        workspace_id = add_workspace(database, person)
        add_contact(database, workspace_id, GRACE)
        add_contact(database, workspace_id, ALAN, state="withdrawn")
        publish(database, "data_processing_terms", "terms-1")
        assert claim(service, person, GRACE, workspace_id=workspace_id) == {"outcome": "workspace_not_found"}
        assert claim(service, person, ALAN)["outcome"] == "recipient_refused"
        assert claim(service, person, GRACE)["outcome"] == "opened"
    assert messages_of(database, person) == []


def test_repeat_answers_as_before_though_the_contact_has_said_no_since(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    contact_id, key = add_contact(shared, workspace_id, GRACE, state="allowed"), uuid4()
    assert claim(service, connected.person, GRACE, key=key)["outcome"] == "opened"
    shared.execute("update public.contact_permissions set state = 'withdrawn' where contact_id = %s", (contact_id,))
    assert claim(service, connected.person, GRACE, key=key)["outcome"] == "already_claimed"


def test_what_is_missing_is_told_before_anything_of_the_contacts(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    add_contact(shared, workspace_id, GRACE, state="withdrawn")
    shared.execute("update public.profiles set adult_attested_at = null where user_id = %s", (connected.person.id,))
    for named in (None, workspace_id, uuid4()):
        answer = claim(service, connected.person, GRACE, workspace_id=named)
        assert answer == {"outcome": "adult_attestation_missing"}
    assert held_of(shared, connected.person, "claim") == messages_of(shared, connected.person) == []


@pytest.mark.parametrize(
    "recipients",
    [None, [], {}, [{}], ["grace@example.com"], [{"field": "to", "address_hash": GRACE}],
     [recipient(GRACE, "reply_to")], [recipient(GRACE), {"field": "to", "address_hash": "A" * 64}]],
)  # fmt: skip
def test_send_to_nobody_that_could_be_looked_up_is_refused(
    shared: Database, service: Caller, connected: Connected, recipients: Any
) -> None:
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.errors.InvalidParameterValue):
        claim_send(service, connected.person, uuid4(), recipients=recipients)


def test_address_is_found_by_its_index(database: Database) -> None:
    # A database of its own: how many rows there are is what PostgreSQL last counted, in a shared one any number.
    with database.connection.transaction(force_rollback=True):
        database.execute("set local enable_seqscan = off")
        plan = database.rows(
            "explain select from public.contact_addresses as a where a.workspace_id = any (array[%s::uuid]) "
            "and a.kind = 'email' and extensions.digest(a.address, 'sha256') = decode(%s, 'hex')",
            (uuid4(), recipient(GRACE)["address_hash"]),
        )
    assert "contact_addresses_email_hash" in str(plan)


def test_row_of_a_key_that_is_used_anew_is_about_the_newer_send(
    shared: Database, service: Caller, connected: Connected, workspace_id: UUID
) -> None:
    add_row(
        shared, "sent_messages", workspace_id=workspace_id, sender_id=connected.person.id, field="cc", state="failed",
        contact_id=add_contact(shared, workspace_id, GRACE), idempotency_key=(key := uuid4()), finished_at="now()",
    )  # fmt: skip
    assert claim(service, connected.person, GRACE, key=key)["outcome"] == "opened"
    (row,) = messages_of(shared, connected.person)
    assert (row["field"], row["state"], row["is_finished"]) == ("to", "sending", False)


def test_guard_of_the_workspace_is_seen_if_it_is_gone(database: Database) -> None:
    with Caller(database) as service:
        person, theirs = connect(service, add_person(database)).person, add_workspace(database, add_person(database))
        assert claim(service, person, GRACE, workspace_id=theirs)["outcome"] == "workspace_not_found"
        remove_guard(
            database, "private.send_refusal(uuid,uuid,jsonb)",
            "p_workspace_id not in (select private.editable_workspaces(p_user_id))", "false",
        )  # fmt: skip
        assert claim(service, person, GRACE, workspace_id=theirs)["outcome"] == "opened"


def test_wall_between_workspaces_is_seen_if_it_is_gone(database: Database) -> None:
    with Caller(database) as service:
        person = connect(service, add_person(database)).person
        add_contact(database, add_workspace(database, add_person(database)), GRACE, state="withdrawn")
        assert claim(service, person, GRACE)["outcome"] == "opened"
        function = "private.contacts_written_to(uuid,uuid,jsonb)"
        remove_guard(database, function, "members.user_id = p_user_id and ")
        assert claim(service, person, GRACE)["outcome"] == "recipient_refused"
