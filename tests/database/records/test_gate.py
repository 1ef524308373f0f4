"""New processing is closed while something is missing, and says what; what the database itself does is not asked."""

from __future__ import annotations

import pytest

from tests.database.records.writing import attempt
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import DELETED_ROW, NEW, ROW, SET
from tests.database.workspaces.stage import Stage, publish

_WRITABLE = sorted(NEW)
# Permissions are withdrawn and not deleted, attendees are not changed, messages are not made by clients.
_STATEMENTS = [
    *(f"insert into public.{table} {NEW[table]}" for table in _WRITABLE),
    *(
        f"update public.{table} set {SET[table]} where {ROW[table]}"
        for table in _WRITABLE
        if table != "activity_attendees"
    ),
    *(
        f"delete from public.{table} where {DELETED_ROW.get(table, ROW[table])}"
        for table in _WRITABLE
        if table != "contact_permissions"
    ),
    f"update public.sent_messages set {SET['sent_messages']} where {ROW['sent_messages']}",
    "delete from public.invitations where id = %(invitation)s",
    f"update public.workspaces set {SET['workspaces']} where {ROW['workspaces']}",
]
_REMINDER = f"update public.activity_reminders set {SET['activity_reminders']} where {ROW['activity_reminders']}"


@pytest.mark.parametrize("statement", _STATEMENTS)
def test_write_is_refused_with_what_is_missing(stage: Stage, statement: str) -> None:
    with pytest.raises(Refused) as refused:
        attempt(stage, "unattested", statement)
    assert (refused.value.code, refused.value.status) == ("adult_attestation_missing", 403)


@pytest.mark.parametrize("statement", _STATEMENTS)
def test_write_of_an_owner_gets_through(stage: Stage, statement: str) -> None:
    assert attempt(stage, "owner", statement) == [{"rowcount": 1}]


_NO = f"update public.contact_permissions set state = 'withdrawn' where {ROW['contact_permissions']}"
_NO_BY_SMS = f"insert into public.contact_permissions {NEW['contact_permissions'].replace('allowed', 'withdrawn')}"


@pytest.mark.parametrize("statement", [_NO, _NO_BY_SMS])
def test_contact_who_says_no_is_heard_whatever_is_missing(own_stage: Stage, statement: str) -> None:
    assert attempt(own_stage, "unattested", statement) == [{"rowcount": 1}]
    publish(own_stage.database, "data_processing_terms", "first")
    assert attempt(own_stage, "member", statement) == [{"rowcount": 1}]
    with pytest.raises(Refused, match="terms_missing"):
        attempt(own_stage, "member", statement.replace("withdrawn", "allowed"))


def test_refusal_names_the_policy_that_was_changed(own_stage: Stage) -> None:
    publish(own_stage.database, "privacy_policy", "changed")
    with pytest.raises(Refused) as refused:
        attempt(own_stage, "owner", f"insert into public.contacts {NEW['contacts']}")
    assert (refused.value.code, refused.value.details) == ("agreement_missing", "agreement_missing")


def test_write_of_an_account_that_is_closing_is_refused(own_stage: Stage) -> None:
    own_stage.database.value("select ops.close_account(%s)", (own_stage.id("member"),))
    with pytest.raises(Refused, match="account_closing"):
        attempt(own_stage, "member", "delete from public.contact_addresses where id = %(contact_address)s")
    assert attempt(own_stage, "member", "select id from public.contacts where id = %(contact)s")


def test_reading_never_asks(stage: Stage) -> None:
    for table in _WRITABLE:
        assert attempt(stage, "unattested", f"select id from public.{table} where {ROW[table]}"), table


def test_terms_that_nobody_accepted_close_the_workspace_and_not_the_person(own_stage: Stage) -> None:
    publish(own_stage.database, "data_processing_terms", "first")
    for statement in (*_STATEMENTS, _REMINDER):
        with pytest.raises(Refused) as refused:
            attempt(own_stage, "owner", statement)
        assert (refused.value.code, refused.value.status) == ("terms_missing", 403), statement
    assert call(own_stage.database, own_stage.persona("owner"), "own_state")["workspaces_without_terms"]


def test_missing_terms_of_another_workspace_are_not_told(own_stage: Stage) -> None:
    publish(own_stage.database, "data_processing_terms", "first")
    for statement in _STATEMENTS:
        try:
            told = attempt(own_stage, "stranger", statement)
        except Refused as refused:
            told = refused.code
        assert told in ([], "42501"), statement


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_owner_makes_and_leaves_workspaces_as_before(own_stage: Stage, role: str) -> None:
    made = call(own_stage.database, own_stage.persona(role), "create_workspace", name="Second")
    assert made["workspace_id"]
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id(role),))
    assert (
        own_stage.database.value("select count(*) from public.workspaces where id = %s", (made["workspace_id"],)) == 0
    )
