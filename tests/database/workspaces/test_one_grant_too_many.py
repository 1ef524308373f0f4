"""A right that somebody gives by mistake opens nothing: what asks for a user is for the role of users alone."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.stage import Stage

_CALLS = {
    "private.require_user()": ("own_requests", "own_state", {}),
    "private.require_signed_in()": ("list_requests", "find_duplicates", {"workspace_id": "of the stage"}),
}


def _ask_as_anon(stage: Stage, guard: str) -> object:
    """With the claims of the owner, which prove who somebody is and not what they may do."""
    view, action, arguments = _CALLS[guard]
    arguments = {name: str(stage.workspace_id) for name in arguments}
    stage.database.execute(f"grant usage on schema private to anon; grant select, insert on private.{view} to anon")
    with stage.database.connect("authenticator") as connection:
        connection.execute(
            "select set_config('role', 'anon', false), set_config('request.jwt.claims', %s, false)",
            (json.dumps(stage.persona("owner").claims),),
        )
        row = connection.execute(
            f"insert into private.{view} (action, arguments) values (%s, %s) returning answer".encode(),
            (action, json.dumps(arguments)),
        ).fetchone()
        return row and row["answer"]


@pytest.mark.parametrize("guard", _CALLS)
def test_call_of_another_role_is_refused(own_stage: Stage, guard: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not for this role"):
        _ask_as_anon(own_stage, guard)


@pytest.mark.parametrize("guard", _CALLS)
def test_call_would_be_answered_without_the_guard(own_stage: Stage, guard: str) -> None:
    remove_guard(own_stage.database, guard, "perform private.require_caller('authenticated');")
    assert _ask_as_anon(own_stage, guard)
