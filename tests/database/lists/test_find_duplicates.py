"""Contacts with an address in common are shown to the members of their workspace, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.lists.scene import Scene
from tests.database.unguarded import remove_guard


def _found(scene: Scene, who: str = "member", **arguments: Any) -> list[tuple[str, list[str]]]:
    answer = scene.call("find_duplicates", who, workspace_id=scene.workspace_id, **arguments)
    return [(each["address"], each["contact_ids"]) for each in answer["duplicates"]]


def test_contacts_with_an_address_in_common_are_shown_the_oldest_first(scene: Scene) -> None:
    ada = scene.add_contact("Ada", "ada@example.com", "+16135550142")
    countess = scene.add_contact("Countess", "ada@example.com")
    clerk = scene.add_contact("Clerk", "+16135550142", "clerk@example.com")
    assert _found(scene) == [("+16135550142", [str(ada), str(clerk)]), ("ada@example.com", [str(ada), str(countess)])]
    kinds = scene.call("find_duplicates", workspace_id=scene.workspace_id)["duplicates"]
    assert [each["kind"] for each in kinds] == ["phone", "email"]


def test_pages_follow_each_other(scene: Scene) -> None:
    for number in range(5):
        for _ in range(2):
            scene.add_contact("Ada", f"ada{number}@example.com")
    seen, after = [], None
    for _ in range(4):
        page = scene.call("find_duplicates", workspace_id=scene.workspace_id, after=after, page_size=2)
        seen += [each["address"] for each in page["duplicates"]]
        if (after := page["next"]) is None:
            break
    assert seen == [f"ada{number}@example.com" for number in range(5)]
    assert after is None


def test_contact_in_the_trash_is_no_duplicate(scene: Scene) -> None:
    scene.add_contact("Ada", "ada@example.com")
    other = scene.add_contact("Countess", "ada@example.com")
    scene.rows("update public.contacts set trashed_at = now() where id = %(id)s", id=other)
    assert _found(scene) == []


def test_contact_of_another_workspace_is_no_duplicate(scene: Scene) -> None:
    scene.add_contact("Ada", "ada@example.com")
    scene.imported("name,email\nAda,ada@example.com\n", "stranger", workspace_id=scene.elsewhere_id)
    assert _found(scene) == []


def test_contact_of_another_workspace_would_be_one_without_the_guard(own_scene: Scene) -> None:
    function = "private.find_duplicates(uuid,jsonb)"
    remove_guard(
        own_scene.database,
        function,
        "where addresses.workspace_id = v_workspace_id and addresses.address > v",
        "where addresses.address > v",
    )
    remove_guard(
        own_scene.database,
        function,
        "where addresses.workspace_id = v_workspace_id and addresses.address = r",
        "where addresses.address = r",
    )
    with pytest.raises(AssertionError):
        test_contact_of_another_workspace_is_no_duplicate(own_scene)


def test_strangers_see_nothing_of_it(scene: Scene) -> None:
    refused = scene.refused("find_duplicates", "stranger", workspace_id=scene.workspace_id)
    assert (refused.code, refused.status) == ("workspace_not_found", 404)
