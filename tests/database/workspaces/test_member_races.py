"""Two members at once: a workspace keeps an owner, an invitation lets one in, the newest answer counts."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import outcome_in
from tests.database.workspaces.scene import LOCK_OF_MEMBERS, LOCK_OF_OWNERS, LOCK_OF_PROFILE, Guard, Race, Scene


def _two_owners_leave(scene: Scene) -> None:
    scene.raise_to_owner("admin")
    outcomes = scene.race(scene.here("owner", "leave_workspace"), scene.here("admin", "leave_workspace"))
    assert (outcomes, scene.owners()) == (("done", "workspace_needs_an_owner"), ["admin"])


def _an_owner_leaves_while_the_other_is_deleted(scene: Scene) -> None:
    scene.raise_to_owner("admin")
    outcomes = scene.race(scene.deletes("owner"), scene.here("admin", "leave_workspace"))
    assert (outcomes, scene.owners()) == (("done", "workspace_needs_an_owner"), ["admin"])


def _ownership_comes_to_an_account_that_is_gone(scene: Scene) -> None:
    transfer = scene.here("owner", "transfer_ownership", user_id=scene.stage.id("member"))
    assert scene.race(scene.deletes("member"), transfer) == ("done", "member_not_found")
    assert scene.owners() == ["owner"]


def _ownership_comes_to_somebody_who_leaves(scene: Scene) -> None:
    transfer = scene.here("owner", "transfer_ownership", user_id=scene.stage.id("admin"))
    outcomes = scene.race(transfer, scene.here("admin", "leave_workspace"))
    assert (outcomes, scene.owners()) == (("done", "workspace_needs_an_owner"), ["admin"])


def _ownership_comes_to_somebody_who_has_left(scene: Scene) -> None:
    transfer = scene.here("owner", "transfer_ownership", user_id=scene.stage.id("admin"))
    outcomes = scene.race(scene.here("admin", "leave_workspace"), transfer)
    assert (outcomes, scene.owners()) == (("done", "member_not_found"), ["owner"])


def _one_invitation_in_two_tabs(scene: Scene) -> None:
    accept = {"function": "accept_invitation", "token": scene.stage.token}
    outcomes = scene.race(scene.does("invited", **accept), scene.does("invited", **accept))
    assert outcomes == ("joined", "invitation_used")


def _one_address_is_invited_by_two(scene: Scene) -> None:
    invitation = {"email": "new@example.com", "role": "member"}
    scene.race(scene.here("owner", "invite_member", **invitation), scene.here("admin", "invite_member", **invitation))
    assert scene.database.value("select count(*) from public.invitations where email = 'new@example.com'") == 1


def _somebody_joins_while_the_workspace_goes(scene: Scene) -> None:
    # A deletion locks the workspace, and then what hangs on it.
    begin = scene.studio_does("select from public.workspaces where id = %s for update", scene.stage.workspace_id)
    _, delete = scene.studio_does("delete from public.workspaces where id = %s", scene.stage.workspace_id)
    accept = scene.does("invited", "accept_invitation", token=scene.stage.token)
    assert scene.race(begin, accept, delete) == ("done", "invitation_not_found")
    assert scene.database.value("select count(*) from public.workspaces") == 1


def _consent_is_given_and_withdrawn_in_two_tabs(scene: Scene) -> None:
    text = {"consent_text_id": scene.stage.text["id"], "text_sha256": scene.stage.text["text_sha256"]}
    give = scene.does("member", "give_consent", purpose="marketing", **text)
    assert scene.race(give, scene.does("member", "withdraw_consent", purpose="marketing")) == ("done", "done")
    state = scene.database.value(
        "select state from public.current_consents where user_id = %s", (scene.stage.id("member"),)
    )
    assert state == "withdrawn"


_ACCEPT = "private.accept_invitation(uuid,jsonb)"
_JOINED = (_ACCEPT, "    for no key update;", "    ;")

# What happens, and its guards.
_RACES: dict[Race, tuple[Guard, ...]] = {
    _two_owners_leave: (LOCK_OF_MEMBERS, LOCK_OF_OWNERS),
    _an_owner_leaves_while_the_other_is_deleted: (LOCK_OF_MEMBERS, LOCK_OF_OWNERS),
    _ownership_comes_to_an_account_that_is_gone: (LOCK_OF_MEMBERS,),
    _ownership_comes_to_somebody_who_leaves: ("drop trigger keep_an_owner_on_delete on public.workspace_members",),
    _ownership_comes_to_somebody_who_has_left: (LOCK_OF_MEMBERS,),
    _one_invitation_in_two_tabs: (LOCK_OF_PROFILE, _JOINED, (_ACCEPT, "for update of invitations", "")),
    _one_address_is_invited_by_two: (LOCK_OF_MEMBERS,),
    _somebody_joins_while_the_workspace_goes: (_JOINED,),
    _consent_is_given_and_withdrawn_in_two_tabs: (LOCK_OF_PROFILE,),
}
each_race = pytest.mark.parametrize("run", _RACES, ids=lambda run: run.__name__.strip("_"))


@each_race
def test_race_is_decided_as_it_must_be(scene: Scene, run: Race) -> None:
    run(scene)


@each_race
def test_race_is_lost_without_its_guard(scene: Scene, run: Race) -> None:
    scene.take_out(_RACES[run])
    with pytest.raises((AssertionError, psycopg.Error)):
        run(scene)


def test_stranger_neither_waits_nor_learns_whether_the_workspace_exists(scene: Scene) -> None:
    arguments = {"workspace_id": scene.stage.workspace_id}
    owner, stranger = scene.tab("owner"), scene.tab("stranger")
    stranger.execute("set lock_timeout = '2s'")
    with owner.transaction():
        outcome_in(owner, "change_member_role", user_id=scene.stage.id("spare"), role="admin", **arguments)
        assert outcome_in(stranger, "leave_workspace", **arguments) == "workspace_not_found"
        remove_guard(
            scene.database, "private.require_member(uuid,uuid,text)",
            "where members.workspace_id = p_workspace_id and members.user_id = p_user_id\n    ) then", ") then",
        )  # fmt: skip
        assert outcome_in(stranger, "leave_workspace", **arguments) == "55P03"


def test_token_of_somebody_else_waits_as_little_as_none(scene: Scene) -> None:
    owner, stranger = scene.tab("owner"), scene.tab("stranger")
    stranger.execute("set lock_timeout = '2s'")
    change = {"workspace_id": scene.stage.workspace_id, "user_id": scene.stage.id("spare"), "role": "admin"}
    with owner.transaction():
        outcome_in(owner, "change_member_role", **change)
        for token in (scene.stage.token, "0" * 64):
            assert outcome_in(stranger, "accept_invitation", token=token) == "invitation_not_found"
        remove_guard(
            scene.database, _ACCEPT,
            "            and invitations.email = (select pg_catalog.lower(users.email) from auth.users as users "
            "where users.id = p_user_id)\n",
        )  # fmt: skip
        assert outcome_in(stranger, "accept_invitation", token=scene.stage.token) == "55P03"
