"""An account that goes at the moment at which its person, or somebody else, does something with it."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Caller, claim, store_arguments
from tests.database.workspaces.calling import call, outcome_in
from tests.database.workspaces.scene import Guard, Race, Scene
from tests.database.workspaces.stage import join
from tests.databases import Connection


def _ownership_comes_to_an_account_that_goes(scene: Scene) -> None:
    transfer = scene.here("owner", "transfer_ownership", user_id=scene.stage.id("member"))
    assert scene.race(transfer, scene.deletes("member")) == ("done", "done")
    assert scene.owners() == ["owner"]


def _an_owner_is_deleted_while_the_other_leaves(scene: Scene) -> None:
    scene.raise_to_owner("spare")
    outcomes = scene.race(scene.here("spare", "leave_workspace"), scene.deletes("owner"))
    assert (outcomes, scene.owners()) == (("done", "done"), ["admin"])


def _somebody_joins_while_the_account_goes(scene: Scene) -> None:
    # Any call locks the profile first.
    asks = scene.does("invited", "own_state")
    assert scene.race(asks, scene.deletes("invited"), lambda: _join(scene, asks[0])) == ("done", "done")
    left = "select count(*) from public.invitations where id = %s"
    assert scene.database.value(left, (scene.stage.invitation_id,)) == 0


def _join(scene: Scene, connection: Connection) -> None:
    assert outcome_in(connection, "accept_invitation", token=scene.stage.token) == "joined"


def _somebody_goes_who_was_invited_to_two_workspaces_that_go(scene: Scene) -> None:
    """As an owner's account takes their workspaces, one after the other; the later one had invited first."""
    stage = scene.stage
    earlier, later = sorted((stage.workspace_id, stage.elsewhere_id))
    inviters = {stage.workspace_id: "owner", stage.elsewhere_id: "stranger"}
    scene.database.execute("delete from public.invitations")
    for workspace_id in (later, earlier):
        invitation = {"workspace_id": workspace_id, "email": stage.people["invited"].email, "role": "member"}
        call(scene.database, stage.persona(inviters[workspace_id]), "invite_member", **invitation)
    delete = "delete from public.workspaces where id = %s"
    goes = scene.another_operator_does("delete from auth.users where id = %s", stage.id("invited"))
    # What waits for it must hold nothing that the second workspace needs.
    scene.studio.execute("set lock_timeout = '200ms'")
    then = scene.studio_does(delete, later)[1]
    assert scene.race(scene.studio_does(delete, earlier), goes, then) == ("done", "done")
    assert scene.database.value("select count(*) from public.invitations") == 0


def _child_is_deleted_by_two(scene: Scene) -> None:
    begin = scene.studio_does("select from auth.users where id = %s for update", scene.stage.id("member"))
    attest = scene.does("member", "attest_adult", is_adult=False)
    assert scene.race(begin, attest, scene.deletes("member")[1]) == ("done", "session_ended")


def _child_connects_at_the_end(scene: Scene) -> None:
    person = scene.stage.people["member"]
    service = scene.open.enter_context(Caller(scene.database))
    arguments = store_arguments(claim(service, person))
    stored = service.connection, lambda: service.call("store_google_connection", **arguments)["outcome"]
    assert scene.race(scene.does("member", "attest_adult", is_adult=False), stored) == ("account_deleted", "gone")
    assert scene.database.value("select count(*) from vault.secrets") == 0


def _child_ends_while_connecting(scene: Scene) -> None:
    person = scene.stage.people["member"]
    service = scene.open.enter_context(Caller(scene.database))
    arguments = store_arguments(claim(service, person))
    stored = service.connection, lambda: service.call("store_google_connection", **arguments)["outcome"]
    assert scene.race(stored, scene.does("member", "attest_adult", is_adult=False)) == ("stored", "account_deleted")
    assert scene.database.value("select count(*) from private.pending_revocations") == 1


def _name_is_corrected_while_ownership_passes(scene: Scene) -> None:
    """Somebody is heir in two workspaces, and in the later one was a member first."""
    stage, heir = scene.stage, scene.stage.people["invited"]
    second = UUID(call(scene.database, stage.persona("owner"), "create_workspace", name="Second")["workspace_id"])
    terms = {"policy_version_id": stage.terms["id"], "text_sha256": stage.terms["text_sha256"]}
    call(scene.database, stage.persona("owner"), "accept_workspace_terms", workspace_id=second, **terms)
    earlier, later = sorted((stage.workspace_id, second))
    for workspace_id in (later, earlier):
        join(scene.database, stage.persona("owner"), workspace_id, heir, "member")
    rise = "update public.workspace_members set role = 'admin' where workspace_id = %s and user_id = %s"
    connection = scene.tab("invited")
    rename = connection, lambda: connection.execute("update public.profiles set full_name = 'Ada'") and "done"
    then = scene.studio_does(rise, later, heir.id)[1]
    assert scene.race(scene.studio_does(rise, earlier, heir.id), rename, then) == ("done", "done")


_END = ("private.leave_workspaces_with_profile()", "order by workspaces.id for no key update", "")
_STORE = (
    "service_api.store_google_connection(uuid,uuid,uuid,uuid,bigint,bigint,text,text,text,text,text[],text,text,text,"
    "timestamptz)"
)

# What happens, and its guards.
_RACES: dict[Race, tuple[Guard, ...]] = {
    _ownership_comes_to_an_account_that_goes: (_END,),
    _an_owner_is_deleted_while_the_other_leaves: (_END,),
    _somebody_joins_while_the_account_goes: (
        # The invitations before the profile, as nobody else locks them.
        "create function private.planted() returns trigger language plpgsql security definer as $$ begin "
        "delete from public.invitations where email = old.email; return old; end $$; "
        "create trigger planted before delete on auth.users for each row execute function private.planted()",
    ),
    _somebody_goes_who_was_invited_to_two_workspaces_that_go: (
        ("private.forget_invitations()", "order by invitations.workspace_id for update", ""),
    ),
    _child_is_deleted_by_two: (
        ("private.answer_own_request()", "where users.id = auth.uid() for update;", "where users.id = auth.uid();"),
    ),
    _child_connects_at_the_end: ((_STORE, "<> 'live'\n        or not exists (", "= 'never' and not exists ("),),
    _child_ends_while_connecting: (
        ("private.end_google_with_profile()", "perform private.queue_google_revocation(old.user_id);", ""),
    ),
    _name_is_corrected_while_ownership_passes: (
        ("private.copy_display_name()", "order by members.workspace_id for no key update", ""),
    ),
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


def test_child_who_goes_waits_for_no_other_account(scene: Scene) -> None:
    member = scene.tab("member")
    member.execute("set lock_timeout = '5s'")
    with scene.studio.transaction():
        scene.studio.execute("select from auth.users where id = %s for update", (scene.stage.id("stranger"),))
        # In private.answer_own_request the user is locked first: theirs, and nobody else's.
        assert outcome_in(member, "attest_adult", is_adult=False) == "account_deleted"
