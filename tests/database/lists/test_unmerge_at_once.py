"""Undoing a merge while somebody undoes it too, or merges the contact further: one after the other."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.database.lists.hanging import merge
from tests.database.lists.scene import Scene
from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call_in, outcome_in


def _merged(scene: Scene) -> tuple[UUID, UUID]:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess", "countess@example.com")
    return keep, merge(scene, keep, other)


def test_two_who_undo_a_merge_at_once_undo_it_once(own_scene: Scene) -> None:
    _, merge_id = _merged(own_scene)
    ids = {"workspace_id": own_scene.workspace_id, "merge_id": merge_id}
    with own_scene.signed_in("admin") as early, own_scene.signed_in("member") as late:
        answers = race(
            own_scene.database,
            (early, lambda: call_in(early, "unmerge_contacts", **ids)),
            (late, lambda: call_in(late, "unmerge_contacts", **ids)),
        )
    assert answers[0] == answers[1]
    assert len(own_scene.contacts()) == 2


def test_merge_is_not_undone_below_a_newer_one_that_is_just_being_made(own_scene: Scene) -> None:
    keep, merge_id = _merged(own_scene)
    third = own_scene.add_contact("A. Lovelace")
    ids = {"workspace_id": own_scene.workspace_id, "merge_id": merge_id}
    lock = "select from public.contacts where id = %s for update"
    further = {"workspace_id": own_scene.workspace_id, "keep_id": third, "merge_id": keep}
    with own_scene.signed_in("admin") as merging, own_scene.signed_in("member") as undoing:
        _, outcome = race(
            own_scene.database,
            (merging, lambda: merging.execute(lock, (keep,))),
            (undoing, lambda: outcome_in(undoing, "unmerge_contacts", **ids)),
            lambda: call_in(merging, "merge_contacts", **further),
        )
    assert outcome == "newer_merge_first"
    assert [contact["full_name"] for contact in own_scene.contacts()] == ["A. Lovelace"]


def test_undoing_would_not_wait_without_its_lock(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database,
        "private.unmerge_contacts(uuid,jsonb)",
        "merges.id = v_id\n    ) for update",
        "merges.id = v_id\n    )",
    )
    with pytest.raises((AssertionError, Refused)):
        test_merge_is_not_undone_below_a_newer_one_that_is_just_being_made(own_scene)
