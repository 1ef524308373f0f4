"""Pointing at a record of another workspace is refused by the key's name, in the same words as pointing at none."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.database.records.answers import answer_to
from tests.database.workspaces.stage import Stage

# Each key that a client can meet: a row of the stranger's own workspace that names %(id)s, and whose id that is.
_POINTING = {
    "company_owner_is_a_member": ("companies (workspace_id, name, owner_id) values (%(w)s, 'New', %(id)s)", "owner"),
    "contact_owner_is_a_member": (
        "contacts (workspace_id, full_name, owner_id) values (%(w)s, 'New', %(id)s)", "owner",
    ),
    "contact_company_is_of_the_workspace": (
        "contacts (workspace_id, full_name, company_id) values (%(w)s, 'New', %(id)s)", "company",
    ),
    "address_belongs_to_a_contact": (
        "contact_addresses (workspace_id, contact_id, kind, address) values (%(w)s, %(id)s, 'email', 'g@example.com')",
        "contact",
    ),
    "permission_belongs_to_a_contact": (
        "contact_permissions (workspace_id, contact_id, channel, state, basis) "
        "values (%(w)s, %(id)s, 'sms', 'allowed', 'consent')", "contact",
    ),
    "stage_belongs_to_a_pipeline": (
        "pipeline_stages (workspace_id, pipeline_id, name) values (%(w)s, %(id)s, 'New')", "pipeline",
    ),
    "deal_stage_is_of_its_pipeline": (
        "deals (workspace_id, name, pipeline_id, stage_id) values (%(w)s, 'New', %(own_pipeline)s, %(id)s)",
        "pipeline_stage",
    ),
    "deal_company_is_of_the_workspace": (
        "deals (workspace_id, name, pipeline_id, stage_id, company_id) "
        "values (%(w)s, 'New', %(own_pipeline)s, %(own_stage)s, %(id)s)", "company",
    ),
    "deal_owner_is_a_member": (
        "deals (workspace_id, name, pipeline_id, stage_id, owner_id) "
        "values (%(w)s, 'New', %(own_pipeline)s, %(own_stage)s, %(id)s)", "owner",
    ),
    "participant_takes_part_in_a_deal": (
        "deal_contacts (workspace_id, deal_id, contact_id) values (%(w)s, %(id)s, %(own_contact)s)", "deal",
    ),
    "participant_is_a_contact": (
        "deal_contacts (workspace_id, deal_id, contact_id) values (%(w)s, %(own_deal)s, %(id)s)", "contact",
    ),
    "activity_contact_is_of_the_workspace": (
        "activities (workspace_id, kind, title, contact_id) values (%(w)s, 'note', 'New', %(id)s)", "contact",
    ),
    "activity_company_is_of_the_workspace": (
        "activities (workspace_id, kind, title, company_id) values (%(w)s, 'note', 'New', %(id)s)", "company",
    ),
    "activity_deal_is_of_the_workspace": (
        "activities (workspace_id, kind, title, deal_id) values (%(w)s, 'note', 'New', %(id)s)", "deal",
    ),
    "assignee_is_a_member": (
        "activities (workspace_id, kind, title, assignee_id) values (%(w)s, 'note', 'New', %(id)s)", "owner",
    ),
    "attendee_takes_part_in_an_activity": (
        "activity_attendees (workspace_id, activity_id, contact_id) values (%(w)s, %(id)s, %(own_contact)s)",
        "activity",
    ),
    "attendee_is_a_contact": (
        "activity_attendees (workspace_id, activity_id, contact_id) values (%(w)s, %(own_activity)s, %(id)s)",
        "contact",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", _POINTING)
def test_pointing_at_a_record_of_another_workspace_answers_as_at_none(stage: Stage, key: str) -> None:
    row, name = _POINTING[key]
    theirs = {**stage.records, "owner": stage.id("owner")}[name]
    own = {f"own_{kind.removeprefix('pipeline_')}": value for kind, value in stage.records_elsewhere.items()}
    answers = {
        answer_to(stage, f"insert into public.{row}", **own, w=stage.elsewhere_id, id=pointed)
        for pointed in (theirs, uuid4())
    }
    assert len(answers) == 1
    (answer,) = answers
    assert answer.startswith("23503")
    assert key in answer
