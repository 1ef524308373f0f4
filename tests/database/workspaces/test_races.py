"""Two at the same moment: the second waits for what the first does, and decides by what is true then."""

from __future__ import annotations

from tests.database.workspaces.calling import outcome_in, tab
from tests.database.workspaces.scene import Scene


def test_workspace_beyond_the_limit_is_not_made_in_a_second_tab(scene: Scene) -> None:
    with tab(scene.database, scene.stage.persona("removed")) as connection:
        for number in range(19):
            outcome_in(connection, "create_workspace", name=f"Shop {number}")
    first, second = (scene.does("removed", "create_workspace", name=name) for name in ("Twentieth", "One more"))
    assert scene.race(first, second) == ("done", "too_many_workspaces")


def test_admin_who_is_no_longer_one_removes_nobody(scene: Scene) -> None:
    demotion = scene.here("owner", "change_member_role", user_id=scene.stage.id("admin"), role="member")
    removal = scene.here("admin", "remove_member", user_id=scene.stage.id("spare"))
    assert scene.race(demotion, removal) == ("done", "role_too_low")


def test_invitation_that_is_taken_back_lets_nobody_in(scene: Scene) -> None:
    taken_back = scene.studio_does("delete from public.invitations where invited_by = %s", scene.stage.id("owner"))
    accepted = scene.does("invited", "accept_invitation", token=scene.stage.token)
    assert scene.race(taken_back, accepted) == ("done", "invitation_not_found")


def test_two_owners_whom_two_operators_remove_at_once_leave_one(scene: Scene) -> None:
    scene.raise_to_owner("spare")
    statement = "delete from public.workspace_members where user_id = %s"
    first = scene.studio_does(statement, scene.stage.id("owner"))
    second = scene.another_operator_does(statement, scene.stage.id("spare"))
    assert scene.race(first, second) == ("done", "workspace_needs_an_owner")
    assert scene.owners() == ["spare"]


def test_two_owners_whose_accounts_go_at_once_leave_an_heir(scene: Scene) -> None:
    scene.raise_to_owner("spare")
    # Invitations and records name who made them: the second would wait for those and not for the workspace.
    scene.database.execute("delete from public.invitations")
    statement = "delete from auth.users where id = %s"
    first = scene.studio_does(statement, scene.stage.id("owner"))
    second = scene.another_operator_does(statement, scene.stage.id("spare"))
    assert scene.race(first, second) == ("done", "done")
    assert scene.owners() == ["admin"]


def test_call_that_meets_opposing_work_says_so_and_changes_nothing(scene: Scene) -> None:
    workspace = scene.studio_does(
        "update public.workspaces set industry = 'baking' where id = %s", scene.stage.workspace_id
    )
    profile = scene.studio_does("update public.profiles set locale = 'en' where user_id = %s", scene.stage.id("admin"))
    # The call has waited longer, so PostgreSQL ends it.
    invited = scene.here("admin", "invite_member", email="late@example.com", role="member")
    assert scene.race(workspace, invited, profile[1]) == ("done", "busy_try_again")
    assert scene.database.value("select count(*) from public.invitations where email = 'late@example.com'") == 0
