"""What hangs on a contact: made, looked up, and moved by a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.database.lists.scene import Scene


def add_deal(scene: Scene, contact: UUID) -> UUID:
    """A deal in which the contact takes part; gives its id."""
    values: dict[str, Any] = {
        "workspace": scene.workspace_id, "contact": contact, "pipeline": uuid4(), "stage": uuid4(), "deal": uuid4(),
    }  # fmt: skip
    scene.rows(
        "insert into public.pipelines (workspace_id, id, name) "
        "values (%(workspace)s, %(pipeline)s, %(pipeline)s::text)", "owner", **values,
    )  # fmt: skip
    scene.rows(
        "insert into public.pipeline_stages (workspace_id, id, pipeline_id, name, position) "
        "values (%(workspace)s, %(stage)s, %(pipeline)s, 'Open', 1)", "owner", **values,
    )  # fmt: skip
    scene.rows(
        "insert into public.deals (workspace_id, id, name, pipeline_id, stage_id) "
        "values (%(workspace)s, %(deal)s, 'Cakes', %(pipeline)s, %(stage)s)", **values,
    )  # fmt: skip
    scene.rows(
        "insert into public.deal_contacts (workspace_id, deal_id, contact_id) "
        "values (%(workspace)s, %(deal)s, %(contact)s)",
        **values,
    )
    return values["deal"]


def add_message(scene: Scene, contact: UUID, key: UUID | None = None) -> UUID:
    """A message of the member to the contact, as the service notes it; gives its key."""
    key = key or uuid4()
    scene.database.execute(
        "insert into public.sent_messages (workspace_id, sender_id, contact_id, field, idempotency_key) "
        "values (%s, %s, %s, 'to', %s)", (scene.workspace_id, scene.people["member"].id, contact, key),
    )  # fmt: skip
    return key


def merge(scene: Scene, keep: UUID, other: UUID, who: str = "member") -> UUID:
    """Merge and give the id of the merge."""
    return UUID(
        scene.call("merge_contacts", who, workspace_id=scene.workspace_id, keep_id=keep, merge_id=other)["merge_id"]
    )


def permit(scene: Scene, contact: UUID, channel: str, state: str, basis: str = "consent") -> None:
    """What a contact permits."""
    scene.rows(
        "insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis) "
        "values (%(workspace)s, %(contact)s, %(channel)s, %(state)s, %(basis)s) "
        "on conflict (workspace_id, contact_id, channel) do update set state = excluded.state, basis = excluded.basis",
        workspace=scene.workspace_id, contact=contact, channel=channel, state=state, basis=basis,
    )  # fmt: skip


def permissions(scene: Scene, contact: UUID) -> dict[str, tuple[str, str]]:
    """By channel: state and basis."""
    found = scene.rows(
        "select channel, state, basis from public.contact_permissions where contact_id = %(id)s order by 1", id=contact
    )
    return {row["channel"]: (row["state"], row["basis"]) for row in found}


def add_activity(scene: Scene, contact: UUID | None = None, attendees: tuple[UUID, ...] = ()) -> UUID:
    """An activity with a contact and with attendees; gives its id."""
    (row,) = scene.rows(
        "insert into public.activities (workspace_id, kind, title, contact_id) "
        "values (%(workspace)s, 'meeting', 'Tasting', %(contact)s) returning id",
        workspace=scene.workspace_id, contact=contact,
    )  # fmt: skip
    for attendee in attendees:
        scene.rows(
            "insert into public.activity_attendees (workspace_id, activity_id, contact_id) "
            "values (%(workspace)s, %(activity)s, %(contact)s)",
            workspace=scene.workspace_id, activity=row["id"], contact=attendee,
        )  # fmt: skip
    return row["id"]


def hanging_on(scene: Scene, contact: UUID) -> dict[str, list[Any]]:
    """What hangs on a contact, by table."""
    queries = {
        "addresses": "select address || case when is_main then ' main' else '' end as it from public.contact_addresses",
        "activities": "select id as it from public.activities",
        "attends": "select activity_id as it from public.activity_attendees",
        "deals": "select deal_id as it from public.deal_contacts",
        "messages": "select idempotency_key as it from public.sent_messages",
    }
    return {
        name: sorted(str(row["it"]) for row in scene.database.rows(f"{query} where contact_id = %s", (contact,)))
        for name, query in queries.items()
    }


def pair(scene: Scene) -> tuple[UUID, UUID]:
    """Two contacts that are one person, with things of their own and things that both have."""
    scene.define("size", "number")
    scene.define("tier", "choice", ["gold", "tin"])
    company = scene.rows(
        "insert into public.companies (workspace_id, name) values (%(id)s, 'Engines') returning id",
        id=scene.workspace_id,
    )[0]["id"]
    keep = scene.add_contact("Ada Lovelace", "ada@example.com", "+16135550142", tags=["vip"], job_title="Analyst")
    other = scene.add_contact(
        "A. Lovelace", "countess@example.com", "ada@example.com", "+441632960001", tags=["math", "vip"],
        company_id=company, owner_id=scene.people["admin"].id, lifecycle="customer", language="en-GB",
        time_zone="Europe/London", description="Met in Turin", job_title="Countess",
    )  # fmt: skip
    for contact, attributes in ((keep, '{"tier": "gold"}'), (other, '{"tier": "tin", "size": 4}')):
        scene.rows("update public.contacts set attributes = %(it)s::jsonb where id = %(id)s", it=attributes, id=contact)
    key = uuid4()
    add_message(scene, keep, key)
    add_message(scene, other, key)
    add_message(scene, other)
    both = add_deal(scene, keep)
    scene.rows(
        "insert into public.deal_contacts (workspace_id, deal_id, contact_id, role) "
        "values (%(w)s, %(d)s, %(c)s, 'buyer')",
        w=scene.workspace_id, d=both, c=other,
    )  # fmt: skip
    add_deal(scene, other)
    add_activity(scene, other, (keep, other))
    add_activity(scene, None, (other,))
    return keep, other
