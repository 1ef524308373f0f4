"""An import that takes long is in nobody's way: not its user's rights, not its workspace's members."""

from __future__ import annotations

import pytest

from tests.database.connections import Caller
from tests.database.lists.scene import ADA, HEADER, Scene
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call_in
from tests.personas import acting_as


def test_import_under_way_is_in_nobodys_way(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    with acting_as(scene.database, scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        # Not committed yet. The same user's rights, and the workspace's members, wait for nothing.
        assert scene.call("own_state")["missing"] == []
        assert scene.call("withdraw_consent", purpose="marketing")["state"] == "withdrawn"
        assert scene.call("disconnect_google")["outcome"] == "not_connected"
        with Caller(scene.database) as service:
            person = scene.people["member"]
            asked = {"user_id": person.id, "session_id": person.session_id}
            assert service.call("disconnect_google", **asked)["outcome"] == "not_connected"
        scene.call(
            "change_member_role",
            "owner",
            workspace_id=scene.workspace_id,
            user_id=scene.people["admin"].id,
            role="member",
        )
        scene.call("leave_workspace", workspace_id=scene.workspace_id)
        for function in ("check_import", "cancel_import", "commit_import"):
            assert scene.refused(function, import_id=import_id).code in ("import_is_running", "import_not_found")


@pytest.mark.parametrize("function", ["check_import", "cancel_import", "commit_import"])
def test_import_that_is_being_worked_on_is_left_alone(scene: Scene, function: str) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    with acting_as(scene.database, scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        refused = scene.refused(function, import_id=import_id)
    assert (refused.code, refused.status) == ("import_is_running", 409)


def test_second_list_of_a_workspace_waits_for_the_first(scene: Scene) -> None:
    first, second = (scene.check(HEADER + ADA, who)["import_id"] for who in ("member", "admin"))
    with acting_as(scene.database, scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=first)
        refused = scene.refused("commit_import", "admin", import_id=second)
    assert (refused.code, refused.status) == ("import_is_running", 409)
    # Ada is not doubled: the second list is looked at again.
    assert scene.refused("commit_import", "admin", import_id=second).code == "import_has_problems"


def test_import_under_way_would_be_in_the_way_behind_the_other_door(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.answer_list_request()", "private.require_signed_in()", "private.require_user()"
    )
    import_id = own_scene.check(HEADER + ADA)["import_id"]
    with acting_as(own_scene.database, own_scene.persona("member")) as connection:
        call_in(connection, "commit_import", import_id=import_id)
        with acting_as(own_scene.database, own_scene.persona("member")) as other:
            other.execute("set local lock_timeout = '100ms'")
            with pytest.raises(Refused, match="55P03"):
                call_in(other, "own_state")
