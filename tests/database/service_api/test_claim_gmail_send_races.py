"""A send claimed while its account or contact goes, or says no; each race run as it is, and without its lock."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Answer, Caller
from tests.database.linked_records import add_contact, add_row, messages_of
from tests.database.looking import held_of
from tests.database.racing import race
from tests.database.service_api.scene import Scene
from tests.database.service_api.test_claim_gmail_send_contacts import GRACE, NOBODY, claim
from tests.database.unguarded import remove_guard
from tests.databases import Connection


def _writes_to(address: str, scene: Scene, tab: Caller) -> tuple[Connection, Callable[[], Answer]]:
    return tab.connection, lambda: claim(tab, scene.user, address)


def _account_is_deleted(scene: Scene) -> None:
    add_contact(scene.database, scene.workspace_id, GRACE)
    deletion = scene.studio, scene.delete_account
    _, answer = race(scene.database, deletion, _writes_to(GRACE, scene, scene.service))
    assert answer == {"outcome": "session_ended"}
    assert held_of(scene.database, scene.user) == messages_of(scene.database, scene.user) == []


def _contact_is_deleted(scene: Scene) -> None:
    """Somebody who has said nothing: no permission of theirs is waited for."""
    contact_id = add_contact(scene.database, scene.workspace_id, GRACE)
    delete = "delete from public.contacts where id = %s"
    deletion = scene.studio, lambda: scene.studio.execute(delete, (contact_id,))
    _, answer = race(scene.database, deletion, _writes_to(GRACE, scene, scene.service))
    assert answer["outcome"] == "opened"
    assert messages_of(scene.database, scene.user) == []


def _contact_says_no(scene: Scene) -> None:
    """For the first time, while another send of the user, to somebody else, is being claimed."""
    contact_id = add_contact(scene.database, scene.workspace_id, GRACE)
    _, answer = race(
        scene.database,
        _writes_to(NOBODY, scene, scene.other_tab),
        _writes_to(GRACE, scene, scene.service),
        lambda: _say_no(scene, contact_id),
    )
    assert answer["outcome"] == "recipient_refused"
    assert messages_of(scene.database, scene.user) == []


def _say_no(scene: Scene, contact_id: UUID) -> None:
    add_row(
        scene.database, "contact_permissions", workspace_id=scene.workspace_id, contact_id=contact_id,
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
