"""A user who goes, at whatever point, leaves no row behind but what is stated: records without a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest

from tests.database.connections import Caller, begin_arguments, connect
from tests.database.situations import add_second_factor
from tests.database.traces import traces_of
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import calls_of
from tests.database.workspaces.stage import Stage, publish
from tests.databases import Database
from tests.personas import Person, add_person, add_session, raise_to_aal2

_WAYS = {
    "deleted": "delete from auth.users where id = %s",
    "soft deleted": "update auth.users set deleted_at = now() where id = %s",
}
each_way = pytest.mark.parametrize("way", _WAYS)
_PEOPLE = ("owner", "admin", "member", "unattested", "removed", "invited", "stranger")


def _traces(database: Database, person: Person) -> set[str]:
    return {trace for needle in (str(person.id), person.email) for trace in traces_of(database, needle)}


@each_way
@pytest.mark.parametrize("who", _PEOPLE)
def test_nothing_of_a_deleted_user_is_left(own_stage: Stage, who: str, way: str) -> None:
    person = own_stage.people[who]
    assert _traces(own_stage.database, person)
    own_stage.database.execute(_WAYS[way], (person.id,))
    # Auth keeps its own row of a soft deletion; what is ours is gone.
    left = {trace for trace in _traces(own_stage.database, person) if not trace.startswith("auth.")}
    assert left == set()


@each_way
def test_nothing_is_left_of_somebody_who_did_everything(own_stage: Stage, way: str) -> None:
    database, person = own_stage.database, own_stage.people["member"]
    with Caller(database) as service:
        connect(service, person)
        asked = {"user_id": person.id, "session_id": person.session_id, "may_refresh": False}
        assert service.call("open_token", **asked, purpose="show_events")["outcome"] == "opened"
        service.call("begin_google_authorization", **begin_arguments(person))
    _deliver_and_use(database, person)
    for function, arguments in calls_of(own_stage, "member").items():
        if function not in ("attest_adult", "disconnect_google", "leave_workspace"):
            with suppress(Refused):
                call(database, person.persona(), function, **arguments)
    call(database, person.persona(), "accept_invitation", token="0" * 64)
    assert len(_traces(database, person)) >= 10
    database.execute(_WAYS[way], (person.id,))
    left = {trace for trace in _traces(database, person) if not trace.startswith("auth.")}
    # The sealed refresh document waits for Google to be told, for a day at most.
    assert left == {"private.pending_revocations"}


def _deliver_and_use(database: Database, person: Person) -> None:
    publish(database, "privacy_policy", "changed")
    database.value("select private.announce_policy_versions()")
    database.execute(
        "update public.policy_notices set delivered_at = clock_timestamp() where user_id = %s", (person.id,)
    )
    add_session(database, person.id)


def _owners(stage: Stage) -> list[UUID]:
    rows = stage.database.rows(
        "select user_id from public.workspace_members where workspace_id = %s and role = 'owner'", (stage.workspace_id,)
    )
    return [row["user_id"] for row in rows]


def test_ownership_passes_to_the_longest_standing_admin(own_stage: Stage) -> None:
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("owner"),))
    assert _owners(own_stage) == [own_stage.id("admin")]
    agreed = own_stage.database.rows(
        "select accepted_by from public.workspace_agreements where workspace_id = %s", (own_stage.workspace_id,)
    )
    assert agreed == [{"accepted_by": None}]


def test_other_owner_stays_and_nobody_is_raised(own_stage: Stage) -> None:
    call(
        own_stage.database, own_stage.persona("owner"), "change_member_role", workspace_id=own_stage.workspace_id,
        user_id=own_stage.id("spare"), role="owner",
    )  # fmt: skip
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("owner"),))
    roles = own_stage.database.rows(
        "select role, count(*) from public.workspace_members where workspace_id = %s group by role order by role",
        (own_stage.workspace_id,),
    )
    assert {row["role"]: row["count"] for row in roles} == {"admin": 1, "member": 2, "owner": 1}


def test_workspace_goes_with_the_only_person_in_it(own_stage: Stage) -> None:
    count = "select count(*) from public.workspaces"
    assert own_stage.database.value(count) == 2
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("stranger"),))
    assert own_stage.database.value(count) == 1


@pytest.mark.parametrize("table", ["auth.users where id", "public.profiles where user_id"])
def test_workspace_goes_with_all_who_are_in_it_at_once(own_stage: Stage, table: str) -> None:
    own_stage.database.execute(
        f"delete from {table} in (select user_id from public.workspace_members where workspace_id = %s)",
        (own_stage.workspace_id,),
    )
    names = own_stage.database.rows("select name from public.workspaces")
    assert names == [{"name": "Elsewhere"}]


@pytest.mark.parametrize("table", ["auth.users where id", "public.profiles where user_id"])
def test_ownership_passes_over_those_who_go_at_the_same_time(own_stage: Stage, table: str) -> None:
    going = [own_stage.id(name) for name in ("owner", "admin", "member", "unattested")]
    own_stage.database.execute(f"delete from {table} = any(%s)", (going,))
    assert _owners(own_stage) == [own_stage.id("spare")]


def test_ownership_passes_to_somebody_who_stays(own_stage: Stage) -> None:
    own_stage.database.value("select ops.close_account(%s)", (own_stage.id("admin"),))
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("owner"),))
    assert _owners(own_stage) == [own_stage.id("member")]


def _with_auth_leftovers(database: Database, person: Person) -> None:
    own = {"actor_id": str(person.id), "actor_username": person.email, "action": "login"}
    by_others = {"actor_id": str(UUID(int=0)), "traits": {"user_id": str(person.id), "user_email": person.email}}
    for payload in (own, by_others, {"actor_id": str(UUID(int=0)), "traits": {"user_email": person.email}}):
        database.execute(
            "insert into auth.audit_log_entries (id, payload) values (gen_random_uuid(), %s)", (json.dumps(payload),)
        )


@pytest.mark.parametrize("prepare", [_with_auth_leftovers, lambda *_: None], ids=["leftovers", "none"])
def test_child_is_refused_and_nothing_is_kept(database: Database, prepare: Callable[[Database, Person], None]) -> None:
    person = add_person(database, is_ready=False)
    prepare(database, person)
    assert call(database, person.persona(), "attest_adult", is_adult=False) == {"outcome": "account_deleted"}
    assert _traces(database, person) == set()


def test_what_auth_wrote_of_others_stays_when_a_child_goes(database: Database) -> None:
    child, other = add_person(database), add_person(database)
    _with_auth_leftovers(database, other)
    call(database, child.persona(), "attest_adult", is_adult=False)
    assert _traces(database, other) >= {"auth.audit_log_entries"}


def test_session_without_the_second_factor_deletes_no_account(database: Database) -> None:
    person = add_person(database)
    add_second_factor(database, person)
    with pytest.raises(Refused, match="mfa_required"):
        call(database, person.persona(), "attest_adult", is_adult=False)
    raise_to_aal2(database.connection, person.session_id)
    assert call(database, person.persona(), "attest_adult", is_adult=False) == {"outcome": "account_deleted"}


def test_child_who_owns_a_workspace_goes_as_well(own_stage: Stage) -> None:
    person = own_stage.people["stranger"]
    assert call(own_stage.database, person.persona(), "attest_adult", is_adult=False)["outcome"] == "account_deleted"
    assert _traces(own_stage.database, person) == set()
