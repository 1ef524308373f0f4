"""One record of each kind in a workspace, live and in the trash, for tests to try their rights on."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.databases import Database

Records = dict[str, UUID]
# What is made, in this order: the name that tests use, and the row. Each row's own id is %(id)s.
_ROWS = {
    "company": "companies (workspace_id, id, name, owner_id) values (%(workspace)s, %(id)s, 'Mill', %(owner)s)",
    "trashed_company": "companies (workspace_id, id, name, trashed_at) values (%(workspace)s, %(id)s, 'Old', now())",
    "contact": "contacts (workspace_id, id, full_name, company_id, owner_id) "
    "values (%(workspace)s, %(id)s, 'Grace Example', %(company)s, %(owner)s)",
    "trashed_contact": "contacts (workspace_id, id, full_name, trashed_at) "
    "values (%(workspace)s, %(id)s, 'Old', now())",
    "contact_address": "contact_addresses (workspace_id, id, contact_id, kind, address, is_main) "
    "values (%(workspace)s, %(id)s, %(contact)s, 'email', 'grace@example.com', true)",
    "contact_permission": "contact_permissions (workspace_id, id, contact_id, channel, state, basis) "
    "values (%(workspace)s, %(id)s, %(contact)s, 'email', 'allowed', 'consent')",
    "pipeline": "pipelines (workspace_id, id, name) values (%(workspace)s, %(id)s, 'Sales')",
    "empty_pipeline": "pipelines (workspace_id, id, name) values (%(workspace)s, %(id)s, 'Unused')",
    "pipeline_stage": "pipeline_stages (workspace_id, id, pipeline_id, name) "
    "values (%(workspace)s, %(id)s, %(pipeline)s, 'Talking')",
    "won_stage": "pipeline_stages (workspace_id, id, pipeline_id, name, outcome) "
    "values (%(workspace)s, %(id)s, %(pipeline)s, 'Won', 'won')",
    "deal": "deals (workspace_id, id, name, pipeline_id, stage_id, company_id, owner_id, amount, currency) values "
    "(%(workspace)s, %(id)s, 'Bread', %(pipeline)s, %(pipeline_stage)s, %(company)s, %(owner)s, 120, 'CAD')",
    "trashed_deal": "deals (workspace_id, id, name, pipeline_id, stage_id, trashed_at) "
    "values (%(workspace)s, %(id)s, 'Old', %(pipeline)s, %(pipeline_stage)s, now())",
    "deal_contact": "deal_contacts (workspace_id, id, deal_id, contact_id) "
    "values (%(workspace)s, %(id)s, %(deal)s, %(contact)s)",
    "activity": "activities (workspace_id, id, kind, title, contact_id, company_id, deal_id, assignee_id) values "
    "(%(workspace)s, %(id)s, 'meeting', 'Tasting', %(contact)s, %(company)s, %(deal)s, %(owner)s)",
    "trashed_activity": "activities (workspace_id, id, kind, title, trashed_at) "
    "values (%(workspace)s, %(id)s, 'note', 'Old', now())",
    "activity_attendee": "activity_attendees (workspace_id, id, activity_id, contact_id) "
    "values (%(workspace)s, %(id)s, %(activity)s, %(contact)s)",
    "sent_message": "sent_messages (workspace_id, id, sender_id, contact_id, field, idempotency_key, is_shared) "
    "values (%(workspace)s, %(id)s, %(owner)s, %(contact)s, 'to', gen_random_uuid(), true)",
    "attribute_definition": "attribute_definitions (workspace_id, id, table_name, key, label, kind) "
    "values (%(workspace)s, %(id)s, 'contacts', 'shoe_size', 'Shoe size', 'number')",
}
# Its row says who sent it instead.
_NOT_STAMPED = "sent_message"


def add_records(database: Database, workspace_id: UUID, owner_id: UUID) -> Records:
    """Make them as the database's owner, in the name of a member who owns what has an owner; gives their ids."""
    ids = {name: uuid4() for name in _ROWS}
    for name, row in _ROWS.items():
        database.execute(
            f"insert into public.{row if name == _NOT_STAMPED else _stamped(row)}",
            {"workspace": workspace_id, "owner": owner_id, **ids, "id": ids[name]},
        )
    return ids


def _stamped(row: str) -> str:
    return row.replace(" (workspace_id,", " (created_by, workspace_id,").replace("values (", "values (%(owner)s, ")
