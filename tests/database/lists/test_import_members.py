"""An import is its member's: it ends with the membership, is asked about again before it is done, and whoever runs the
workspace can stop it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import call_in
from tests.database.workspaces.stage import publish
from tests.personas import acting_as


def _go(scene: Scene, how: str = "removed") -> None:
    if how == "removed":
        scene.call("remove_member", "admin", workspace_id=scene.workspace_id, user_id=scene.people["member"].id)
    else:
        scene.call("leave_workspace", workspace_id=scene.workspace_id)


def _state(scene: Scene, import_id: UUID | str) -> tuple[str, str | None]:
    (row,) = scene.database.rows("select state, failure from public.imports where id = %s", (import_id,))
    return row["state"], row["failure"]


def _run(scene: Scene) -> str | None:
    return scene.database.value("select private.run_imports()")


def _expire(scene: Scene) -> int:
    return scene.database.value("select private.expire_imports()")


@pytest.mark.parametrize("how", ["removed", "left"])
def test_what_a_member_did_not_import_ends_with_the_membership(scene: Scene, how: str) -> None:
    done, _ = scene.imported(HEADER + GRACE)
    begun, checked = scene.upload(HEADER + ADA), scene.check(HEADER + ADA)["import_id"]
    home = UUID(scene.call("create_workspace", name="Home")["workspace_id"])
    own, other = scene.upload(HEADER + ADA, workspace_id=home), scene.upload("name\n", "admin")
    _go(scene, how)
    states = [_state(scene, each)[0] for each in (done, begun, checked, own, other)]
    assert states == ["committed", "cancelled", "cancelled", "staging", "staging"]
    # What is left is the upload of the admin, which has no rows yet.
    assert scene.staged() == 1
    assert [contact["full_name"] for contact in scene.contacts()] == ["Grace Hopper"]


def test_long_list_of_a_member_who_was_removed_is_not_imported_and_goes(long_scene: Scene) -> None:
    import_id, report = long_scene.imported(HEADER + ADA + GRACE)
    assert report["state"] == "committing"
    _go(long_scene)
    assert (_run(long_scene), _state(long_scene, import_id), long_scene.contacts()) == (None, ("cancelled", None), [])
    # The removal does not wait for so many rows to go.
    assert long_scene.staged() == 3
    _expire(long_scene)
    assert long_scene.staged() == 0


def test_removal_does_not_wait_for_a_part_and_the_import_ends_soon_after(own_scene: Scene) -> None:
    import_id = own_scene.upload(HEADER + ADA)
    with acting_as(own_scene.database, own_scene.persona("member")) as uploading:
        call_in(uploading, "add_import_part", import_id=import_id, part_number=2, content=GRACE)
        _go(own_scene)
    assert (_state(own_scene, import_id), own_scene.staged()) == (("staging", None), 3)
    assert (_expire(own_scene), _state(own_scene, import_id), own_scene.staged()) == (1, ("cancelled", None), 0)


def test_list_whose_member_was_removed_as_it_was_asked_for_is_not_imported(long_scene: Scene) -> None:
    import_id = long_scene.check(HEADER + ADA + GRACE)["import_id"]
    with acting_as(long_scene.database, long_scene.persona("member")) as asking:
        call_in(asking, "commit_import", import_id=import_id)
        _go(long_scene)
    assert (_run(long_scene), _state(long_scene, import_id)) == ("checked", ("checked", "workspace_not_found"))
    assert long_scene.contacts() == []


@pytest.mark.parametrize("missing", ["adult_attestation_missing", "account_closing", "terms_missing"])
def test_long_list_waits_for_what_became_missing(long_scene: Scene, missing: str) -> None:
    import_id, _ = long_scene.imported(HEADER + ADA + GRACE)
    profile = "update public.profiles set {} where user_id = %s"
    member = (long_scene.people["member"].id,)
    if missing == "terms_missing":
        publish(long_scene.database, "service_agreement", "terms-1")
    elif missing == "account_closing":
        long_scene.database.execute(profile.format("account_state = 'closing'"), member)
    else:
        long_scene.database.execute(profile.format("adult_attested_at = null"), member)
    assert (_run(long_scene), _state(long_scene, import_id)) == ("checked", ("checked", missing))
    assert (long_scene.contacts(), long_scene.staged()) == ([], 3)
    if missing == "adult_attestation_missing":
        long_scene.database.execute(profile.format("adult_attested_at = now()"), member)
        long_scene.call("commit_import", import_id=import_id)
        assert (_run(long_scene), _state(long_scene, import_id)) == ("committed", ("committed", None))


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_whoever_runs_the_workspace_stops_an_import_without_seeing_its_rows(scene: Scene, who: str) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    rows = "select full_name from public.import_rows where import_id = %(id)s"
    assert scene.rows(rows, who, id=import_id) == []
    assert scene.call("cancel_import", who, import_id=import_id) == {"import_id": import_id, "state": "cancelled"}
    assert (scene.staged(), scene.rows(rows, id=import_id)) == (0, [])
    assert scene.refused("commit_import", import_id=import_id).details == "cancelled"


def test_other_members_and_strangers_stop_no_import(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA, "admin")["import_id"]
    for who in ("member", "stranger"):
        assert scene.refused("cancel_import", who, import_id=import_id).code == "import_not_found"
    assert scene.call("commit_import", "admin", import_id=import_id)["imported_count"] == 1


_END, _EXPIRE = "private.end_imports_of_member()", "private.expire_imports()"


@pytest.mark.parametrize(
    ("function", "guard", "instead", "test"),
    [
        (_END, " for update skip locked", "", test_removal_does_not_wait_for_a_part_and_the_import_ends_soon_after),
        (_END, "imports.workspace_id = old.workspace_id and", "", None),
        (_END, "<= private.longest_immediate_import()", ">= 0",
         test_long_list_of_a_member_who_was_removed_is_not_imported_and_goes),
        (_EXPIRE, "imports.state = 'cancelled' limit 100", "false",
         test_long_list_of_a_member_who_was_removed_is_not_imported_and_goes),
        (_EXPIRE, "or not exists", "or false and not exists",
         test_removal_does_not_wait_for_a_part_and_the_import_ends_soon_after),
        ("private.run_imports()", "perform private.require_importer(v_import);", "",
         test_list_whose_member_was_removed_as_it_was_asked_for_is_not_imported),
    ],
    ids=["waits", "everywhere", "at_once", "cancelled_rows", "no_member", "not_asked"],
)  # fmt: skip
def test_end_of_imports_without_its_guard_is_noticed(
    long_scene: Scene, function: str, guard: str, instead: str, test: Callable[[Scene], None] | None
) -> None:
    remove_guard(long_scene.database, function, guard, instead)
    if "skip locked" in guard:
        # Whoever would wait here, would wait for good.
        long_scene.door.execute("set lock_timeout = '200ms'")
    with pytest.raises(Exception, match=r"55P03|assert"):
        test(long_scene) if test else test_what_a_member_did_not_import_ends_with_the_membership(long_scene, "left")
