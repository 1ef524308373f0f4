"""What is wrong is refused by a name that docs/errors.md lists, whoever writes it, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.records.writing import attempt, held
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.stage import Stage

# Table, record of the stage, what an update sets, and the name of the refusal.
_WRONG = [
    ("companies", "company", {"name": "  "}, "company_name_is_short"),
    ("companies", "company", {"domain": "Example.com"}, "domain_is_a_host_name"),
    ("companies", "company", {"domain": "localhost"}, "domain_is_a_host_name"),
    ("companies", "company", {"website": "javascript:alert(1)"}, "website_is_a_web_address"),
    ("companies", "company", {"phone": "6135550142"}, "company_phone_is_e164"),
    ("companies", "company", {"country": "Canada"}, "country_is_a_code"),
    ("companies", "company", {"tags": ["x"] * 51}, "tags_are_few_and_short"),
    ("companies", "company", {"tags": ["x", None]}, "tags_are_few_and_short"),
    ("companies", "company", {"tags": ["x", " "]}, "tags_show"),
    ("contacts", "contact", {"tags": [""]}, "tags_show"),
    ("deals", "deal", {"tags": ["", "x"]}, "tags_show"),
    ("companies", "company", {"name": "Bell\u0007"}, "company_name_is_visible"),
    ("contacts", "contact", {"full_name": "\u202eevil"}, "contact_name_is_visible"),
    ("deals", "deal", {"name": "two\nlines"}, "deal_name_is_visible"),
    ("activities", "activity", {"title": "\u2066x"}, "activity_title_is_visible"),
    ("pipelines", "pipeline", {"name": "\t1"}, "pipeline_name_is_visible"),
    ("pipeline_stages", "pipeline_stage", {"name": "\ufeffx"}, "stage_name_is_visible"),
    ("companies", "company", {"attributes": "[1]"}, "attributes_are_an_object"),
    ("companies", "company", {"attributes": "null"}, "attributes_are_an_object"),
    ("companies", "company", {"name": None}, "23502"),
    ("companies", "company", {"owner_id": "me"}, "22P02"),
    ("contacts", "contact", {"full_name": ""}, "contact_name_is_short"),
    ("contacts", "contact", {"lifecycle": "friend"}, "lifecycle_is_known"),
    ("contacts", "contact", {"source": "bought"}, "contact_source_is_known"),
    ("contacts", "contact", {"lawful_basis": "why not"}, "lawful_basis_is_known"),
    ("contacts", "contact", {"language": "french"}, "language_is_a_tag"),
    ("contacts", "contact", {"time_zone": "Mars/Olympus"}, "contact_time_zone_is_known"),
    ("contacts", "contact", {"time_zone": "XYZ5"}, "contact_time_zone_is_known"),
    ("contact_addresses", "contact_address", {"address": "Grace@example.com"}, "address_fits_its_kind"),
    ("contact_addresses", "contact_address", {"address": "+16135550142"}, "address_fits_its_kind"),
    ("contact_addresses", "contact_address", {"label": ""}, "label_is_short"),
    ("contact_addresses", "contact_address", {"is_main": "perhaps"}, "22P02"),
    ("contact_permissions", "contact_permission", {"state": "maybe"}, "permission_state_is_known"),
    ("contact_permissions", "contact_permission", {"basis": "none"}, "permission_basis_is_known"),
    ("contact_permissions", "contact_permission", {"ends_at": "infinity"}, "permission_ends_at_is_a_moment"),
    ("contact_permissions", "contact_permission", {"calling_from": "09:00"}, "calling_hours_are_a_span"),
    (
        "contact_permissions", "contact_permission", {"calling_from": "17:00", "calling_until": "09:00"},
        "calling_hours_are_a_span",
    ),
    (
        "contact_permissions", "contact_permission", {"calling_from": "09:00", "calling_until": "17:00"},
        "calling_hours_are_for_calls",
    ),
    ("pipelines", "pipeline", {"name": ""}, "pipeline_name_is_short"),
    ("pipelines", "pipeline", {"position": -1}, "pipeline_position_is_small"),
    ("pipeline_stages", "pipeline_stage", {"position": 1001}, "stage_position_is_small"),
    ("pipeline_stages", "pipeline_stage", {"outcome": "drawn"}, "stage_outcome_is_known"),
    ("deals", "deal", {"amount": -0.01}, "amount_is_not_negative"),
    ("deals", "deal", {"amount": "NaN"}, "amount_is_not_negative"),
    ("deals", "deal", {"amount": "Infinity"}, "22003"),
    ("deals", "deal", {"amount": 10**12}, "22003"),
    ("deals", "deal", {"amount": "a lot"}, "22P02"),
    ("deals", "deal", {"amount": None}, "amount_has_a_currency"),
    ("deals", "deal", {"currency": None}, "amount_has_a_currency"),
    ("deals", "deal", {"currency": "cad"}, "currency_is_known"),
    ("deals", "deal", {"currency": "XXX"}, "currency_is_known"),
    ("deals", "deal", {"currency": "dollars"}, "currency_is_three_letters"),
    ("deals", "deal", {"expected_close_on": "infinity"}, "expected_close_on_is_a_day"),
    ("deals", "deal", {"expected_close_on": "2026-02-30"}, "22008"),
    ("deals", "deal", {"expected_close_on": "soon"}, "22007"),
    ("deal_contacts", "deal_contact", {"role": "boss"}, "participant_role_is_known"),
    ("activities", "activity", {"kind": "party"}, "activity_kind_is_known"),
    ("activities", "activity", {"title": " "}, "activity_title_is_short"),
    ("activities", "activity", {"starts_at": "2026-12-01T10:00Z", "ends_at": "2026-12-01T09:00Z"},
     "ends_at_is_not_before_starts_at"),
    ("activities", "activity", {"ends_at": "2026-12-01T09:00Z"}, "end_has_a_start"),
    ("activities", "activity", {"due_at": "infinity"}, "times_are_moments"),
    ("activities", "activity", {"starts_at": "-infinity"}, "times_are_moments"),
    ("activities", "activity", {"starts_at": "tomorrow morning"}, "22007"),
    ("activities", "activity", {"time_zone": "Europe/Nowhere"}, "activity_time_zone_is_known"),
    ("activities", "activity", {"call_outcome": "answered"}, "call_facts_are_of_calls"),
    ("activities", "activity", {"kind": "call", "call_outcome": "asleep"}, "call_outcome_is_known"),
    ("activities", "activity", {"kind": "call", "call_direction": "up"}, "call_direction_is_known"),
    ("activities", "activity", {"kind": "call", "call_seconds": -1}, "call_seconds_are_less_than_a_day"),
    ("activities", "activity", {"kind": "call", "call_from": "anonymous"}, "call_from_is_e164"),
    ("activities", "activity", {"kind": "call", "call_to": "911"}, "call_to_is_e164"),
    ("attribute_definitions", "attribute_definition", {"label": ""}, "attribute_label_is_short"),
    ("attribute_definitions", "attribute_definition", {"choices": ["a"]}, "choices_are_of_choices"),
]  # fmt: skip
_TOO_LONG = [
    ("companies", "company", "industry", 100, "company_industry_is_short"),
    ("companies", "company", "city", 100, "city_is_short"),
    ("companies", "company", "description", 10_000, "company_description_is_short"),
    ("contacts", "contact", "job_title", 200, "job_title_is_short"),
    ("contacts", "contact", "source_detail", 200, "source_detail_is_short"),
    ("contacts", "contact", "description", 10_000, "contact_description_is_short"),
    ("contact_addresses", "contact_address", "label", 50, "label_is_short"),
    ("pipeline_stages", "pipeline_stage", "name", 100, "stage_name_is_short"),
    ("deals", "deal", "name", 200, "deal_name_is_short"),
    ("deals", "deal", "description", 10_000, "deal_description_is_short"),
    ("activities", "activity", "description", 10_000, "activity_description_is_short"),
    ("activities", "activity", "location", 500, "location_is_short"),
]
# Of what is given once, when the record is made.
_WRONG_AT_FIRST = [
    ("contact_permissions (workspace_id, contact_id, channel, state, basis) "
     "values (%(workspace)s, %(contact)s, 'fax', 'allowed', 'consent')", "permission_channel_is_known"),
    ("contact_permissions (workspace_id, contact_id, channel, state, basis) "
     "values (%(workspace)s, %(contact)s, 'email', 'allowed', 'consent')", "one_permission_per_channel"),
    ("contact_addresses (workspace_id, contact_id, kind, address) "
     "values (%(workspace)s, %(contact)s, 'fax', 'g@example.com')", "address_kind_is_known"),
    ("contact_addresses (workspace_id, contact_id, kind, address) "
     "values (%(workspace)s, %(contact)s, 'email', 'grace@example.com')", "address_is_held_once"),
    ("contact_addresses (workspace_id, contact_id, kind, address, is_main) "
     "values (%(workspace)s, %(contact)s, 'email', 'g@example.com', true)", "one_main_address_of_a_kind"),
    ("deal_contacts (workspace_id, deal_id, contact_id) values (%(workspace)s, %(deal)s, %(contact)s)",
     "contact_takes_part_once"),
    ("activity_attendees (workspace_id, activity_id, contact_id) values (%(workspace)s, %(activity)s, %(contact)s)",
     "attendee_is_named_once"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind) "
     "values (%(workspace)s, 'profiles', 'x', 'X', 'text')", "attribute_table_is_known"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind) "
     "values (%(workspace)s, 'contacts', 'Shoe size', 'X', 'text')", "attribute_key_is_snake_case"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind) "
     "values (%(workspace)s, 'contacts', 'shoe_size', 'X', 'text')", "attribute_key_is_taken_once"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind) "
     "values (%(workspace)s, 'contacts', 'x', 'X', 'money')", "attribute_kind_is_known"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind) "
     "values (%(workspace)s, 'contacts', 'x', 'X', 'choice')", "choices_are_of_choices"),
    ("attribute_definitions (workspace_id, table_name, key, label, kind, choices) "
     "values (%(workspace)s, 'contacts', 'x', 'X', 'choice', '{}')", "choices_are_few_and_short"),
    ("contacts (workspace_id, id, full_name) values (%(workspace)s, %(contact)s, 'Twice')", "contacts_pkey"),
    # So that stage_is_named_with_its_pipeline is never met: the id alone is taken.
    ("pipeline_stages (workspace_id, pipeline_id, id, name) "
     "values (%(workspace)s, %(pipeline)s, %(pipeline_stage)s, 'Twice')", "pipeline_stages_pkey"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "record", "values", "code"), _WRONG)
def test_wrong_value_is_refused_by_name_and_nothing_changes(
    stage: Stage, table: str, record: str, values: dict[str, Any], code: str
) -> None:
    before = held(stage, table, record)
    settings = ", ".join(f"{column} = %({column})s" for column in values)
    with pytest.raises(Refused) as refused:
        attempt(stage, "owner", f"update public.{table} set {settings} where id = %(row)s",
                row=stage.records[record], **values)  # fmt: skip
    assert refused.value.code == code
    assert held(stage, table, record) == before


@pytest.mark.parametrize(("table", "record", "column", "most", "code"), _TOO_LONG)
def test_text_is_taken_up_to_its_bound(
    stage: Stage, table: str, record: str, column: str, most: int, code: str
) -> None:
    statement = f"update public.{table} set {column} = %(text)s where id = %(row)s"
    assert attempt(stage, "member" if table != "pipeline_stages" else "admin", statement, row=stage.records[record],
                   text="é" * most)  # fmt: skip
    with pytest.raises(Refused, match=code):
        attempt(stage, "owner", statement, row=stage.records[record], text="é" * (most + 1))


@pytest.mark.parametrize(("row", "code"), _WRONG_AT_FIRST)
def test_wrong_record_is_refused_by_name(stage: Stage, row: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        attempt(stage, "owner", f"insert into public.{row}")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("companies", {"domain": "shop.example.com", "website": "https://shop.example.com/?a=b", "country": "CA"}),
        ("contacts", {"time_zone": "America/Port-au-Prince", "language": "fr-CA", "tags": ["vip", "bread"]}),
        ("deals", {"amount": "999999999999.99", "currency": "JPY", "expected_close_on": "2026-12-31"}),
        ("activities", {"starts_at": "2026-12-01T09:00Z", "ends_at": "2026-12-01T09:00Z", "time_zone": "UTC"}),
    ],
)
def test_right_value_is_taken(stage: Stage, table: str, values: dict[str, Any]) -> None:
    settings = ", ".join(f"{column} = %({column})s" for column in values)
    name = {"companies": "company", "activities": "activity"}.get(table, table.rstrip("s"))
    statement = f"update public.{table} set {settings} where id = %(row)s returning id"
    assert attempt(stage, "member", statement, row=stage.records[name], **values)
