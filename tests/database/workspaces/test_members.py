"""Roles change within bounds, a workspace keeps an owner whatever happens, and records outlive a membership."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call, outcome_in, refusal, tab
from tests.database.workspaces.stage import Stage


def _roles(stage: Stage) -> dict[str, str]:
    names = {person.id: name for name, person in stage.people.items()}
    rows = stage.database.rows(
        "select user_id, role from public.workspace_members where workspace_id = %s", (stage.workspace_id,)
    )
    return {names[row["user_id"]]: row["role"] for row in rows}


def _call(stage: Stage, who: str, function: str, **arguments: Any) -> dict[str, Any]:
    return call(stage.database, stage.persona(who), function, workspace_id=stage.workspace_id, **arguments)


_BEYOND = [
    ("member", "change_member_role", {"user_id": "member", "role": "owner"}, "role_too_low"),
    ("admin", "change_member_role", {"user_id": "admin", "role": "owner"}, "role_too_low"),
    ("admin", "change_member_role", {"user_id": "owner", "role": "member"}, "role_too_low"),
    ("admin", "remove_member", {"user_id": "owner"}, "role_too_low"),
    ("member", "remove_member", {"user_id": "spare"}, "role_too_low"),
    ("admin", "transfer_ownership", {"user_id": "admin"}, "role_too_low"),
    ("owner", "change_member_role", {"user_id": "stranger", "role": "admin"}, "member_not_found"),
    ("owner", "remove_member", {"user_id": "stranger"}, "member_not_found"),
    ("owner", "remove_member", {"user_id": "spare", "reassign_to": "stranger"}, "member_not_found"),
    ("owner", "change_member_role", {"user_id": "owner", "role": "member"}, "workspace_needs_an_owner"),
    ("owner", "leave_workspace", {}, "workspace_needs_an_owner"),
    ("owner", "change_member_role", {"user_id": "spare", "role": "boss"}, "role_is_known"),
    ("stranger", "remove_member", {"user_id": "spare"}, "workspace_not_found"),
    ("stranger", "leave_workspace", {}, "workspace_not_found"),
]


@pytest.mark.parametrize(("who", "function", "arguments", "code"), _BEYOND)
def test_member_is_refused_by_name_and_nothing_changes(
    own_stage: Stage, who: str, function: str, arguments: dict[str, str], code: str
) -> None:
    before = _roles(own_stage)
    named = {key: own_stage.id(name) if key != "role" else name for key, name in arguments.items()}
    with pytest.raises(Refused) as refused:
        _call(own_stage, who, function, **named)
    assert refused.value.code == code
    assert _roles(own_stage) == before


def test_ownership_passes_and_the_old_owner_stays_as_admin(own_stage: Stage) -> None:
    _call(own_stage, "owner", "transfer_ownership", user_id=own_stage.id("member"))
    roles = _roles(own_stage)
    assert (roles["owner"], roles["member"]) == ("admin", "owner")


@pytest.mark.parametrize(
    "statement", ["update public.workspace_members set role = 'admin'", "delete from public.workspace_members"]
)
def test_operator_takes_the_last_owner_away_as_little_as_a_member(own_stage: Stage, statement: str) -> None:
    before = _roles(own_stage)
    with pytest.raises(psycopg.Error) as error:
        own_stage.database.execute(f"{statement} where user_id = %s", (own_stage.id("owner"),))
    assert refusal(error.value).code == "workspace_needs_an_owner"
    assert _roles(own_stage) == before


def _both_step_down(stage: Stage) -> dict[str, str]:
    """Two owners give up their role at the same moment, in two tabs."""
    _call(stage, "owner", "change_member_role", user_id=stage.id("admin"), role="owner")
    with tab(stage.database, stage.persona("owner")) as first, tab(stage.database, stage.persona("admin")) as second:
        down = {"workspace_id": stage.workspace_id, "role": "member"}
        race(
            stage.database,
            (first, lambda: outcome_in(first, "change_member_role", user_id=stage.id("owner"), **down)),
            (second, lambda: outcome_in(second, "change_member_role", user_id=stage.id("admin"), **down)),
        )
    return _roles(stage)


def test_two_owners_who_step_down_at_once_leave_one(own_stage: Stage) -> None:
    assert "owner" in _both_step_down(own_stage).values()


def test_race_is_lost_without_the_guard(own_stage: Stage) -> None:
    remove_guard(
        own_stage.database, "private.require_member(uuid,uuid,text)",
        "perform from public.workspaces as workspaces where workspaces.id = p_workspace_id for no key update;",
    )  # fmt: skip
    remove_guard(
        own_stage.database, "private.keep_an_owner()",
        "perform from public.workspaces as workspaces where workspaces.id = old.workspace_id for no key update;",
        "perform from public.workspaces as workspaces where workspaces.id = old.workspace_id;",
    )  # fmt: skip
    with pytest.raises(AssertionError, match="did not wait"):
        _both_step_down(own_stage)


def test_colleagues_see_the_name_as_it_was_corrected(own_stage: Stage) -> None:
    own_stage.database.execute(
        "update public.profiles set full_name = 'Ada Example' where user_id = %s", (own_stage.id("member"),)
    )
    name = own_stage.database.value(
        "select display_name from public.workspace_members where user_id = %s", (own_stage.id("member"),)
    )
    assert name == "Ada Example"
