"""The rights surface never closes: whatever the state of a user, it answers, and new processing is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.database.connections import Caller, begin_arguments, connect
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import calls_of
from tests.database.workspaces.stage import Stage, build_stage, publish
from tests.databases import Database
from tests.personas import Person, add_person, run_as

State = Callable[[Database], Person]


def _new(database: Database) -> Person:
    return add_person(database, is_ready=False)


def _unattested(database: Database) -> Person:
    person = add_person(database)
    database.execute("update public.profiles set adult_attested_at = null where user_id = %s", (person.id,))
    return person


def _outdated(database: Database) -> Person:
    person = add_person(database)
    publish(database, "privacy_policy", "changed")
    return person


def _not_delivered(database: Database) -> Person:
    person = _outdated(database)
    database.value("select private.announce_policy_versions()")
    return person


def _removed(database: Database) -> Person:
    stage = build_stage(database)
    person = stage.people["removed"]
    publish(database, "privacy_policy", "changed")
    return person


def _closing(database: Database) -> Person:
    person = add_person(database)
    database.value("select ops.close_account(%s)", (person.id,))
    return person


_STATES = (_new, _unattested, _outdated, _not_delivered, _removed, _closing)


@pytest.mark.parametrize("state", _STATES, ids=lambda state: state.__name__.strip("_"))
def test_rights_are_open_and_new_processing_is_not(database: Database, state: State) -> None:
    person = state(database)
    persona = person.persona()
    for table in (
        "profiles",
        "google_connections",
        "security_notices",
        "policy_notices",
        "agreements",
        "current_consents",
    ):
        run_as(database, persona, f"select * from public.{table}")
    assert run_as(database, persona, "update public.profiles set full_name = 'Ada' returning full_name") == [
        {"full_name": "Ada"}
    ]
    assert call(database, persona, "own_state")["missing"] != []
    assert call(database, persona, "withdraw_consent", purpose="marketing")["state"] == "withdrawn"
    assert call(database, persona, "disconnect_google")["outcome"] == "not_connected"
    with Caller(database) as service:
        asked = {"user_id": person.id, "session_id": person.session_id}
        assert service.call("read_google_connection", **asked)["outcome"] == "not_connected"
        assert service.call("disconnect_google", **asked)["outcome"] == "not_connected"
        assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] != "started"
    with pytest.raises(Refused):
        call(database, persona, "create_workspace", name="Bakery")


def test_connected_account_of_each_state_can_be_disconnected(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
    publish(database, "privacy_policy", "changed")
    assert call(database, person.persona(), "disconnect_google")["secrets_deleted"] == 2


def test_member_leaves_whatever_is_missing(own_stage: Stage) -> None:
    answer = call(
        own_stage.database, own_stage.persona("unattested"), "leave_workspace", workspace_id=own_stage.workspace_id
    )
    assert answer["removed"] == str(own_stage.id("unattested"))


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


@pytest.mark.parametrize("state", ["unattested", "outdated", "closing", "terms"])
def test_workspace_stays_readable_whatever_is_missing(own_stage: Stage, state: str) -> None:
    database, owner = own_stage.database, own_stage.people["owner"]
    tables = (
        "workspaces", "workspace_members", "workspace_agreements", "invitations", "consents", "current_consents",
        "imports", "list_exports", "contact_merges",
    )  # fmt: skip

    def counts() -> dict[str, int]:
        query = "select count(*) as it from public.{}"
        return {table: run_as(database, owner.persona(), query.format(table))[0]["it"] for table in tables}

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
