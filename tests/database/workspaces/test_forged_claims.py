"""A JWT that PostgREST lets through may still say too little, too much, or what is no longer so: it opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import calls_of
from tests.database.workspaces.stage import Stage
from tests.database.workspaces.trying import fingerprint
from tests.personas import Persona, run_as

Claims = dict[str, Any]
Forge = Callable[[Stage, Claims], Claims]


def _without(name: str) -> Forge:
    return lambda _, claims: {key: value for key, value in claims.items() if key != name}


def _after(statement: str) -> Forge:
    def forge(stage: Stage, claims: Claims) -> Claims:
        person = stage.people["owner"]
        stage.database.execute(statement, {"user": person.id, "session": person.session_id})
        return claims

    return forge


_ENDED: dict[str, Forge] = {
    "no user": _without("sub"),
    "a null user": lambda _, claims: {**claims, "sub": None},
    "nobody": lambda _, claims: {**claims, "sub": str(uuid4())},
    "no session": _without("session_id"),
    "an unknown session": lambda _, claims: {**claims, "session_id": str(uuid4())},
    "a session of somebody else": lambda stage, claims: {
        **claims, "session_id": str(stage.people["stranger"].session_id),
    },
    "the user of another session": lambda stage, claims: {**claims, "sub": str(stage.id("stranger"))},
    "signed out": _after("delete from auth.sessions where id = %(session)s"),
    "a session that is over": _after("update auth.sessions set not_after = now() where id = %(session)s"),
    "banned": _after("update auth.users set banned_until = now() + interval '1 day' where id = %(user)s"),
}  # fmt: skip
_OTHERS: dict[str, Forge] = {
    "a client of the OAuth server": lambda _, claims: {**claims, "client_id": str(uuid4())},
    "a client without a name": lambda _, claims: {**claims, "client_id": None},
    "anonymous": lambda _, claims: {**claims, "is_anonymous": True},
}
_FORGED = {**_ENDED, **_OTHERS}
_WORKSPACE_TABLES = (
    "workspaces", "workspace_members", "workspace_agreements", "invitations", "imports", "list_exports",
    "contact_merges",
)  # fmt: skip
_OWN_TABLES = ("profiles", "google_connections", "security_notices", "policy_notices", "agreements", "consents")
# A right that a ban or an anonymous sign-in does not take away.
_STAYS_OPEN = {("disconnect_google", "banned"), ("disconnect_google", "anonymous")}


def _forged(stage: Stage, name: str) -> Persona:
    genuine = stage.persona("owner")
    return Persona(name, genuine.role, _FORGED[name](stage, genuine.claims))


@pytest.mark.parametrize("name", _FORGED)
def test_forged_claims_reach_no_function(own_stage: Stage, name: str) -> None:
    persona = _forged(own_stage, name)
    before = fingerprint(own_stage.database)
    for function, arguments in calls_of(own_stage, "owner").items():
        if (function, name) in _STAYS_OPEN:
            continue
        try:
            outcome = call(own_stage.database, persona, function, **arguments).get("outcome")
        except Refused as refused:
            outcome = refused.code
        assert outcome in ("session_ended", "user_banned", "not_for_this_caller", "42501"), function
    assert fingerprint(own_stage.database) == before


@pytest.mark.parametrize("name", sorted(_FORGED.keys() - {"anonymous"}))
def test_forged_claims_read_nothing_of_a_workspace(own_stage: Stage, name: str) -> None:
    persona = _forged(own_stage, name)
    for table in _WORKSPACE_TABLES:
        where = "workspace_id" if table != "workspaces" else "id"
        query = f"select count(*) as it from public.{table} where {where} = %s"
        assert run_as(own_stage.database, persona, query, (own_stage.workspace_id,)) == [{"it": 0}], table
    before = fingerprint(own_stage.database)
    insert = f"insert into public.companies (workspace_id, name) values ('{own_stage.workspace_id}', 'New')"
    for write in ("update public.workspaces set name = 'Changed' where true", "delete from public.invitations", insert):
        # The gate refuses; where it has nothing to say, no row is in reach.
        with suppress(psycopg.Error):
            run_as(own_stage.database, persona, write)
    assert fingerprint(own_stage.database) == before


@pytest.mark.parametrize("name", ["a client of the OAuth server", "a client without a name"])
@pytest.mark.parametrize("table", _OWN_TABLES)
def test_client_of_the_oauth_server_reads_and_writes_no_row_of_its_user(stage: Stage, table: str, name: str) -> None:
    everything = f"select count(*) as it from public.{table} where user_id = '{stage.id('owner')}'"
    assert run_as(stage.database, stage.persona("owner"), everything) != [{"it": 0}]
    persona = _forged(stage, name)
    assert run_as(stage.database, persona, everything) == [{"it": 0}]
    if table == "profiles":
        assert run_as(stage.database, persona, "update public.profiles set company = 'X' returning user_id") == []


@pytest.mark.parametrize("table", _OWN_TABLES)
@pytest.mark.parametrize("name", ["no user", "a null user", "nobody"])
def test_nobody_reads_nobodys_rows(stage: Stage, table: str, name: str) -> None:
    assert run_as(stage.database, _forged(stage, name), f"select count(*) as it from public.{table}") == [{"it": 0}]


_CHECKS = {
    "signed out": ("if v_outcome in ('session_ended', 'user_banned') then", "if false then"),
    "a client of the OAuth server": ("v_claims ? 'client_id' or ", ""),
    "anonymous": (" or (v_claims ->> 'is_anonymous')::boolean", ""),
}


@pytest.mark.parametrize("name", _CHECKS)
def test_forged_claims_are_let_in_without_their_check(own_stage: Stage, name: str) -> None:
    persona = _forged(own_stage, name)
    remove_guard(own_stage.database, "private.require_user()", *_CHECKS[name])
    assert call(own_stage.database, persona, "withdraw_consent", purpose="marketing")["state"] == "withdrawn"


_CHECKS_OF_LISTS = {
    "signed out": ("v_outcome = 'session_ended'", "false"),
    "banned": ("v_outcome = 'user_banned'", "false"),
    "a client of the OAuth server": ("auth.jwt() ? 'client_id' or ", ""),
    "anonymous": (" or (auth.jwt() ->> 'is_anonymous')::boolean", ""),
}


@pytest.mark.parametrize("name", _CHECKS_OF_LISTS)
def test_forged_claims_are_let_into_lists_without_their_check(own_stage: Stage, name: str) -> None:
    persona = _forged(own_stage, name)
    remove_guard(own_stage.database, "private.require_signed_in()", *_CHECKS_OF_LISTS[name])
    answer = call(own_stage.database, persona, "find_duplicates", workspace_id=own_stage.workspace_id)
    assert answer["duplicates"] == []


@pytest.mark.parametrize("name", ["a client of the OAuth server", "a client without a name"])
@pytest.mark.parametrize("table", ["import_rows", "import_problems"])
def test_client_of_the_oauth_server_sees_no_row_that_its_user_uploads(stage: Stage, table: str, name: str) -> None:
    member = stage.persona("member")
    everything = f"select count(*) as it from public.{table}"
    assert run_as(stage.database, member, everything) != [{"it": 0}]
    persona = Persona(name, member.role, _FORGED[name](stage, member.claims))
    assert run_as(stage.database, persona, everything) == [{"it": 0}]
