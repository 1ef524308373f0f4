"""For seven days an import can be undone; what somebody has worked with since stays, and nobody comes back."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.database.lists.hanging import add_activity, add_deal, add_message, merge
from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard

_LIST = "name,email,company\nAda,ada@example.com,Engines\nGrace,grace@example.com,Navy\nMary,,Engines\n"


def _id(scene: Scene, name: str) -> UUID:
    (row,) = scene.rows(
        "select id from public.contacts where workspace_id = %(workspace)s and full_name = %(name)s",
        workspace=scene.workspace_id, name=name,
    )  # fmt: skip
    return row["id"]


def _touch(scene: Scene, how: str) -> str:
    """Work with Ada in one of the ways there are; gives the reason for which she is then kept."""
    contact = _id(scene, "Ada")
    if how == "activity":
        add_activity(scene, contact)
    elif how == "attendee":
        add_activity(scene, None, (contact,))
    elif how == "deal":
        add_deal(scene, contact)
    elif how == "message":
        add_message(scene, contact)
    elif how == "merge":
        other = scene.add_contact("Ada again")
        scene.call("merge_contacts", workspace_id=scene.workspace_id, keep_id=contact, merge_id=other)
    else:
        statement = {
            "permission": "insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis) "
            "values (%(workspace)s, %(contact)s, 'email', 'withdrawn', 'asked_by_contact')",
            "name": "update public.contacts set job_title = 'Countess' where id = %(contact)s",
            "trash": "update public.contacts set trashed_at = now() where id = %(contact)s",
            "address": "insert into public.contact_addresses (workspace_id, contact_id, kind, address) "
            "values (%(workspace)s, %(contact)s, 'email', 'countess@example.com')",
            "address changed": "update public.contact_addresses set label = 'work' where contact_id = %(contact)s",
            "address deleted": "delete from public.contact_addresses where contact_id = %(contact)s",
        }[how]
        scene.rows(statement, workspace=scene.workspace_id, contact=contact)
    return "tied" if how in ("activity", "attendee", "deal", "message", "merge", "permission") else "changed"


_WAYS = [
    "activity", "attendee", "deal", "message", "merge", "permission", "name", "trash", "address", "address changed",
    "address deleted",
]  # fmt: skip


@pytest.mark.parametrize("how", _WAYS)
def test_contact_that_somebody_has_worked_with_is_kept_and_listed(scene: Scene, how: str) -> None:
    import_id, _ = scene.imported(_LIST)
    ada, reason = _id(scene, "Ada"), _touch(scene, how)
    assert scene.call("undo_import", import_id=import_id) == {
        "import_id": str(import_id), "state": "undone", "undone_count": 2, "kept_count": 1,
        "kept": [{"contact_id": str(ada), "reason": reason}],
    }  # fmt: skip
    left = scene.rows("select id from public.contacts where import_id = %(id)s", id=import_id)
    assert left == [{"id": ada}]
    companies = scene.rows("select name from public.companies where workspace_id = %(id)s", id=scene.workspace_id)
    assert companies == [{"name": "Engines"}]


def test_import_that_nobody_has_touched_goes_whole(scene: Scene) -> None:
    scene.add_contact("Jean", "jean@example.com")
    import_id, _ = scene.imported(_LIST)
    answer = scene.call("undo_import", import_id=import_id)
    assert (answer["undone_count"], answer["kept_count"], answer["kept"]) == (3, 0, [])
    assert [contact["full_name"] for contact in scene.contacts()] == ["Jean"]
    left = (
        "select (select count(*) from public.companies where workspace_id = %(id)s) + (select count(*) from "
        "public.contact_addresses where workspace_id = %(id)s and address <> 'jean@example.com') as it"
    )
    assert scene.rows(left, id=scene.workspace_id) == [{"it": 0}]
    assert scene.call("undo_import", import_id=import_id) == answer


def test_contact_that_was_merged_into_another_is_kept_in_that_one_and_says_so(scene: Scene) -> None:
    import_id, _ = scene.imported(_LIST)
    ada, grace, other = _id(scene, "Ada"), _id(scene, "Grace"), scene.add_contact("Ada again")
    merge(scene, other, ada)
    second = merge(scene, other, grace)
    kept = {"contact_id": str(other), "reason": "tied"}
    answer = scene.call("undo_import", import_id=import_id)
    assert (answer["undone_count"], answer["kept_count"], answer["kept"]) == (1, 1, [kept])
    # Whoever is there again by undoing the merge, is one of the contacts that stayed.
    scene.call("unmerge_contacts", workspace_id=scene.workspace_id, merge_id=second)
    answer = scene.call("undo_import", import_id=import_id)
    assert (answer["kept_count"], {each["contact_id"] for each in answer["kept"]}) == (2, {str(other), str(grace)})


def test_merges_of_other_contacts_are_none_of_an_import(scene: Scene) -> None:
    import_id, _ = scene.imported(_LIST)
    another, _ = scene.imported("name\nMary\nJean\n", "admin")
    merge(scene, scene.add_contact("Ada again"), scene.add_contact("Countess"))
    merge(scene, scene.add_contact("Jean again"), _id(scene, "Jean"))
    assert scene.call("undo_import", import_id=import_id)["kept"] == []
    assert scene.call("undo_import", "admin", import_id=another)["kept_count"] == 1


def test_person_who_was_erased_does_not_come_back(scene: Scene) -> None:
    import_id, _ = scene.imported(_LIST)
    scene.database.execute("delete from public.contacts where id = %s", (_id(scene, "Ada"),))
    answer = scene.call("undo_import", import_id=import_id)
    assert (answer["undone_count"], answer["kept"], scene.contacts()) == (2, [], [])
    assert answer["kept_count"] == 0


def test_undone_list_can_be_imported_again(scene: Scene) -> None:
    import_id, _ = scene.imported(_LIST)
    scene.call("undo_import", import_id=import_id)
    assert scene.imported(_LIST)[1]["imported_count"] == 3


def test_company_that_somebody_uses_or_changed_stays(scene: Scene) -> None:
    import_id, _ = scene.imported("name,company\nAda,Engines\nGrace,Navy\nMary,Press\n")
    companies = {
        row["name"]: row["id"]
        for row in scene.rows("select id, name from public.companies where import_id = %(id)s", id=import_id)
    }
    scene.add_contact("Jean", company_id=companies["Engines"])
    scene.rows("update public.companies set city = 'Paris' where id = %(id)s", id=companies["Navy"])
    assert scene.call("undo_import", import_id=import_id)["undone_count"] == 3
    left = scene.rows("select name from public.companies where workspace_id = %(id)s order by 1", id=scene.workspace_id)
    assert [row["name"] for row in left] == ["Engines", "Navy"]


def test_import_of_more_than_seven_days_ago_stays(own_scene: Scene) -> None:
    import_id, _ = own_scene.imported(HEADER + ADA)
    own_scene.database.execute("update public.imports set undo_until = now() - interval '1 second'")
    refused = own_scene.refused("undo_import", import_id=import_id)
    assert (refused.code, refused.status) == ("undo_is_over", 409)
    assert len(own_scene.contacts()) == 1


def test_import_can_be_undone_for_seven_days(scene: Scene) -> None:
    import_id, _ = scene.imported(HEADER + ADA)
    (row,) = scene.rows("select undo_until - committed_at as it from public.imports where id = %(id)s", id=import_id)
    assert round(row["it"].total_seconds()) == 7 * 24 * 3600


def test_whoever_runs_the_workspace_undoes_it_and_other_members_do_not(own_scene: Scene) -> None:
    theirs, _ = own_scene.imported(HEADER + ADA, "admin")
    assert own_scene.refused("undo_import", import_id=theirs).code == "import_not_found"
    assert own_scene.refused("undo_import", "stranger", import_id=theirs).code == "import_not_found"
    mine, _ = own_scene.imported(HEADER + GRACE)
    assert own_scene.call("undo_import", "owner", import_id=mine)["undone_count"] == 1
    assert own_scene.call("undo_import", "owner", import_id=theirs)["undone_count"] == 1


def test_list_that_was_not_imported_cannot_be_undone(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    assert scene.refused("undo_import", import_id=import_id).details == "checked"


_UNDO = "private.undo_imported(imports)"
_CHANGED = "(changes.operation <> 'insert' or changes.made_by <> 'import')"


@pytest.mark.parametrize(
    ("function", "guards", "how"),
    [
        # The record of changes knows it as well: both have to go.
        (_UNDO, {"and contacts.version = 1": "", _CHANGED: "false"}, "name"),
        (_UNDO, {"and not private.is_tied(contacts.workspace_id, contacts.id)": ""}, "message"),
        (_UNDO, {_CHANGED: "false"}, "address deleted"),
        ("private.is_tied(uuid,uuid)", {"activities.contact_id = p_contact_id": "false"}, "activity"),
    ],
    ids=["version", "ties", "changes", "activities"],
)
def test_undoing_without_its_guard_is_noticed(
    own_scene: Scene, function: str, guards: dict[str, str], how: str
) -> None:
    for guard, instead in guards.items():
        remove_guard(own_scene.database, function, guard, instead)
    with pytest.raises(AssertionError):
        test_contact_that_somebody_has_worked_with_is_kept_and_listed(own_scene, how)
