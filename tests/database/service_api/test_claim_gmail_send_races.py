"""A send claimed while its account or contact goes, or says no; each race run as it is, and without its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Answer, Caller, connect
from tests.database.linked_records import add_contact, add_row, add_workspace, messages_of
from tests.database.looking import held_of
from tests.database.racing import race
from tests.database.service_api.test_claim_gmail_send_contacts import GRACE, NOBODY, claim
from tests.database.unguarded import remove_guard
from tests.databases import Connection, Database
from tests.personas import Person, add_person


@dataclass
class Scene:
    """A sender with a contact who has said nothing yet, and whoever else is there.

    Attributes:
        other_tab: the service, called for the sender a second time.
        studio: somebody else who changes something.
    """

    database: Database
    service: Caller
    other_tab: Caller
    studio: Connection
    sender: Person
    workspace_id: UUID
    contact_id: UUID

    def claims(self) -> tuple[Connection, Callable[[], Answer]]:
        """The sender writes to the contact."""
        return self.service.connection, lambda: claim(self.service, self.sender, GRACE)

    def deletes(self, table: str, column: str, row_id: UUID) -> tuple[Connection, Callable[[], object]]:
        """Somebody deletes a row."""
        return self.studio, lambda: self.studio.execute(f"delete from {table} where {column} = %s".encode(), (row_id,))


def _build(database: Database, stack: ExitStack) -> Scene:
    service, other_tab = (stack.enter_context(Caller(database)) for _ in range(2))
    sender = connect(service, add_person(database)).person
    # Not the sender's alone, so that it outlives their account.
    workspace_id = add_workspace(database, add_person(database), sender)
    contact_id = add_contact(database, workspace_id, GRACE)
    studio = stack.enter_context(database.connect())
    return Scene(database, service, other_tab, studio, sender, workspace_id, contact_id)


@pytest.fixture
def scene(shared: Database) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield _build(shared, stack)


@pytest.fixture
def own_scene(database: Database) -> Iterator[Scene]:
    """On a database of the test's own, whose locks it may take out."""
    with ExitStack() as stack:
        yield _build(database, stack)


def _account_is_deleted(scene: Scene) -> None:
    _, answer = race(scene.database, scene.deletes("auth.users", "id", scene.sender.id), scene.claims())
    assert answer == {"outcome": "session_ended"}
    assert held_of(scene.database, scene.sender) == messages_of(scene.database, scene.sender) == []


def _contact_is_deleted(scene: Scene) -> None:
    _, answer = race(scene.database, scene.deletes("public.contacts", "id", scene.contact_id), scene.claims())
    assert answer["outcome"] == "opened"
    assert messages_of(scene.database, scene.sender) == []


def _contact_says_no(scene: Scene) -> None:
    """While the sender's other send, to somebody else, is being claimed."""
    other = scene.other_tab.connection, lambda: claim(scene.other_tab, scene.sender, NOBODY)
    _, answer = race(scene.database, other, scene.claims(), lambda: _say_no(scene))
    assert answer["outcome"] == "recipient_refused"
    assert messages_of(scene.database, scene.sender) == []


def _say_no(scene: Scene) -> None:
    add_row(
        scene.database, "contact_permissions", workspace_id=scene.workspace_id, contact_id=scene.contact_id,
        channel="email", state="withdrawn", basis="asked_by_contact",
    )  # fmt: skip


_CLAIM = "service_api.claim_gmail_send(uuid,uuid,uuid,text,boolean,jsonb,uuid)"

# What happens, which function keeps it right, the lock that is taken out, and how the race is lost then.
_RACES: dict[str, tuple[Callable[[Scene], None], str, str, type[Exception]]] = {
    "account deleted": (
        _account_is_deleted, _CLAIM,
        "perform from public.profiles as profiles where profiles.user_id = p_user_id for share;",
        psycopg.errors.ForeignKeyViolation,
    ),
    "contact deleted": (
        _contact_is_deleted, "private.refused_recipients(jsonb)",
        "\n    order by contacts.workspace_id, contacts.id\n    for key share",
        psycopg.errors.ForeignKeyViolation,
    ),
    "contact says no": (
        _contact_says_no, _CLAIM, "perform private.lock_openings(p_user_id, 'send_message');", AssertionError,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _RACES)
def test_race_is_decided_as_it_must_be(scene: Scene, name: str) -> None:
    _RACES[name][0](scene)


@pytest.mark.parametrize("name", _RACES)
def test_race_is_lost_without_its_lock(own_scene: Scene, name: str) -> None:
    run, function, lock, loss = _RACES[name]
    remove_guard(own_scene.database, function, lock)
    with pytest.raises(loss):
        run(own_scene)
