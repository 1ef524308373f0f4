"""Records of the CRM that a user makes with supabase-js's twin, to name them in calls of the service."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from tests.databases import Database, Row
from tests.service.routes.actors import Actor


def new_workspace(actor: Actor) -> UUID:
    """A workspace of this user's own."""
    answer = cast(dict[str, Any], actor.user.client.rpc("create_workspace", {"name": "Bakery"}).execute().data)
    return UUID(answer["workspace_id"])


def new_activity(actor: Actor, workspace_id: UUID | None = None, **fields: Any) -> UUID:
    """An activity, in a workspace of its own unless one is named."""
    activity_id = uuid4()
    row = {"workspace_id": str(workspace_id or new_workspace(actor)), "id": str(activity_id), "kind": "meeting"}
    actor.user.client.table("activities").insert({**row, "title": "Visit", **fields}, returning="minimal").execute()  # type: ignore[arg-type]
    return activity_id


def change_activity(actor: Actor, activity_id: UUID, **fields: Any) -> None:
    """Change an activity as the frontend does."""
    actor.user.client.table("activities").update(fields, returning="minimal").eq("id", str(activity_id)).execute()  # type: ignore[arg-type]


def new_contact(actor: Actor, workspace_id: UUID, *addresses: str, email: str | None = None, **fields: Any) -> UUID:
    """A contact with these addresses; `email` is the state of their permission for that channel."""
    contact_id, client = uuid4(), actor.user.client
    of_contact = {"workspace_id": str(workspace_id), "contact_id": str(contact_id)}
    row = {"workspace_id": str(workspace_id), "id": str(contact_id), "full_name": "Grace Example", **fields}
    client.table("contacts").insert(row, returning="minimal").execute()  # type: ignore[arg-type]
    for address in addresses:
        held = {**of_contact, "kind": "email", "address": address}
        client.table("contact_addresses").insert(held, returning="minimal").execute()  # type: ignore[arg-type]
    if email is not None:
        permit(actor, workspace_id, contact_id, state=email)
    return contact_id


def permit(actor: Actor, workspace_id: UUID, contact_id: UUID, **permission: Any) -> None:
    """Put down what a contact allows by e-mail."""
    row = {"workspace_id": str(workspace_id), "contact_id": str(contact_id), "channel": "email", "basis": "consent"}
    client = actor.user.client
    client.table("contact_permissions").insert({**row, "state": "allowed", **permission}, returning="minimal").execute()  # type: ignore[arg-type]


def activity_row(database: Database, activity_id: UUID) -> Row:
    """All that is stored of an activity."""
    (row,) = database.rows("select * from public.activities where id = %s", (activity_id,))
    return row


def tie_in(database: Database, activity_id: UUID) -> tuple[str | None, bool | None]:
    """The event that an activity holds: its id, and whether it lies on the primary calendar."""
    row = activity_row(database, activity_id)
    return row["google_event_id"], row["is_on_primary_calendar"]


def sent_messages(database: Database, actor: Actor) -> list[Row]:
    """What is noted of this user's sends with contacts, oldest first."""
    return database.rows(
        "select workspace_id, contact_id, field, state, message_id, thread_id, is_shared, finished_at is not null "
        "as is_finished from public.sent_messages where sender_id = %s order by created_at, field desc",
        (actor.id,),
    )
