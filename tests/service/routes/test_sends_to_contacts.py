"""Sending to contacts: who said no is refused by name, and what became of a send stands beside each contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.conftest import NewActor
from tests.service.routes.records import new_contact, new_workspace, sent_messages


@pytest.fixture
def workspace_id(connected: Actor) -> UUID:
    """A workspace of the connected user."""
    return new_workspace(connected)


def _claims(database: Database, actor: Actor) -> list[str]:
    rows = database.rows("select state from private.gmail_send_claims where user_id = %s", (actor.id,))
    return [row["state"] for row in rows]


def test_contacts_are_found_by_address_and_the_mail_is_noted_with_gmails_ids(
    connected: Actor, workspace_id: UUID, platform_database: Database
):
    grace = new_contact(connected, workspace_id, "grace@example.com")
    alan = new_contact(connected, workspace_id, "alan@xn--bcher-kva.example", "alan@example.org", email="allowed")
    answer = connected.send(to=["Grace@Example.com", "nobody@example.com"], bcc=["Alan@bücher.example"])
    assert answer.status_code == 201, answer.text
    ids = {"message_id": answer.json()["message_id"], "thread_id": answer.json()["thread_id"]}
    rest = {"workspace_id": workspace_id, "state": "sent", "is_shared": False, "is_finished": True, **ids}
    assert sorted(sent_messages(platform_database, connected), key=str) == sorted(
        [{"contact_id": grace, "field": "to", **rest}, {"contact_id": alan, "field": "bcc", **rest}], key=str
    )
    shown = connected.user.client.table("sent_messages").select("contact_id, state").execute().data
    assert len(shown) == 2


def test_nothing_of_the_mail_is_kept_with_the_contact(
    connected: Actor, workspace_id: UUID, platform_database: Database
):
    word = f"word{uuid4().hex}"
    new_contact(connected, workspace_id, "grace@example.com")
    assert connected.send(subject=word, text=word, cc=[f"{word}@example.com"]).status_code == 201
    rows = platform_database.rows("select to_jsonb(m)::text as row from public.sent_messages as m")
    assert not [row for row in rows if word in row["row"]]


@pytest.mark.parametrize("header", ["to", "cc", "bcc"])
def test_contact_who_said_no_is_refused_by_name_and_nothing_is_sent(
    connected: Actor, workspace_id: UUID, platform_database: Database, header: str
):
    new_contact(connected, workspace_id, "grace@example.com", email="withdrawn")
    new_contact(connected, workspace_id, "alan@example.com", email="allowed")
    key = uuid4()
    mail: dict[str, Any] = {"to": ["alan@example.com", "nobody@example.com"]}
    mail[header] = [*mail.get(header, []), {"address": "GRACE@example.com", "name": "Grace"}]
    body = assert_refused(connected.send(key, **mail), 403, "recipient_refused")
    assert body["details"] == {"addresses": ["GRACE@example.com"]}
    assert connected.google.mails(connected.sub) == []
    assert (_claims(platform_database, connected), sent_messages(platform_database, connected)) == ([], [])
    # The key is still free.
    assert connected.send(key, to=["alan@example.com"]).status_code == 201


def test_named_workspace_alone_is_looked_into(connected: Actor, workspace_id: UUID, platform_database: Database):
    other = new_workspace(connected)
    contact_id = new_contact(connected, workspace_id, "grace@example.com")
    new_contact(connected, other, "grace@example.com", email="withdrawn")
    assert_refused(connected.send(), 403, "recipient_refused")
    assert_refused(connected.send(workspace_id=str(other)), 403, "recipient_refused")
    assert connected.send(workspace_id=str(workspace_id)).status_code == 201
    assert [row["contact_id"] for row in sent_messages(platform_database, connected)] == [contact_id]


def test_workspace_of_others_is_as_unknown_as_none(connected: Actor, new_person: NewActor, platform_database: Database):
    stranger = new_person()
    theirs = new_workspace(stranger)
    new_contact(stranger, theirs, "grace@example.com", email="withdrawn")
    answers = [connected.send(workspace_id=str(each)) for each in (theirs, uuid4())]
    assert [assert_refused(each, 404, "workspace_not_found") for each in answers] == [answers[0].json()] * 2
    assert connected.send().status_code == 201
    assert sent_messages(platform_database, connected) == []


def test_workspace_is_part_of_what_a_repeat_is_compared_with(connected: Actor, workspace_id: UUID):
    key = uuid4()
    first = connected.send(key, workspace_id=str(workspace_id))
    assert connected.send(key, workspace_id=str(workspace_id)).json() == first.json()
    assert_refused(connected.send(key), 422, "idempotency_key_reused")
    assert_refused(connected.send(key, workspace_id=str(uuid4())), 422, "idempotency_key_reused")
    assert len(connected.google.mails(connected.sub)) == 1


def test_repeat_answers_as_before_though_the_contact_has_said_no_since(connected: Actor, workspace_id: UUID):
    new_contact(connected, workspace_id, "grace@example.com", email="allowed")
    key = uuid4()
    first = connected.send(key)
    connected.user.client.table("contact_permissions").update({"state": "withdrawn"}).eq(
        "workspace_id", str(workspace_id)
    ).execute()
    assert (connected.send(key).status_code, connected.send(key).json()) == (201, first.json())
    assert_refused(connected.send(), 403, "recipient_refused")


@pytest.mark.parametrize(
    ("kind", "reason", "state"),
    [("bad_request", "invalidArgument", "failed"), ("status_503", "", "unknown"), ("drop_after", "", "unknown")],
)
def test_end_of_a_send_stands_beside_its_contact(
    connected: Actor, workspace_id: UUID, platform_database: Database, kind: str, reason: str, state: str
):
    new_contact(connected, workspace_id, "grace@example.com")
    connected.google.add_fault(kind, "/gmail", reason=reason)
    assert connected.send().status_code >= 400
    assert [row["state"] for row in sent_messages(platform_database, connected)] == [state]


def test_send_that_never_began_leaves_nothing_beside_its_contact(
    connected: Actor, workspace_id: UUID, platform_database: Database
):
    new_contact(connected, workspace_id, "grace@example.com")
    alias: dict[str, Any] = {"from": "nobody@example.com"}
    assert_refused(connected.send(uuid4(), **alias), 422, "alias_not_accepted")
    assert (_claims(platform_database, connected), sent_messages(platform_database, connected)) == ([], [])


@pytest.mark.parametrize("workspace", ["not-a-uuid", 5, ""])
def test_workspace_that_is_no_id_is_refused(connected: Actor, workspace: object):
    body = assert_refused(connected.send(workspace_id=workspace), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == ["workspace_id"]
