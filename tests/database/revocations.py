"""Accounts that were deleted while connected, and the worker's calls about telling Google of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.database.connections import Answer, Caller, Connected, connect
from tests.databases import Database, Row
from tests.personas import Person, add_person


def delete_user(database: Database, person: Person) -> None:
    """Delete a user for good, as somebody in Studio would."""
    database.execute("delete from auth.users where id = %s", (person.id,))


def add_deleted(database: Database, service: Caller, *, google_sub: str | None = None) -> Connected:
    """A user who was connected and is gone; Google is still to be told."""
    connected = connect(service, add_person(database, "gone"), google_sub=google_sub)
    delete_user(database, connected.person)
    return connected


def pending_of(database: Database, person: Person) -> list[Row]:
    """The pending revocations of a user who is gone, each with its entry of the outbox."""
    return database.rows(
        "select pending.*, entries.kind, entries.attempt_count, entries.available_at, entries.ends_at, "
        "entries.lease_id, entries.lease_until, entries.parked_at, entries.last_error "
        "from private.pending_revocations as pending join private.outbox as entries on entries.id = pending.outbox_id "
        "where pending.user_id = %s",
        (person.id,),
    )


def entries(database: Database) -> list[Row]:
    """Everything in the outbox, oldest first."""
    return database.rows("select * from private.outbox order by id")


def outcomes(database: Database) -> list[tuple[str, int]]:
    """How the entries that are over ended, and after how many tries."""
    rows = database.rows("select outcome, attempt_count from ops.outbox_outcomes order by id")
    return [(row["outcome"], row["attempt_count"]) for row in rows]


def take(operator: Caller, limit: int | None = 1) -> Answer:
    """Take revocations as a worker does."""
    return operator.call("take_google_revocations", limit=limit)


def take_one(operator: Caller) -> dict[str, Any]:
    """Take the one revocation that is due."""
    (entry,) = take(operator)["entries"]
    return entry


def finish(operator: Caller, taken: dict[str, Any], outcome: str, reason: str | None = None) -> str:
    """Say what became of a taken revocation."""
    return operator.call(
        "finish_google_revocation",
        outbox_id=taken["outbox_id"],
        lease_id=UUID(taken["lease_id"]),
        outcome=outcome,
        reason=reason,
    )["outcome"]


def make_due(database: Database) -> None:
    """Let every entry be due now, as if back-off and leases had run out."""
    database.execute(
        "update private.outbox set available_at = clock_timestamp(), "
        "lease_until = case when lease_until is not null then clock_timestamp() end"
    )
