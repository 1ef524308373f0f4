"""For 30 days a merge can be undone: two are two again, but for what has gone since, and nobody comes back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.database.lists.hanging import add_activity, hanging_on, merge, pair, permissions, permit
from tests.database.lists.scene import Scene
from tests.database.traces import traces_of
from tests.database.unguarded import remove_guard
from tests.databases import Row

_LEFT_OUT = ("version", "updated_at", "updated_by")


def _unmerge(scene: Scene, merge_id: UUID, who: str = "member") -> dict[str, object]:
    return scene.call("unmerge_contacts", who, workspace_id=scene.workspace_id, merge_id=merge_id)


def _contact(scene: Scene, contact: UUID) -> Row:
    (row,) = scene.database.rows("select * from public.contacts where id = %s", (contact,))
    return {name: value for name, value in row.items() if name not in _LEFT_OUT}


def _all_of(scene: Scene, *contacts: UUID) -> list[object]:
    return [(_contact(scene, each), hanging_on(scene, each), permissions(scene, each)) for each in contacts]


def test_both_are_again_what_they_were(scene: Scene) -> None:
    keep, other = pair(scene)
    permit(scene, keep, "email", "allowed")
    permit(scene, keep, "sms", "allowed")
    permit(scene, other, "email", "withdrawn", "asked_by_contact")
    permit(scene, other, "call", "allowed", "contract")
    before = _all_of(scene, keep, other)
    changes = "select id, record_id from public.record_changes where {} order by id::text"
    noted = scene.rows(changes.format("record_id = any(%(ids)s)"), ids=[keep, other])
    merge_id = merge(scene, keep, other)
    answer = _unmerge(scene, merge_id, "admin")
    assert (answer["kept_contact_id"], answer["restored_contact_id"]) == (str(keep), str(other))
    assert _all_of(scene, keep, other) == before
    assert scene.rows(changes.format("id = any(%(ids)s)"), ids=[row["id"] for row in noted]) == noted
    left = "select undone_by, merged_name, snapshot from public.contact_merges where id = %s"
    (row,) = scene.database.rows(left, (merge_id,))
    assert row == {"undone_by": scene.people["admin"].id, "merged_name": None, "snapshot": None}
    assert _unmerge(scene, merge_id) == answer


def test_what_was_changed_since_stays_with_who_stayed(scene: Scene) -> None:
    keep, other = pair(scene)
    merge_id = merge(scene, keep, other)
    scene.rows(
        "update public.contacts set language = 'it', tags = tags || '{new}', "
        "attributes = attributes || '{\"size\": 5}' "
        "where id = %(id)s", id=keep,
    )  # fmt: skip
    activity = add_activity(scene, keep)
    _unmerge(scene, merge_id)
    kept, restored = _contact(scene, keep), _contact(scene, other)
    assert (kept["language"], kept["time_zone"], kept["company_id"], kept["tags"]) == ("it", None, None, ["vip", "new"])
    assert (kept["attributes"], restored["attributes"]) == ({"tier": "gold", "size": 5}, {"tier": "tin", "size": 4})
    assert (restored["language"], restored["company_id"] is not None) == ("en-GB", True)
    assert str(activity) in hanging_on(scene, keep)["activities"]


def test_what_has_gone_since_does_not_come_back(scene: Scene) -> None:
    keep, other = pair(scene)
    merge_id = merge(scene, keep, other)
    for statement in (
        "delete from public.contact_addresses where contact_id = %(id)s "
        "and address in ('countess@example.com', 'ada@example.com')",
        "delete from public.activity_attendees where contact_id = %(id)s",
        "delete from public.deal_contacts where contact_id = %(id)s",
    ):
        scene.rows(statement, id=keep)
    scene.rows(
        "delete from public.attribute_definitions where key = 'size' and workspace_id = %(id)s",
        "owner",
        id=scene.workspace_id,
    )
    scene.database.execute("delete from public.companies where workspace_id = %s", (scene.workspace_id,))
    scene.call("remove_member", "owner", workspace_id=scene.workspace_id, user_id=scene.people["admin"].id)
    _unmerge(scene, merge_id)
    restored = _contact(scene, other)
    assert (restored["company_id"], restored["owner_id"], restored["attributes"]) == (None, None, {"tier": "tin"})
    hanging = hanging_on(scene, other)
    assert (hanging["addresses"], hanging["attends"], hanging["deals"]) == (["+441632960001 main"], [], [])
    assert len(hanging["activities"]) == 1


def test_account_that_went_since_is_named_nowhere(own_scene: Scene) -> None:
    keep, other = pair(own_scene)
    merge_id = merge(own_scene, keep, other)
    own_scene.database.execute("delete from auth.users where id = %s", (own_scene.people["member"].id,))
    _unmerge(own_scene, merge_id, "admin")
    restored = _contact(own_scene, other)
    assert (restored["created_by"], restored["made_by"]) == (None, "user")
    assert hanging_on(own_scene, other)["messages"] == []


@pytest.mark.parametrize("who", ["member", "admin"])
def test_account_that_goes_is_not_left_in_what_is_kept_of_a_merge(own_scene: Scene, who: str) -> None:
    keep, other = pair(own_scene)
    person = own_scene.people[who].id
    merge(own_scene, keep, other, "owner")
    assert "private.contact_merge_persons" in traces_of(own_scene.database, str(person))
    own_scene.database.execute("delete from auth.users where id = %s", (person,))
    assert traces_of(own_scene.database, str(person)) == set()


def test_account_would_be_left_there_without_its_mask(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.mask_persons(contact_merges)",
        "pg_catalog.replace(v_snapshot, v_user_id::text, v_mask::text)", "v_snapshot",
    )  # fmt: skip
    with pytest.raises(AssertionError):
        test_account_that_goes_is_not_left_in_what_is_kept_of_a_merge(own_scene, "member")


def test_contact_comes_back_with_who_made_it_and_when(scene: Scene) -> None:
    keep = scene.add_contact("Ada")
    scene.imported("name,email\nCountess,countess@example.com\n", "admin")
    (other,) = [
        row["id"]
        for row in scene.rows(
            "select id from public.contacts where workspace_id = %(id)s and full_name = 'Countess'",
            id=scene.workspace_id,
        )
    ]
    before = _contact(scene, other)
    assert (before["made_by"], before["created_by"]) == ("import", scene.people["admin"].id)
    _unmerge(scene, merge(scene, keep, other))
    assert _contact(scene, other) == before


def test_merges_are_undone_from_the_newest(scene: Scene) -> None:
    people = [scene.add_contact(name, f"{name}@example.com") for name in ("ada", "grace", "mary", "jean")]
    before = _all_of(scene, *people)
    ada, grace, mary, jean = people
    # Grace gets Mary, then Ada gets Grace with all she got, then Jean.
    merges = [merge(scene, grace, mary), merge(scene, ada, grace), merge(scene, ada, jean)]
    assert hanging_on(scene, ada)["addresses"] == [
        "ada@example.com main", "grace@example.com", "jean@example.com", "mary@example.com",
    ]  # fmt: skip
    for merge_id in merges[:2]:
        refused = scene.refused("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id)
        assert (refused.code, refused.status) == ("newer_merge_first", 409)
    for merge_id in reversed(merges):
        _unmerge(scene, merge_id)
    assert _all_of(scene, *people) == before


def test_merge_goes_with_the_person_and_cannot_be_undone_then(scene: Scene) -> None:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess")
    last = scene.add_contact("Lovelace")
    merges = [merge(scene, keep, other), merge(scene, last, keep)]
    scene.database.execute("delete from public.contacts where id = %s", (last,))
    left = scene.database.rows("select id from public.contact_merges where workspace_id = %s", (scene.workspace_id,))
    assert left == []
    for merge_id in merges:
        assert (
            scene.refused("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id).code
            == "merge_not_found"
        )
    assert scene.contacts() == []


def test_merge_would_outlive_the_person_without_its_key(own_scene: Scene) -> None:
    own_scene.database.execute("alter table public.contact_merges drop constraint merge_kept_a_contact")
    with pytest.raises(AssertionError):
        test_merge_goes_with_the_person_and_cannot_be_undone_then(own_scene)


def test_merge_of_more_than_thirty_days_ago_is_forgotten(own_scene: Scene) -> None:
    keep, other = own_scene.add_contact("Ada"), own_scene.add_contact("Countess")
    merge_id = merge(own_scene, keep, other)
    assert own_scene.database.value("select private.expire_contact_merges()") == 0
    own_scene.database.execute(
        "update public.contact_merges set merged_at = now() - interval '31 days', undo_until = now() - interval '1 day'"
    )
    refused = own_scene.refused("unmerge_contacts", workspace_id=own_scene.workspace_id, merge_id=merge_id)
    assert (refused.code, refused.status) == ("undo_is_over", 409)
    assert own_scene.database.value("select private.expire_contact_merges()") == 1
    refused = own_scene.refused("unmerge_contacts", workspace_id=own_scene.workspace_id, merge_id=merge_id)
    assert (refused.code, refused.status) == ("merge_not_found", 404)


def test_merge_into_a_contact_in_the_trash_waits_for_it_to_be_restored(scene: Scene) -> None:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess")
    merge_id = merge(scene, keep, other)
    scene.rows("update public.contacts set trashed_at = now() where id = %(id)s", id=keep)
    assert (
        scene.refused("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id).code == "contact_in_trash"
    )
    scene.rows("update public.contacts set trashed_at = null where id = %(id)s", id=keep)
    _unmerge(scene, merge_id)


def test_merge_is_not_undone_under_an_id_that_another_took(scene: Scene) -> None:
    keep, other = scene.add_contact("Ada"), scene.add_contact("Countess")
    merge_id = merge(scene, keep, other)
    scene.add_contact("Somebody else", id=other)
    refused = scene.refused("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=merge_id)
    assert (refused.code, refused.status) == ("contact_id_is_taken", 409)


def test_merge_of_another_workspace_is_as_good_as_none(scene: Scene) -> None:
    merge_id = merge(scene, scene.add_contact("Ada"), scene.add_contact("Countess"))
    for workspace_id, each in ((scene.elsewhere_id, merge_id), (scene.elsewhere_id, uuid4())):
        refused = scene.refused("unmerge_contacts", "stranger", workspace_id=workspace_id, merge_id=each)
        assert (refused.code, refused.status) == ("merge_not_found", 404)


@pytest.mark.parametrize(
    ("function", "guard", "instead"),
    [
        ("private.give_back(uuid,uuid,uuid,jsonb)", "and kept.address = held.address", ""),
        ("private.restore_contact(uuid,jsonb)", "members.user_id = held.owner_id", "true limit 1"),
    ],
    ids=["addresses", "owner"],
)
def test_undoing_without_its_guard_is_noticed(own_scene: Scene, function: str, guard: str, instead: str) -> None:
    remove_guard(own_scene.database, function, guard, instead)
    with pytest.raises(AssertionError):
        test_what_has_gone_since_does_not_come_back(own_scene)
