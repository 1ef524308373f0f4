"""What the cells of the access table name: for each table its row, change, new row; for each function its arguments.

One line for each object. A line that is missing fails the cells of its object.
"""

from __future__ import annotations

from typing import Any

from tests.database.workspaces.stage import ADDRESS, Stage

# Which row of the stage the cell is about.
ROW = {
    "profiles": "user_id = %(owner)s",
    "google_connections": "user_id = %(owner)s",
    "security_notices": "user_id = %(owner)s",
    "workspaces": "id = %(workspace)s",
    "workspace_members": "workspace_id = %(workspace)s and user_id = %(owner)s",
    "invitations": "id = %(invitation)s",
    "policy_versions": "id = %(version)s",
    "policy_notices": "id = %(notice)s",
    "agreements": "user_id = %(owner)s",
    "workspace_agreements": "workspace_id = %(workspace)s",
    "consent_texts": "id = %(text)s",
    "consents": "workspace_id = %(workspace)s",
    "current_consents": "workspace_id = %(workspace)s",
    "companies": "id = %(company)s",
    "contacts": "id = %(contact)s",
    "contact_addresses": "id = %(contact_address)s",
    "contact_permissions": "id = %(contact_permission)s",
    "pipelines": "id = %(pipeline)s",
    "pipeline_stages": "id = %(pipeline_stage)s",
    "deals": "id = %(deal)s",
    "deal_contacts": "id = %(deal_contact)s",
    "deal_stage_changes": "deal_id = %(deal)s",
    "activities": "id = %(activity)s",
    "activity_attendees": "id = %(activity_attendee)s",
    "sent_messages": "id = %(sent_message)s",
    "attribute_definitions": "id = %(attribute_definition)s",
    "record_changes": "record_id = %(contact)s",
    "activity_reminders": "user_id = %(owner)s",
    "own_open_activities": "assignee_id = %(owner)s",
    "stage_totals": "stage_id = %(pipeline_stage)s",
    "contact_timeline": "contact_id = %(contact)s",
    "company_timeline": "company_id = %(company)s",
    "deal_timeline": "deal_id = %(deal)s",
    "imports": "id = %(checked_import)s",
    "import_rows": "import_id = %(checked_import)s",
    "import_problems": "import_id = %(checked_import)s",
    "list_exports": "id = %(list_export)s",
    "contact_merges": "id = %(merge)s",
}
# Which row a deletion is about, if it is another one: one in the trash, or one that nothing hangs on.
DELETED_ROW = {
    "companies": "id = %(trashed_company)s",
    "contacts": "id = %(trashed_contact)s",
    "pipelines": "id = %(empty_pipeline)s",
    "pipeline_stages": "id = %(won_stage)s",
    "deals": "id = %(trashed_deal)s",
    "activities": "id = %(trashed_activity)s",
}
# What an update of the table sets; any other column would do.
SET = {
    "profiles": "company = 'Changed'",
    "google_connections": "email = 'changed@example.com'",
    "security_notices": "kind = 'google_reconnect_required'",
    "workspaces": "name = 'Changed'",
    "workspace_members": "role = 'member'",
    "invitations": "email = 'changed@example.com'",
    "policy_versions": "version = 'changed'",
    "policy_notices": "channel = 'email'",
    "agreements": "text_sha256 = 'changed'",
    "workspace_agreements": "text_sha256 = 'changed'",
    "consent_texts": "text = 'Changed.'",
    "consents": "state = 'withdrawn'",
    "current_consents": "state = 'withdrawn'",
    "companies": "name = 'Changed'",
    "contacts": "full_name = 'Changed'",
    "contact_addresses": "label = 'changed'",
    "contact_permissions": "basis = 'contract'",
    "pipelines": "name = 'Changed'",
    "pipeline_stages": "name = 'Changed'",
    "deals": "name = 'Changed'",
    "deal_contacts": "role = 'buyer'",
    "deal_stage_changes": "to_stage_id = null",
    "activities": "title = 'Changed'",
    "activity_attendees": "contact_id = %(trashed_contact)s",
    "sent_messages": "is_shared = true",
    "attribute_definitions": "label = 'Changed'",
    "record_changes": "fields = '{}'",
    "activity_reminders": "shown_at = now()",
    "own_open_activities": "title = 'Changed'",
    "stage_totals": "amount = 0",
    "contact_timeline": "title = 'Changed'",
    "company_timeline": "title = 'Changed'",
    "deal_timeline": "title = 'Changed'",
    "imports": "file_name = 'changed'",
    "import_rows": "full_name = 'Changed'",
    "import_problems": "code = 'bad_email'",
    "list_exports": "contact_count = 0",
    "contact_merges": "undone_at = null",
}
# A row as a member would add it, for tables that clients may insert into: whoever is refused lacks no value.
NEW = {
    "companies": "(workspace_id, name) values (%(workspace)s, 'New')",
    "contacts": "(workspace_id, full_name) values (%(workspace)s, 'New')",
    "contact_addresses": "(workspace_id, contact_id, kind, address) "
    "values (%(workspace)s, %(contact)s, 'phone', '+16135550142')",
    "contact_permissions": "(workspace_id, contact_id, channel, state, basis) "
    "values (%(workspace)s, %(contact)s, 'sms', 'allowed', 'consent')",
    "pipelines": "(workspace_id, name) values (%(workspace)s, 'New')",
    "pipeline_stages": "(workspace_id, pipeline_id, name) values (%(workspace)s, %(pipeline)s, 'New')",
    "deals": "(workspace_id, name, pipeline_id, stage_id) "
    "values (%(workspace)s, 'New', %(pipeline)s, %(pipeline_stage)s)",
    "deal_contacts": "(workspace_id, deal_id, contact_id) values (%(workspace)s, %(deal)s, %(trashed_contact)s)",
    "activities": "(workspace_id, kind, title) values (%(workspace)s, 'note', 'New')",
    "activity_attendees": "(workspace_id, activity_id, contact_id) "
    "values (%(workspace)s, %(activity)s, %(trashed_contact)s)",
    "attribute_definitions": "(workspace_id, table_name, key, label, kind) "
    "values (%(workspace)s, 'contacts', 'new', 'New', 'text')",
}
# Answers that are a refusal without an error.
REFUSALS = {"invitation_not_found", "invitation_used", "invitation_expired", "too_many_attempts", "session_ended"}


def parameters(stage: Stage) -> dict[str, Any]:
    """What the lines above may name."""
    return {
        "owner": stage.id("owner"), "workspace": stage.workspace_id, "invitation": stage.invitation_id,
        "version": stage.version["id"], "notice": stage.notice_id, "text": stage.text["id"],
        **stage.records, **stage.lists,
    }  # fmt: skip


def calls_of(stage: Stage, who: str) -> dict[str, dict[str, Any]]:
    """The arguments of each function as this person would give them."""
    workspace, spare = {"workspace_id": stage.workspace_id}, {"user_id": stage.id("spare")}
    version = {"policy_version_id": stage.version["id"], "text_sha256": stage.version["text_sha256"]}
    text = {"consent_text_id": stage.text["id"], "text_sha256": stage.text["text_sha256"]}
    terms = {"policy_version_id": stage.terms["id"], "text_sha256": stage.terms["text_sha256"]}
    contact = {**workspace, "address": ADDRESS, "purpose": "marketing", "source": "form"}
    lists = stage.lists
    return {
        "accept_invitation": {"token": stage.token},
        "accept_policy": version,
        "accept_workspace_terms": {**workspace, **terms},
        "add_import_part": {"import_id": lists["open_import"], "part_number": 2, "content": "Grace,\n"},
        "attest_adult": {"is_adult": True},
        "begin_import": {**workspace, "source": "event", "lawful_basis": "consent", "file_name": "people.csv"},
        "cancel_import": {"import_id": lists["open_import"]},
        "change_member_role": {**workspace, **spare, "role": "admin"},
        "check_import": {"import_id": lists["checked_import"]},
        "commit_import": {"import_id": lists["checked_import"], "only_good_rows": True},
        "create_workspace": {"name": f"Shop of {who}"},
        "disconnect_google": {},
        "export_contacts": workspace,
        "find_duplicates": workspace,
        "give_consent": {"purpose": "marketing", **text},
        "invite_member": {**workspace, "email": "new@example.com", "role": "member"},
        "leave_workspace": workspace,
        "mark_policy_notice_delivered": {"notice_id": stage.notice_id},
        "merge_contacts": {**workspace, "keep_id": lists["kept_contact"], "merge_id": lists["merged_contact"]},
        "own_state": {},
        "record_contact_consent": {**contact, **text},
        "remove_member": {**workspace, **spare},
        "search_records": {**workspace, "query": "Grace"},
        "transfer_ownership": {**workspace, **spare},
        "undo_import": {"import_id": lists["committed_import"]},
        "unmerge_contacts": {**workspace, "merge_id": lists["merge"]},
        "withdraw_consent": {"purpose": "marketing"},
        "withdraw_contact_consent": contact,
    }
