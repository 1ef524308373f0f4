"""Business data opens to a person in a live session of theirs: not to an ended one, nor to a program in their name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest

from tests.database.situations import ACCOUNT_SHUT, SESSION_ENDED, Situation, each
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage
from tests.personas import Person, Persona, acting_as, run_as

# What asks for a user, and a call that it guards.
_CALLS = {
    "private.require_user()": "select public.own_state()",
    "private.require_signed_in()": "select public.find_duplicates(%(w)s)",
}
_BANNED = next(situation for situation in ACCOUNT_SHUT if situation.name == "user_banned")


def _read(stage: Stage, persona: Persona) -> int:
    return len(run_as(stage.database, persona, "select id from public.workspaces"))


def _write(stage: Stage, persona: Persona) -> list[str]:
    """The statements that got through: neither reads a row first, so that only the rule about writing is in its way."""
    through = []
    insert = f"insert into public.companies (workspace_id, name) values ('{stage.workspace_id}', 'New')"
    for statement in ("update public.workspaces set name = 'Changed'", "delete from public.invitations", insert):
        with suppress(psycopg.Error), acting_as(stage.database, persona) as connection:
            if connection.execute(statement.encode()).rowcount:
                through.append(statement.split()[0])
    return through


def test_owner_in_a_live_session_reads_and_writes(own_stage: Stage) -> None:
    owner = own_stage.persona("owner")
    assert (_read(own_stage, owner), _write(own_stage, owner)) == (1, ["update", "delete", "insert"])


@each(*SESSION_ENDED, _BANNED)
def test_session_that_is_over_reads_writes_and_asks_nothing(own_stage: Stage, situation: Situation) -> None:
    owner = own_stage.people["owner"]
    user_id, session_id = situation.arrange(own_stage.database, owner)
    persona = Person(user_id, owner.email, session_id).persona()
    assert (_read(own_stage, persona), _write(own_stage, persona)) == (0, [])
    with pytest.raises(Refused) as refused:
        call(own_stage.database, persona, "own_state")
    assert refused.value.code == situation.outcome


def test_client_of_the_oauth_server_does_nothing_in_the_name_of_its_user(own_stage: Stage) -> None:
    owner = own_stage.persona("owner")
    client = replace(owner, claims={**owner.claims, "client_id": "a program"})
    assert (_read(own_stage, client), _write(own_stage, client)) == (0, [])
    with pytest.raises(Refused, match="not_for_this_caller"):
        call(own_stage.database, client, "own_state")


def test_anonymous_user_asks_nothing_though_nothing_is_missing(own_stage: Stage) -> None:
    member = own_stage.persona("member")
    anonymous = replace(member, claims={**member.claims, "is_anonymous": True})
    with pytest.raises(Refused, match="not_for_this_caller"):
        call(own_stage.database, anonymous, "own_state")


def _ask_as(stage: Stage, role: str, call: str) -> None:
    """With the claims of the owner, which prove who somebody is and not what their role may do."""
    for grant in ("usage on schema public, private", "execute on all functions in schema public",
                  "select, insert on private.own_requests, private.list_requests"):  # fmt: skip
        stage.database.execute(f"grant {grant} to {role}")
    run_as(stage.database, replace(stage.persona("owner"), role=role), call, {"w": stage.workspace_id})


@pytest.mark.parametrize("call", _CALLS.values(), ids=_CALLS)
@pytest.mark.parametrize("role", ["anon", "service_role", "google_service", "google_operator"])
def test_other_role_asks_nothing_even_if_every_grant_slipped_in(own_stage: Stage, role: str, call: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this function is not for this role"):
        _ask_as(own_stage, role, call)


@pytest.mark.parametrize("guard", _CALLS)
def test_other_role_would_be_answered_without_the_guard(own_stage: Stage, guard: str) -> None:
    remove_guard(own_stage.database, guard, "perform private.require_caller('authenticated');")
    _ask_as(own_stage, "anon", _CALLS[guard])


@pytest.mark.parametrize("change", ["account_state = 'closing'", "adult_attested_at = null"])
def test_account_with_something_missing_still_reads_and_writes_nothing(own_stage: Stage, change: str) -> None:
    own_stage.database.execute(f"update public.profiles set {change} where user_id = %s", (own_stage.id("owner"),))
    owner = own_stage.persona("owner")
    assert (_read(own_stage, owner), _write(own_stage, owner)) == (1, [])
