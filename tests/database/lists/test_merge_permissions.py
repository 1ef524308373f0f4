"""Nobody is called or written to because of a merge or its undoing who was not before, whatever happens at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.lists.hanging import merge, permissions, permit
from tests.database.lists.scene import Scene
from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call_in

_MERGE = "private.require_contacts(uuid,uuid[])"
_LOCK = "select from public.contacts where id = any(%s) order by id for update"
_WITHDRAW = "update public.contact_permissions set state = 'withdrawn' where contact_id = %s"


def _two(scene: Scene) -> tuple[UUID, UUID]:
    return scene.add_contact("Ada"), scene.add_contact("Countess", "countess@example.com")


def test_no_that_is_said_during_a_merge_is_heard(own_scene: Scene) -> None:
    """A colleague writes it down of the contact that goes, and commits once the merge waits for it."""
    keep, other = _two(own_scene)
    permit(own_scene, other, "email", "allowed")
    ids = {"workspace_id": own_scene.workspace_id, "keep_id": keep, "merge_id": other}
    with own_scene.signed_in("admin") as colleague, own_scene.signed_in("member") as merging:
        race(
            own_scene.database,
            (colleague, lambda: colleague.execute(_WITHDRAW, (other,))),
            (merging, lambda: call_in(merging, "merge_contacts", **ids)),
        )
    assert permissions(own_scene, keep) == {"email": ("withdrawn", "consent")}


def test_no_would_be_lost_without_the_lock(own_scene: Scene) -> None:
    remove_guard(own_scene.database, _MERGE, " order by permissions.id for update")
    with pytest.raises(AssertionError):
        test_no_that_is_said_during_a_merge_is_heard(own_scene)


def _limits(scene: Scene, contact: UUID) -> list[Any]:
    (row,) = scene.rows(
        "select state, to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD') as ends, calling_from::text, "
        "calling_until::text from public.contact_permissions where contact_id = %(id)s", id=contact,
    )  # fmt: skip
    return list(row.values())


@pytest.mark.parametrize(
    ("kept", "merged", "result"),
    [
        ((None, None, None), ("2020-01-01", None, None), ["allowed", "2020-01-01", None, None]),
        (("2030-01-01", None, None), ("2031-01-01", None, None), ["allowed", "2030-01-01", None, None]),
        ((None, None, None), (None, "09:00", "17:00"), ["allowed", None, "09:00:00", "17:00:00"]),
        ((None, "08:00", "12:00"), (None, "09:00", "17:00"), ["allowed", None, "09:00:00", "12:00:00"]),
        ((None, "08:00", "09:00"), (None, "10:00", "17:00"), ["withdrawn", None, "08:00:00", "09:00:00"]),
    ],
)
def test_what_both_allow_is_allowed_as_far_as_both_do(
    scene: Scene, kept: tuple[Any, ...], merged: tuple[Any, ...], result: list[Any]
) -> None:
    keep, other = _two(scene)
    for contact, (ends_at, calling_from, calling_until) in ((keep, kept), (other, merged)):
        scene.rows(
            "insert into public.contact_permissions "
            "(workspace_id, contact_id, channel, state, basis, ends_at, calling_from, calling_until) "
            "values (%(workspace)s, %(id)s, 'call', 'allowed', 'consent', %(ends)s, %(begin)s, %(end)s)",
            workspace=scene.workspace_id, id=contact, ends=ends_at, begin=calling_from, end=calling_until,
        )  # fmt: skip
    before = _limits(scene, keep)
    merge_id = merge(scene, keep, other)
    assert _limits(scene, keep) == result
    scene.call("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id)
    assert _limits(scene, keep) == before


@pytest.mark.parametrize(
    ("kept", "merged", "since", "kept_after", "merged_after"),
    [
        ("allowed", "allowed", "withdrawn", "withdrawn", "withdrawn"),
        (None, "allowed", "withdrawn", "withdrawn", "withdrawn"),
        ("allowed", None, "withdrawn", "withdrawn", "withdrawn"),
        (None, None, "withdrawn", "withdrawn", "withdrawn"),
        ("allowed", "withdrawn", None, "allowed", "withdrawn"),
        (None, "withdrawn", None, None, "withdrawn"),
        ("withdrawn", "allowed", None, "withdrawn", "allowed"),
        (None, "allowed", None, None, "allowed"),
    ],
)
def test_what_was_withdrawn_since_is_withdrawn_for_both(
    scene: Scene,
    kept: str | None,
    merged: str | None,
    since: str | None,
    kept_after: str | None,
    merged_after: str | None,
) -> None:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess")
    for contact, state in ((keep, kept), (other, merged)):
        if state:
            permit(scene, contact, "email", state)
    merge_id = merge(scene, keep, other)
    if since:
        permit(scene, keep, "email", since, "asked_by_contact")
    scene.call("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id)
    states = [permissions(scene, each).get("email", (None, ""))[0] for each in (keep, other)]
    assert states == [kept_after, merged_after]


def test_account_may_go_while_contacts_that_it_made_are_merged(own_scene: Scene) -> None:
    """Its deletion waits for the contacts, so the merge does not wait for the account, and does not name it."""
    keep, other = _two(own_scene)
    ids = {"workspace_id": own_scene.workspace_id, "keep_id": keep, "merge_id": other}
    gone = own_scene.people["member"].id
    with own_scene.signed_in("admin") as merging, own_scene.database.connect() as operator:
        operator.execute("set lock_timeout = '5s'")
        race(
            own_scene.database,
            (merging, lambda: merging.execute(_LOCK, ([keep, other],))),
            (operator, lambda: operator.execute("delete from auth.users where id = %s", (gone,))),
            lambda: call_in(merging, "merge_contacts", **ids),
        )
    (row,) = own_scene.database.rows("select snapshot::text, kept_contact_id from public.contact_merges")
    assert (str(gone) in row["snapshot"], row["kept_contact_id"]) == (False, keep)
    assert own_scene.database.value("select count(*) from auth.users where id = %s", (gone,)) == 0


@pytest.mark.parametrize(
    ("function", "guard", "instead"),
    [
        ("private.lock_contacts_with_profile()", "order by contacts.id for no key update", ""),
        ("private.mask_persons(public.contact_merges)", "for key share skip locked", ""),
    ],
)
def test_the_two_would_wait_for_each_other_without_the_guard(
    own_scene: Scene, function: str, guard: str, instead: str
) -> None:
    remove_guard(own_scene.database, function, guard, instead)
    with pytest.raises((psycopg.errors.DeadlockDetected, Refused)):
        test_account_may_go_while_contacts_that_it_made_are_merged(own_scene)
