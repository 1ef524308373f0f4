"""A workspace takes in nothing until its owner has accepted its terms."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage, publish
from tests.personas import run_as


def test_workspace_is_closed_to_writes_until_its_terms_are_accepted(own_stage: Stage) -> None:
    database, owner = own_stage.database, own_stage.people["owner"]
    made = call(database, owner.persona(), "create_workspace", name="Second")
    assert made["are_terms_missing"] is True
    fresh = UUID(made["workspace_id"])
    rename = "update public.workspaces set name = 'Renamed' where id = %s returning id"
    with pytest.raises(psycopg.Error, match="terms_missing"):
        run_as(database, owner.persona(), rename, (fresh,))
    # The other workspace of the same owner has its terms.
    assert run_as(database, owner.persona(), rename, (own_stage.workspace_id,)) == [{"id": own_stage.workspace_id}]
    assert call(database, owner.persona(), "own_state")["workspaces_without_terms"] == [str(fresh)]
    terms = {"policy_version_id": own_stage.terms["id"], "text_sha256": own_stage.terms["text_sha256"]}
    answer = call(database, owner.persona(), "accept_workspace_terms", workspace_id=fresh, **terms)
    assert answer == {"outcome": "accepted", "are_terms_missing": False}
    assert run_as(database, owner.persona(), rename, (fresh,)) == [{"id": fresh}]
    publish(database, "service_agreement", "terms-2")
    assert call(database, owner.persona(), "own_state")["workspaces_without_terms"] == []
    publish(database, "data_processing_terms", "dpa-1")
    assert len(call(database, owner.persona(), "own_state")["workspaces_without_terms"]) == 2
    answer = call(database, owner.persona(), "accept_workspace_terms", workspace_id=fresh, **terms)
    assert answer == {"outcome": "accepted_before", "are_terms_missing": True}


def test_data_of_others_comes_into_no_workspace_without_terms(own_stage: Stage) -> None:
    database, owner, here = own_stage.database, own_stage.persona("owner"), {"workspace_id": own_stage.workspace_id}
    contact = {"address": "new@example.com", "purpose": "marketing", "source": "form"}
    text = {"consent_text_id": own_stage.text["id"], "text_sha256": own_stage.text["text_sha256"]}
    publish(database, "data_processing_terms", "dpa-1")
    for function, arguments in (
        ("invite_member", {"email": "new@example.com", "role": "member"}), ("record_contact_consent", contact | text),
    ):  # fmt: skip
        with pytest.raises(Refused, match="terms_missing") as refused:
            call(database, owner, function, **here, **arguments)
        assert refused.value.status == 403
    assert database.value("select count(*) from public.invitations where email = 'new@example.com'") == 0
    # A withdrawal is a right of the contact.
    assert call(database, owner, "withdraw_contact_consent", **here, **contact)["state"] == "withdrawn"
