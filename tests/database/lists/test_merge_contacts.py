"""Of two contacts that are one person, one stays and gets what the other has; who withdrew stays withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.database.lists.hanging import hanging_on, merge, pair, permissions, permit
from tests.database.lists.scene import Scene
from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call_in, outcome_in
from tests.databases import Connection


def test_contact_that_stays_gets_what_the_other_has(scene: Scene) -> None:
    keep, other = pair(scene)
    before = {contact: hanging_on(scene, contact) for contact in (keep, other)}
    merge(scene, keep, other)
    assert scene.rows("select id from public.contacts where id = %(id)s", id=other) == []
    after = hanging_on(scene, keep)
    assert after["addresses"] == [
        "+16135550142 main", "+441632960001", "ada@example.com main", "countess@example.com",
    ]  # fmt: skip
    for name in ("activities", "attends", "deals", "messages"):
        assert set(after[name]) == set(before[keep][name]) | set(before[other][name]), name
    (contact,) = scene.contacts()
    assert contact["company"] == "Engines"
    assert (contact["full_name"], contact["job_title"]) == ("Ada Lovelace", "Analyst")
    assert (contact["language"], contact["time_zone"], contact["description"]) == (
        "en-GB",
        "Europe/London",
        "Met in Turin",
    )
    assert (contact["tags"], contact["lifecycle"]) == (["vip", "math"], "lead")
    assert contact["attributes"] == {"tier": "gold", "size": 4}
    (row,) = scene.rows("select owner_id from public.contacts where id = %(id)s", id=keep)
    assert row["owner_id"] == scene.people["admin"].id


def test_record_of_changes_stays_with_the_person(scene: Scene) -> None:
    keep, other = pair(scene)
    count = "select count(*) as it from public.record_changes where record_id = any(%(ids)s)"
    before = scene.rows(count, ids=[keep, other])[0]["it"]
    merge(scene, keep, other)
    assert scene.rows(count, ids=[other])[0]["it"] == 0
    assert scene.rows(count, ids=[keep])[0]["it"] >= before


@pytest.mark.parametrize(
    ("kept", "merged", "result"),
    [
        (None, ("withdrawn", "asked_by_contact"), ("withdrawn", "asked_by_contact")),
        (None, ("allowed", "contract"), ("allowed", "contract")),
        (("allowed", "consent"), ("withdrawn", "asked_by_contact"), ("withdrawn", "asked_by_contact")),
        (("withdrawn", "asked_by_contact"), ("allowed", "consent"), ("withdrawn", "asked_by_contact")),
        (("allowed", "consent"), ("allowed", "contract"), ("allowed", "consent")),
        (("withdrawn", "consent"), None, ("withdrawn", "consent")),
    ],
)
def test_who_withdrew_stays_withdrawn(scene: Scene, kept: Any, merged: Any, result: Any) -> None:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess")
    for contact, permission in ((keep, kept), (other, merged)):
        if permission:
            permit(scene, contact, "email", *permission)
    merge(scene, keep, other)
    assert permissions(scene, keep) == {"email": result}


def test_withdrawal_would_be_lost_without_its_guard(own_scene: Scene) -> None:
    guard = "others.contact_id = p_from and others.state = 'withdrawn'"
    remove_guard(own_scene.database, "private.unite_permissions(uuid,uuid,uuid)", guard, "false")
    with pytest.raises(AssertionError):
        test_who_withdrew_stays_withdrawn(
            own_scene, ("allowed", "consent"), ("withdrawn", "consent"), ("withdrawn", "consent")
        )


def test_merge_is_on_record_without_what_both_were(scene: Scene) -> None:
    keep, other = pair(scene)
    merge_id = merge(scene, keep, other)
    (row,) = scene.rows(
        "select kept_contact_id, merged_contact_id, merged_name, merged_by, undone_at, undo_until - merged_at as time "
        "from public.contact_merges where id = %(id)s", "admin", id=merge_id,
    )  # fmt: skip
    assert (row["kept_contact_id"], row["merged_contact_id"], row["undone_at"]) == (keep, other, None)
    assert row["merged_name"] == "A. Lovelace"
    assert (row["merged_by"], round(row["time"].total_seconds() / 86400)) == (scene.people["member"].id, 30)
    with pytest.raises(Exception, match="permission denied"):
        scene.rows("select snapshot from public.contact_merges")
    assert scene.rows("select id from public.contact_merges where id = %(id)s", "stranger", id=merge_id) == []


def test_contact_is_not_merged_with_itself(scene: Scene) -> None:
    ada = scene.add_contact("Ada")
    refused = scene.refused("merge_contacts", workspace_id=scene.workspace_id, keep_id=ada, merge_id=ada)
    assert (refused.code, refused.status) == ("merge_with_itself", 422)
    assert len(scene.contacts()) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_contact_of_another_workspace_is_as_good_as_none(scene: Scene, turned: bool) -> None:
    ada = scene.add_contact("Ada")
    scene.imported("name\nGrace\n", "stranger", workspace_id=scene.elsewhere_id)
    (foreign,) = scene.database.rows("select id from public.contacts where workspace_id = %s", (scene.elsewhere_id,))
    for other in (foreign["id"], uuid4(), None):
        ids = {"keep_id": other, "merge_id": ada} if turned else {"keep_id": ada, "merge_id": other}
        refused = scene.refused("merge_contacts", workspace_id=scene.workspace_id, **ids)
        assert (refused.code, refused.status, refused.details) == ("contact_not_found", 404, None)
    refused = scene.refused(
        "merge_contacts", "stranger", workspace_id=scene.workspace_id, keep_id=ada, merge_id=foreign["id"]
    )
    assert refused.code == "workspace_not_found"
    assert (len(scene.contacts()), len(scene.contacts(scene.elsewhere_id))) == (1, 1)


@pytest.mark.parametrize("turned", [False, True])
def test_contact_in_the_trash_is_not_merged(scene: Scene, turned: bool) -> None:
    ada, countess = scene.add_contact("Ada"), scene.add_contact("Countess")
    scene.rows("update public.contacts set trashed_at = now() where id = %(id)s", id=countess)
    keep, other = (countess, ada) if turned else (ada, countess)
    refused = scene.refused("merge_contacts", workspace_id=scene.workspace_id, keep_id=keep, merge_id=other)
    assert (refused.code, refused.status, refused.details) == ("contact_in_trash", 409, str(countess))


def test_more_tags_than_a_contact_may_have_keep_both_as_they_were(scene: Scene) -> None:
    keep = scene.add_contact("Ada", tags=[f"a{number}" for number in range(30)])
    other = scene.add_contact("Countess", tags=[f"b{number}" for number in range(30)])
    refused = scene.refused("merge_contacts", workspace_id=scene.workspace_id, keep_id=keep, merge_id=other)
    assert (refused.code, refused.status, refused.details) == ("too_many_tags", 409, "50")
    assert len(scene.contacts()) == 2


@pytest.mark.parametrize("turned", [False, True], ids=["the_same_way", "each_into_the_other"])
def test_two_who_merge_the_same_contacts_at_once_merge_them_once(own_scene: Scene, turned: bool) -> None:
    keep, other = pair(own_scene)

    def merging(connection: Connection, keep_id: UUID, merge_id: UUID) -> Any:
        ids = {"workspace_id": own_scene.workspace_id, "keep_id": keep_id, "merge_id": merge_id}
        try:
            return call_in(connection, "merge_contacts", **ids)
        except Refused as refused:
            return refused.code

    second = (other, keep) if turned else (keep, other)
    with own_scene.signed_in("member") as early, own_scene.signed_in("admin") as late:
        done, refused = race(
            own_scene.database,
            (early, lambda: merging(early, keep, other)),
            (late, lambda: merging(late, *second)),
        )
    assert (done["kept_contact_id"], refused) == (str(keep), "contact_not_found")
    assert len(own_scene.contacts()) == 1


def test_two_who_merge_at_once_would_both_go_on_without_the_lock(own_scene: Scene) -> None:
    remove_guard(own_scene.database, "private.require_contacts(uuid,uuid[])", "order by contacts.id for update", "")
    with pytest.raises((AssertionError, Refused)):
        test_two_who_merge_the_same_contacts_at_once_merge_them_once(own_scene, False)


def test_merge_that_meets_opposing_work_says_so_and_changes_nothing(own_scene: Scene) -> None:
    early, late = sorted(own_scene.add_contact(name) for name in ("Ada", "Countess"))
    touch = "update public.contacts set job_title = 'Analyst' where id = %s"
    ids = {"workspace_id": own_scene.workspace_id, "keep_id": early, "merge_id": late}
    with own_scene.signed_in("admin") as colleague, own_scene.signed_in("member") as merging:
        _, outcome = race(
            own_scene.database,
            (colleague, lambda: colleague.execute(touch, (late,))),
            (merging, lambda: outcome_in(merging, "merge_contacts", **ids)),
            # The merge has waited longer, so PostgreSQL ends it.
            lambda: colleague.execute(touch, (early,)),
        )
    assert outcome == "busy_try_again"
    assert [contact["job_title"] for contact in own_scene.contacts()] == ["Analyst", "Analyst"]
