"""The rights surface never closes: whatever the state of a user, it answers, and new processing is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.policy.files import access_files
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import calls_of
from tests.database.workspaces.closed import MISSING, Somebody, bring
from tests.database.workspaces.rights import (
    WALK,
    corrects,
    disconnects,
    leaves,
    own_tables,
    reads,
    takes_note,
    withdraws,
)
from tests.database.workspaces.stage import Stage, publish
from tests.personas import run_as

# What might be asked before a row is shown: nothing that anybody meets, or that the reader has attested to be an adult.
_GATES = {
    "never": "false",
    "attestation": "private.has_attested()",
}
_HAS_ATTESTED = """
create function private.has_attested() returns boolean language sql stable security definer set search_path = ''
as $$ select adult_attested_at is not null from public.profiles where user_id = auth.uid() $$;
grant execute on function private.has_attested() to authenticated;
"""
# Each right that is a call: the state, what the person does, and the function with the text that keeps it open.
_CLOSED_CALLS = [
    (
        "unattested",
        withdraws,
        "private.record_consent(uuid,jsonb,boolean,boolean)",
        "if p_is_given then\n        perform private.require_open",
        "if true then\n        perform private.require_open",
    ),
    ("outdated", leaves, "private.remove_member(uuid,jsonb)", "if not v_is_leaving then", "if true then"),
    ("closing", disconnects, "private.disconnect_own_google()", "= 'session_ended' then", "<> 'live' then"),
    ("closing", reads, "service_api.read_google_connection(uuid,uuid)", "= 'session_ended' then", "<> 'live' then"),
    (
        "closing",
        takes_note,
        "private.require_user()",
        "('session_ended', 'user_banned')",
        "('session_ended', 'user_banned', 'account_closing')",
    ),
]


@pytest.mark.parametrize("state", MISSING)
def test_rights_are_open_and_new_processing_is_not(own_stage: Stage, state: str) -> None:
    somebody = bring(own_stage, state)
    for step in WALK:
        step(somebody)


@pytest.mark.parametrize("gate", _GATES.values(), ids=_GATES)
def test_walk_sees_a_gate_before_any_row_of_ones_own(own_stage: Stage, gate: str) -> None:
    somebody, database = bring(own_stage, "unattested"), own_stage.database
    database.execute(_HAS_ATTESTED)
    policies = database.rows(
        "select format('alter policy %I on %I.%I using ', policyname, schemaname, tablename) as alter, qual, cmd, "
        "format('%I.%I', schemaname, tablename) as table "
        "from pg_policies where policyname ~ '_select_owner$|^profiles_update_owner$'"
    )
    assert {policy["table"] for policy in policies} == set(own_tables()) - {"public.current_consents"}
    for policy in policies:
        database.execute(f"{policy['alter']} ({gate} and ({policy['qual']}))")
        with pytest.raises(AssertionError, match=policy["table"]):
            (reads if policy["cmd"] == "SELECT" else corrects)(somebody)
        database.execute(f"{policy['alter']} ({policy['qual']})")
    reads(somebody)


@pytest.mark.parametrize(
    ("state", "step", "function", "guard", "instead"),
    _CLOSED_CALLS,
    ids=[f"{each[0]}-{each[2]}" for each in _CLOSED_CALLS],
)
def test_walk_sees_a_call_that_closes(
    own_stage: Stage, state: str, step: Callable[[Somebody], None], function: str, guard: str, instead: str
) -> None:
    somebody = bring(own_stage, state)
    remove_guard(own_stage.database, function, guard, instead)
    with pytest.raises((AssertionError, Refused)):
        step(somebody)


def test_member_takes_back_what_they_uploaded_and_imported_whatever_is_missing(own_stage: Stage) -> None:
    database, member = own_stage.database, own_stage.persona("member")
    database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (own_stage.id("member"),)
    )
    for name in ("open", "checked"):
        assert (
            call(database, member, "cancel_import", import_id=own_stage.lists[f"{name}_import"])["state"] == "cancelled"
        )
    assert run_as(database, member, "select line_number from public.import_rows") == []
    assert call(database, member, "undo_import", import_id=own_stage.lists["committed_import"])["state"] == "undone"
    with pytest.raises(Refused, match="adult_attestation_missing"):
        call(
            database, member, "merge_contacts", workspace_id=own_stage.workspace_id,
            keep_id=own_stage.lists["kept_contact"], merge_id=own_stage.lists["merged_contact"],
        )  # fmt: skip


@pytest.mark.parametrize(
    "function",
    [
        "accept_workspace_terms", "change_member_role", "create_workspace", "give_consent", "invite_member",
        "record_contact_consent", "remove_member", "transfer_ownership", "accept_invitation",
    ],
)  # fmt: skip
def test_work_is_refused_with_what_is_missing(own_stage: Stage, function: str) -> None:
    # Nothing but the attestation stands in the way: the owner may do all of it, and the invitation is to the invited.
    who = "invited" if function == "accept_invitation" else "owner"
    own_stage.database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (own_stage.id(who),)
    )
    with pytest.raises(Refused) as refused:
        call(own_stage.database, own_stage.persona(who), function, **calls_of(own_stage, who)[function])
    assert (refused.value.code, refused.value.status) == ("adult_attestation_missing", 403)


_CHANGED_BY_THE_STATES = {"public.policy_versions", "public.google_connections"}


@pytest.mark.parametrize("state", ["unattested", "outdated", "closing", "terms"])
def test_workspace_stays_readable_whatever_is_missing(own_stage: Stage, state: str) -> None:
    database, owner = own_stage.database, own_stage.people["owner"]
    counted = (
        f"select '{name}' as name, count(*) as it from {name}"
        for declaration in access_files()
        for kind, name in [declaration.content["object"].split(" ", 1)]
        for right in declaration.content["rights"]
        if kind != "function"
        and right["operation"] == "select"
        and "owner" in right.get("personas", [])
        and name not in _CHANGED_BY_THE_STATES
    )
    query = " union all ".join(counted)

    def counts() -> dict[str, int]:
        return {row["name"]: row["it"] for row in run_as(database, owner.persona(), query)}

    before = counts()
    if state == "unattested":
        database.execute("update public.profiles set adult_attested_at = null where user_id = %s", (owner.id,))
    elif state == "outdated":
        publish(database, "privacy_policy", "changed")
    elif state == "closing":
        database.value("select ops.close_account(%s)", (owner.id,))
    else:
        publish(database, "data_processing_terms", "dpa-1")
    assert (counts(), min(before.values())) == (before, 1)


@pytest.mark.parametrize(
    "write", ["update public.workspaces set name = 'Changed'", "delete from public.invitations"], ids=lambda w: w[:6]
)
def test_direct_write_answers_with_what_is_missing(own_stage: Stage, write: str) -> None:
    own_stage.database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (own_stage.id("admin"),)
    )
    with pytest.raises(Exception, match="adult_attestation_missing"):
        run_as(own_stage.database, own_stage.persona("admin"), write)
    names = {row["name"] for row in own_stage.database.rows("select name from public.workspaces")}
    assert "Changed" not in names
    assert own_stage.database.value("select count(*) from public.invitations where accepted_at is null") == 1
