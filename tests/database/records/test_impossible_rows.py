"""A record that cannot be true is not stored, whoever writes it, our own functions too, past every trigger."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.workspaces.stage import Stage

_NOBODY = "gen_random_uuid()"
# Each key, with the column that names nobody and nothing.
_KEYS = {
    "private.contact_merge_persons": {
        "contact_merge_persons_user_id_fkey": "user_id", "person_is_named_in_a_merge": "merge_id",
    },
    "private.import_uploads": {
        "upload_belongs_to_an_import": "import_id",
    },
    "private.queued_reminders": {
        "queued_reminders_outbox_id_fkey": "outbox_id", "reminder_waits_for_an_activity": "activity_id",
    },
    "public.activities": {
        "activities_created_by_fkey": "created_by", "activities_updated_by_fkey": "updated_by",
        "activities_workspace_id_fkey": "workspace_id", "activity_company_is_of_the_workspace": "company_id",
        "activity_contact_is_of_the_workspace": "contact_id", "activity_deal_is_of_the_workspace": "deal_id",
        "assignee_is_a_member": "assignee_id",
    },
    "public.activity_attendees": {
        "activity_attendees_created_by_fkey": "created_by", "activity_attendees_updated_by_fkey": "updated_by",
        "activity_attendees_workspace_id_fkey": "workspace_id", "attendee_is_a_contact": "contact_id",
        "attendee_takes_part_in_an_activity": "activity_id",
    },
    "public.activity_reminders": {
        "reminder_is_for_a_member": "user_id", "reminder_is_of_an_activity": "activity_id",
    },
    "public.attribute_definitions": {
        "attribute_definitions_created_by_fkey": "created_by",
        "attribute_definitions_updated_by_fkey": "updated_by",
        "attribute_definitions_workspace_id_fkey": "workspace_id",
    },
    "public.companies": {
        "companies_created_by_fkey": "created_by", "companies_updated_by_fkey": "updated_by",
        "companies_workspace_id_fkey": "workspace_id", "company_owner_is_a_member": "owner_id",
    },
    "public.contact_addresses": {
        "address_belongs_to_a_contact": "contact_id", "contact_addresses_created_by_fkey": "created_by",
        "contact_addresses_updated_by_fkey": "updated_by", "contact_addresses_workspace_id_fkey": "workspace_id",
    },
    "public.contact_merges": {
        "contact_merges_merged_by_fkey": "merged_by", "contact_merges_undone_by_fkey": "undone_by",
        "contact_merges_workspace_id_fkey": "workspace_id", "merge_kept_a_contact": "kept_contact_id",
    },
    "public.contact_permissions": {
        "contact_permissions_created_by_fkey": "created_by", "contact_permissions_updated_by_fkey": "updated_by",
        "contact_permissions_workspace_id_fkey": "workspace_id", "permission_belongs_to_a_contact": "contact_id",
    },
    "public.contacts": {
        "contact_company_is_of_the_workspace": "company_id", "contact_owner_is_a_member": "owner_id",
        "contacts_created_by_fkey": "created_by", "contacts_updated_by_fkey": "updated_by",
        "contacts_workspace_id_fkey": "workspace_id",
    },
    "public.deal_contacts": {
        "deal_contacts_created_by_fkey": "created_by", "deal_contacts_updated_by_fkey": "updated_by",
        "deal_contacts_workspace_id_fkey": "workspace_id", "participant_is_a_contact": "contact_id",
        "participant_takes_part_in_a_deal": "deal_id",
    },
    "public.deal_stage_changes": {
        "deal_stage_changes_changed_by_fkey": "changed_by", "deal_stage_changes_workspace_id_fkey": "workspace_id",
        "stage_before_is_of_the_workspace": "from_stage_id", "reached_stage_is_of_the_workspace": "to_stage_id",
        "stage_change_is_of_a_deal": "deal_id",
    },
    "public.deals": {
        "currency_is_known": "currency", "deal_company_is_of_the_workspace": "company_id",
        "deal_owner_is_a_member": "owner_id", "deal_stage_is_of_its_pipeline": "stage_id",
        "deals_created_by_fkey": "created_by", "deals_updated_by_fkey": "updated_by",
        "deals_workspace_id_fkey": "workspace_id",
    },
    "public.import_problems": {
        "problem_belongs_to_an_import": "import_id",
    },
    "public.import_rows": {
        "row_belongs_to_an_import": "import_id",
    },
    "public.imports": {
        "imports_created_by_fkey": "created_by", "imports_workspace_id_fkey": "workspace_id",
    },
    "public.list_exports": {
        "list_exports_exported_by_fkey": "exported_by", "list_exports_workspace_id_fkey": "workspace_id",
    },
    "public.pipeline_stages": {
        "pipeline_stages_created_by_fkey": "created_by", "pipeline_stages_updated_by_fkey": "updated_by",
        "pipeline_stages_workspace_id_fkey": "workspace_id", "stage_belongs_to_a_pipeline": "pipeline_id",
    },
    "public.pipelines": {
        "pipelines_created_by_fkey": "created_by", "pipelines_updated_by_fkey": "updated_by",
        "pipelines_workspace_id_fkey": "workspace_id",
    },
    "public.record_changes": {
        "record_changes_changed_by_fkey": "changed_by", "record_changes_workspace_id_fkey": "workspace_id",
    },
    "public.sent_messages": {
        "message_went_to_a_contact": "contact_id", "sent_messages_sender_id_fkey": "sender_id",
        "sent_messages_workspace_id_fkey": "workspace_id",
    },
}  # fmt: skip
_STAMPED = (
    "activities", "activity_attendees", "attribute_definitions", "companies", "contact_addresses",
    "contact_permissions", "contacts", "deal_contacts", "deals", "pipeline_stages", "pipelines",
)  # fmt: skip
# The constraint, its table, and what makes a row of the stage impossible; the values are SQL.
_IMPOSSIBLE = [
    *((name, table, {column: _NOBODY}) for table, keys in _KEYS.items() for name, column in keys.items()
      if not name.endswith("workspace_id_fkey") and column not in {"currency", "outbox_id"}),
    *(("made_by_is_known", f"public.{table}", {"made_by": "'nobody'"}) for table in _STAMPED),
    *(("version_counts_up", f"public.{table}", {"version": "0"}) for table in _STAMPED),
    *(("trash_has_a_purge_date", f"public.{table}", {"trashed_at": "now()", "purge_at": "null"})
      for table in ("activities", "companies", "contacts", "deals")),
    *(("attributes_are_an_object", f"public.{table}", {"attributes": "'[]'"})
      for table in ("companies", "contacts", "deals")),
    ("currency_is_known", "public.deals", {"amount": "1", "currency": "'XYZ'"}),
    ("queued_reminders_outbox_id_fkey", "private.queued_reminders", {"outbox_id": "0"}),
    ("code_is_three_letters", "private.currencies", {"code": "'cad'"}),
    ("delimiter_is_known", "private.import_uploads", {"targets": "'{full_name}'", "delimiter": "'|'"}),
    ("header_was_read_whole", "private.import_uploads", {"targets": "'{full_name}'", "delimiter": "null"}),
    ("call_provider_id_is_short", "public.activities", {"kind": "'call'", "call_provider_id": "repeat('x', 201)"}),
    ("event_says_where_it_lies", "public.activities",
     {"google_event_id": "repeat('a', 32)", "is_on_primary_calendar": "null"}),
    ("google_event_id_is_one_of_ours", "public.activities",
     {"google_event_id": "'_of_google'", "is_on_primary_calendar": "true"}),
    ("merge_is_of_two_contacts", "public.contact_merges", {"merged_contact_id": "kept_contact_id"}),
    ("undo_until_follows_the_merge", "public.contact_merges", {"undo_until": "merged_at"}),
    ("undone_merge_holds_nothing", "public.contact_merges", {"snapshot": "null", "undone_at": "null"}),
    ("customers_were_converted", "public.contacts", {"lifecycle": "'customer'", "converted_at": "null"}),
    ("import_state_is_known", "public.imports", {"state": "'lost'"}),
    ("committed_import_says_when", "public.imports",
     {"state": "'committed'", "committed_at": "null", "undo_until": "null"}),
    ("committed_import_says_when", "public.imports",
     {"state": "'staging'", "committed_at": "null", "undo_until": "now()"}),
    ("undone_import_says_when", "public.imports",
     {"state": "'undone'", "committed_at": "now()", "undo_until": "now()", "undone_at": "null"}),
    ("import_counts_are_not_negative", "public.imports", {"undone_count": "-1"}),
    ("import_header_is_a_list", "public.imports", {"header": "'{}'"}),
    ("exported_contacts_are_counted", "public.list_exports", {"contact_count": "-1"}),
    ("operation_is_known", "public.record_changes", {"operation": "'read'"}),
    ("message_state_is_known", "public.sent_messages", {"state": "'lost'", "finished_at": "now()"}),
    ("ended_message_says_when", "public.sent_messages",
     {"state": "'failed'", "message_id": "null", "finished_at": "null"}),
    ("sent_message_has_its_id", "public.sent_messages",
     {"state": "'sent'", "message_id": "null", "finished_at": "now()"}),
    ("recipient_field_is_known", "public.sent_messages", {"field": "'from'"}),
]  # fmt: skip
# What may be there once only: a row of the stage, written again.
_TWICE = [
    ("activity_waits_once", "private.queued_reminders"),
    ("reminder_is_given_once", "public.activity_reminders"),
    ("contact_stands_once_on_a_message", "public.sent_messages"),
]
_OF_A_WORKSPACE = [
    (name, table) for table, keys in _KEYS.items() for name in keys if name.endswith("workspace_id_fkey")
]


def _refusal(stage: Stage, table: str, statement: str) -> str | None:
    """Which constraint refused, past the triggers, which would have refused or mended before."""
    with stage.database.connection.transaction(force_rollback=True):
        # A reminder is queued when it is set.
        stage.database.execute("update public.activities set remind_at = now() + interval '1 hour'")
        stage.database.execute(f"alter table {table} disable trigger user")
        try:
            stage.database.execute(statement)
            stage.database.execute("set constraints all immediate")
        except psycopg.IntegrityError as refused:
            return refused.diag.constraint_name
    return None


def _changed(table: str, change: dict[str, str]) -> str:
    sets = ", ".join(f"{column} = {value}" for column, value in change.items())
    # Deals name the stage and its pipeline together.
    before = "delete from public.deals; " if table == "public.pipeline_stages" else ""
    return f"{before}update {table} set {sets} where ctid = (select min(ctid) from {table})"


def _copied(stage: Stage, table: str, change: str) -> str:
    columns = stage.database.value(
        "select string_agg(attname, ', ') from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        (table,),
    )
    return (
        f"insert into {table} ({columns}) overriding system value select {columns} from "
        f"(select (jsonb_populate_record(null::{table}, to_jsonb(held) || jsonb_build_object({change}))).* "
        f"from {table} as held limit 1) as copied"
    )


@pytest.mark.parametrize("table", _KEYS)
def test_row_of_the_stage_is_true(stage: Stage, table: str) -> None:
    column = next(iter(_KEYS[table].values()))
    assert _refusal(stage, table, _changed(table, {column: column})) is None


@pytest.mark.parametrize(("constraint", "table", "change"), _IMPOSSIBLE)
def test_impossible_row_is_refused_by_its_constraint(
    stage: Stage, constraint: str, table: str, change: dict[str, str]
) -> None:
    assert _refusal(stage, table, _changed(table, change)) == constraint


@pytest.mark.parametrize(("constraint", "table"), _TWICE)
def test_what_is_there_is_not_written_again(stage: Stage, constraint: str, table: str) -> None:
    new = "'outbox_id', 0" if table == "private.queued_reminders" else f"'id', {_NOBODY}"
    assert _refusal(stage, table, _copied(stage, table, new)) == constraint


@pytest.mark.parametrize(("constraint", "table"), _OF_A_WORKSPACE)
def test_row_belongs_to_a_workspace_that_there_is(stage: Stage, constraint: str, table: str) -> None:
    # Nothing else of the row would be of that workspace, either.
    others = stage.database.rows(
        "select conname from pg_constraint where conrelid = %s::regclass and contype = 'f' and conname <> %s",
        (table, constraint),
    )
    dropped = "".join(f"alter table {table} drop constraint {row['conname']}; " for row in others)
    new = f"'id', {_NOBODY}, 'workspace_id', {_NOBODY}"
    assert _refusal(stage, table, dropped + _copied(stage, table, new)) == constraint


def test_every_key_of_these_tables_is_tried(stage: Stage) -> None:
    found = stage.database.rows(
        "select conname from pg_constraint where contype = 'f' and conrelid = any(%s::regclass[])", (list(_KEYS),)
    )
    assert {row["conname"] for row in found} == {name for keys in _KEYS.values() for name in keys}
