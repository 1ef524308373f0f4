"""What belongs to a member stays with the workspace when the member goes: under whoever is named, or under nobody."""

from __future__ import annotations

import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage

_CREATE = (
    "create table public.planted (id integer, {columns}, "
    "foreign key ({key}) references public.workspace_members ({named}) on delete {action}) {partitions}"
)
_COLUMNS = "workspace_id uuid not null references public.workspaces (id) on delete cascade, owner_id uuid"


def _plant(
    stage: Stage,
    *,
    columns: str = _COLUMNS,
    key: str = "workspace_id, owner_id",
    named: str = "workspace_id, user_id",
    action: str = "set null (owner_id)",
    partitions: str = "",
) -> None:
    """A table of records as those of the CRM are, with one of the member's and one of the admin's."""
    stage.database.execute(_CREATE.format(columns=columns, key=key, named=named, action=action, partitions=partitions))
    if partitions:
        stage.database.execute("create table public.planted_rest partition of public.planted default")
    for number, name in enumerate(("member", "admin")):
        stage.database.execute(
            "insert into public.planted values (%s, %s, %s)", (number, stage.workspace_id, stage.id(name))
        )


def _owners(stage: Stage) -> list[object]:
    names = {person.id: name for name, person in stage.people.items()}
    return [names.get(row["owner_id"]) for row in stage.database.rows("select * from public.planted order by id")]


def _leave(stage: Stage, heir: str | None = None) -> None:
    arguments = {"reassign_to": stage.id(heir)} if heir else {}
    call(stage.database, stage.persona("member"), "leave_workspace", workspace_id=stage.workspace_id, **arguments)


_FORMS = {
    "plain": {},
    "user first": {"key": "owner_id, workspace_id", "named": "user_id, workspace_id"},
    "other name": {
        "columns": _COLUMNS.replace("workspace_id uuid", "tenant_id uuid"), "key": "tenant_id, owner_id",
    },
    "partitioned": {"partitions": "partition by list (id)"},
}  # fmt: skip


@pytest.mark.parametrize("heir", [None, "spare"])
@pytest.mark.parametrize("form", _FORMS)
def test_records_of_a_member_who_leaves_go_to_the_named_member_or_to_nobody(
    own_stage: Stage, form: str, heir: str | None
) -> None:
    _plant(own_stage, **_FORMS[form])
    _leave(own_stage, heir)
    assert _owners(own_stage) == [heir, "admin"]


def test_records_of_an_account_that_goes_stay_with_the_workspace(own_stage: Stage) -> None:
    _plant(own_stage)
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("member"),))
    assert _owners(own_stage) == [None, "admin"]


def test_both_columns_of_a_record_are_passed_on(own_stage: Stage) -> None:
    _plant(own_stage)
    own_stage.database.execute(
        "alter table public.planted add column assignee_id uuid, add foreign key (workspace_id, assignee_id) "
        "references public.workspace_members (workspace_id, user_id) on delete set null (assignee_id)"
    )
    own_stage.database.execute("update public.planted set assignee_id = %s", (own_stage.id("member"),))
    _leave(own_stage, "spare")
    assert _owners(own_stage) == ["spare", "admin"]
    assignees = own_stage.database.rows("select distinct assignee_id from public.planted")
    assert assignees == [{"assignee_id": own_stage.id("spare")}]


def test_what_goes_with_its_member_is_not_inherited(own_stage: Stage) -> None:
    _plant(own_stage, action="cascade")
    _leave(own_stage, "spare")
    assert _owners(own_stage) == ["admin"]


def test_records_of_another_workspace_stay_as_they_are(own_stage: Stage) -> None:
    _plant(own_stage)
    elsewhere = own_stage.database.value(
        "select workspace_id from public.workspace_members where user_id = %s", (own_stage.id("stranger"),)
    )
    join = "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'member')"
    own_stage.database.execute(join, (elsewhere, own_stage.id("member")))
    own_stage.database.execute("insert into public.planted values (2, %s, %s)", (elsewhere, own_stage.id("member")))
    _leave(own_stage)
    assert _owners(own_stage) == [None, "admin", "member"]


def _gate(stage: Stage) -> None:
    """Records are written through the gate, and their owner has not attested."""
    _plant(stage)
    stage.database.execute(
        "create trigger gate_writes before insert or update on public.planted "
        "for each statement execute function private.gate_writes()"
    )
    stage.database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (stage.id("member"),)
    )


def test_gate_keeps_nobody_from_leaving(own_stage: Stage) -> None:
    _gate(own_stage)
    _leave(own_stage, "spare")
    assert _owners(own_stage) == ["spare", "admin"]


def test_gate_keeps_no_child_from_going(own_stage: Stage) -> None:
    _gate(own_stage)
    call(own_stage.database, own_stage.persona("member"), "attest_adult", is_adult=False)
    assert _owners(own_stage) == [None, "admin"]


def test_gate_would_keep_somebody_if_it_asked_about_what_follows(own_stage: Stage) -> None:
    _gate(own_stage)
    remove_guard(own_stage.database, "private.gate_writes()", " and pg_catalog.pg_trigger_depth() = 1")
    with pytest.raises(Refused, match="adult_attestation_missing"):
        _leave(own_stage)
