"""Reminders in the outbox: one entry per activity that is still to be done, and none for any other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from service.local.scheduler import run_job_now
from tests.database.connections import Caller
from tests.database.linked_records import add_activity
from tests.database.revocations import entries, outcomes
from tests.database.service_api.test_remind_of_activities import due, make_due, person, remind, reminders, workspace_id
from tests.database.workspaces.calling import call
from tests.databases import Database, Row
from tests.personas import GOOGLE_OPERATOR, Person, acting_as, add_person

__all__ = ["person", "workspace_id"]
SOON = "clock_timestamp() + interval '1 hour'"


def _set(database: Database, activity_id: UUID, changes: str) -> None:
    database.execute(f"update public.activities set {changes} where id = %s", (activity_id,))


def queued(database: Database) -> list[Row]:
    """What waits: of which activity, for when, and the entry of the outbox."""
    return database.rows(
        "select queued.activity_id, queued.remind_at, entries.kind, entries.available_at, entries.ends_at "
        "from private.outbox as entries left join private.queued_reminders as queued on queued.outbox_id = entries.id"
    )


def test_activity_with_a_reminder_waits_in_the_outbox_until_a_day_after_it(
    database: Database, workspace_id: UUID
) -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    activity_id = add_activity(database, workspace_id, remind_at=moment)
    assert queued(database) == [
        {
            "activity_id": activity_id, "remind_at": moment, "kind": "remind_of_activity", "available_at": moment,
            "ends_at": moment + timedelta(days=1),
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"remind_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"remind_at": datetime.now(UTC) + timedelta(hours=1), "done_at": datetime.now(UTC)},
        {"remind_at": datetime.now(UTC) + timedelta(hours=1), "trashed_at": datetime.now(UTC)},
    ],
    ids=["no reminder", "past", "done", "in the trash"],
)
def test_nothing_waits_for_an_activity_that_is_not_to_be_reminded_of(
    database: Database, workspace_id: UUID, columns: dict[str, Any]
) -> None:
    add_activity(database, workspace_id, **columns)
    assert entries(database) == []


def test_entry_is_replaced_if_the_moment_moves(database: Database, workspace_id: UUID) -> None:
    activity_id = add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    (before,) = entries(database)
    moment = datetime.now(UTC) + timedelta(hours=5)
    database.execute("update public.activities set remind_at = %s where id = %s", (moment, activity_id))
    (row,) = queued(database)
    assert (row["activity_id"], row["remind_at"], row["available_at"]) == (activity_id, moment, moment)
    assert entries(database)[0]["id"] != before["id"]


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ("remind_at = null", f"remind_at = {SOON}"),
        ("remind_at = now() - interval '1 minute'", f"remind_at = {SOON}"),
        ("done_at = now()", "done_at = null"),
        ("trashed_at = now()", "trashed_at = null"),
    ],
)
def test_entry_goes_and_comes_back_with_what_it_waits_for(
    database: Database, workspace_id: UUID, away: str, back: str
) -> None:
    activity_id = add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    _set(database, activity_id, away)
    assert (entries(database), database.value("select count(*) from private.queued_reminders")) == ([], 0)
    _set(database, activity_id, back)
    assert [row["activity_id"] for row in queued(database)] == [activity_id]


def test_entry_stays_the_same_if_something_else_changes(database: Database, workspace_id: UUID) -> None:
    activity_id = add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    before = entries(database)
    _set(database, activity_id, "title = 'Another', due_at = now(), starts_at = now()")
    assert entries(database) == before


@pytest.mark.parametrize(
    "statement",
    ["delete from public.activities", "delete from public.workspaces", "delete from auth.users"],
)
def test_entry_goes_with_its_activity_its_workspace_and_the_last_member(
    database: Database, workspace_id: UUID, statement: str
) -> None:
    add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    database.execute(statement)
    assert (entries(database), database.value("select count(*) from private.queued_reminders")) == ([], 0)


def test_frontend_queues_what_it_may_not_see(database: Database, person: Person, workspace_id: UUID) -> None:
    with acting_as(database, person.persona()) as connection:
        connection.execute(
            f"insert into public.activities (workspace_id, kind, title, remind_at) values (%s, 'task', 'Call', {SOON})",
            (workspace_id,),
        )
    assert len(entries(database)) == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(database, person.persona()) as connection:
        connection.execute("select from private.queued_reminders")


def test_entry_is_given_up_a_day_after_its_moment(database: Database, person: Person, workspace_id: UUID) -> None:
    add_activity(database, workspace_id, assignee_id=person.id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    database.execute("update private.outbox set created_at = now() - interval '2 days', ends_at = clock_timestamp()")
    assert run_job_now(database.url("supabase_admin"), "expire-outbox") == "succeeded"
    make_due(database)
    with Caller(database, GOOGLE_OPERATOR) as operator:
        assert remind(operator) == {"done_count": 0, "not_needed_count": 0, "postponed_count": 0}
    assert (outcomes(database), reminders(database)) == ([("given_up", 0)], [])


@pytest.mark.parametrize("trigger", ["queue_reminder_of_new", "queue_reminder_of_changed"])
def test_trigger_is_seen_if_it_is_gone(database: Database, workspace_id: UUID, trigger: str) -> None:
    database.execute(f"drop trigger {trigger} on public.activities")
    activity_id = add_activity(database, workspace_id, remind_at=datetime.now(UTC) + timedelta(hours=1))
    assert (len(entries(database)) == 0) is (trigger == "queue_reminder_of_new")
    _set(database, activity_id, "remind_at = null")
    assert (len(entries(database)) == 1) is (trigger == "queue_reminder_of_changed")


def test_reminders_go_thirty_days_after_they_were_due(database: Database, person: Person, workspace_id: UUID) -> None:
    activity_id = add_activity(database, workspace_id)
    for age in ("30 days 1 minute", "29 days"):
        database.execute(
            "insert into public.activity_reminders (workspace_id, activity_id, user_id, due_at) "
            "values (%s, %s, %s, now() - %s::interval)",
            (workspace_id, activity_id, person.id, age),
        )
    assert run_job_now(database.url("supabase_admin"), "expire-activity-reminders") == "succeeded"
    assert len(reminders(database)) == 1


@pytest.mark.parametrize("heir", [True, False])
def test_reminders_go_with_a_member_who_leaves_and_what_is_to_come_is_the_heirs(
    database: Database, person: Person, workspace_id: UUID, heir: bool
) -> None:
    leaver = add_person(database, "leaver")
    database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'member')",
        (workspace_id, leaver.id),
    )
    with Caller(database, GOOGLE_OPERATOR) as operator:
        due(database, workspace_id, assignee_id=leaver.id)
        remind(operator)
        to_come = add_activity(
            database, workspace_id, assignee_id=leaver.id, remind_at=datetime.now(UTC) + timedelta(hours=1)
        )
        arguments = {"reassign_to": person.id} if heir else {}
        call(database, leaver.persona(), "leave_workspace", workspace_id=workspace_id, **arguments)
        assert reminders(database) == []
        make_due(database)
        assert remind(operator) == {"done_count": int(heir), "not_needed_count": int(not heir), "postponed_count": 0}
    found = [(row["activity_id"], row["user_id"]) for row in reminders(database)]
    assert found == ([(to_come, person.id)] if heir else [])
