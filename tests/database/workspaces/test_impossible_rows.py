"""A row that cannot be true is not stored, whoever writes it: each constraint refuses by name what it alone forbids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.database.workspaces.stage import Stage

# One row of each table that would be taken; the values are SQL.
_TAKEN = "(select min(token_hash) from public.invitations)"
_NOBODY, _NOTHING, _HASH = "gen_random_uuid()", "0", "repeat('a', 64)"
_COMING = "(select policy_version_id from public.policy_notices where id = %(notice)s)"
_ROWS = {
    "public.workspace_members": {"workspace_id": "%(workspace)s", "user_id": "%(stranger)s", "role": "'member'"},
    "public.policy_versions": {
        "document": "'privacy_policy'", "version": "'another'", "summary": "'It changed.'",
        "url": "'https://example.com/text'", "text_sha256": _HASH, "is_material": "false", "published_at": "now()",
        "effective_at": "now() + interval '99 days'",
    },
    "public.policy_notices": {
        "user_id": "%(owner)s", "policy_version_id": _COMING, "channel": "'email'", "created_at": "now()",
        "delivered_at": "now()",
    },
    "public.agreements": {
        "user_id": "%(owner)s", "policy_version_id": _COMING, "kind": "'explicit'", "notice_id": "null",
        "text_sha256": _HASH,
    },
    "public.workspace_agreements": {
        "workspace_id": "%(workspace)s", "policy_version_id": _COMING, "accepted_by": "%(owner)s", "text_sha256": _HASH,
    },
    "public.invitations": {
        "workspace_id": "%(workspace)s", "email": "'new@example.com'", "role": "'member'", "token_hash": _HASH,
        "invited_by": "%(owner)s", "created_at": "now()", "expires_at": "now() + interval '7 days'",
    },
    "private.invitation_attempts": {"user_id": "%(owner)s"},
    "private.processing_purposes": {
        "name": "'tell_jokes'", "description": "'Tell jokes.'", "lawful_basis": "'contract'", "needs_consent": "false",
    },
    "private.processors": {
        "name": "'Another'", "purpose": "'Hosting.'", "data_categories": "'{account}'", "country": "'CA'",
        "safeguard": "'Contract.'", "competes_with_customers": "false",
    },
    "public.consent_texts": {
        "purpose": "'marketing'", "version": "'another'", "language": "'fr-CA'", "text": "'Oui.'", "text_sha256": _HASH,
    },
    "public.consents": {
        "user_id": "null", "workspace_id": "%(workspace)s", "address": "'new@example.com'", "address_hash": "null",
        "purpose": "'marketing'", "state": "'given'", "consent_text_id": "%(text)s", "source": "'form'",
        "proof": "'Form 7'", "recorded_by": "%(owner)s",
    },
}  # fmt: skip
_OF_A_USER = {"workspace_id": "null", "address": "null"}
# The constraint, its table, and what makes the row impossible.
_IMPOSSIBLE = [
    ("role_is_known", "public.workspace_members", {"role": "'boss'"}),
    ("workspace_members_workspace_id_fkey", "public.workspace_members", {"workspace_id": _NOBODY}),
    ("workspace_members_user_id_fkey", "public.workspace_members", {"user_id": _NOBODY}),
    ("document_is_known", "public.policy_versions", {"document": "'cookie_notice'"}),
    ("version_is_short", "public.policy_versions", {"version": "''"}),
    ("version_is_short", "public.policy_versions", {"version": "repeat('1', 51)"}),
    ("summary_is_short", "public.policy_versions", {"summary": "''"}),
    ("summary_is_short", "public.policy_versions", {"summary": "repeat('x', 2001)"}),
    ("url_is_https", "public.policy_versions", {"url": "'http://example.com/text'"}),
    ("text_sha256_is_a_hash", "public.policy_versions", {"text_sha256": "repeat('A', 64)"}),
    ("version_is_published_before_it_takes_effect", "public.policy_versions",
     {"effective_at": "now() - interval '1 second'"}),
    ("version_is_published_once", "public.policy_versions", {"version": "'coming'"}),
    ("one_version_takes_effect_at_a_time", "public.policy_versions",
     {"effective_at": f"(select effective_at from public.policy_versions where id = {_COMING})"}),
    ("channel_is_known", "public.policy_notices", {"channel": "'pigeon'"}),
    ("delivered_at_is_not_before_created_at", "public.policy_notices", {"delivered_at": "now() - interval '1 second'"}),
    ("one_notice_per_channel", "public.policy_notices", {"channel": "'in_app'"}),
    ("policy_notices_user_id_fkey", "public.policy_notices", {"user_id": _NOBODY}),
    ("policy_notices_policy_version_id_fkey", "public.policy_notices", {"policy_version_id": _NOTHING}),
    ("kind_is_known", "public.agreements", {"kind": "'silence'"}),
    ("use_has_its_notice", "public.agreements", {"kind": "'use'"}),
    ("use_has_its_notice", "public.agreements", {"notice_id": "%(notice)s"}),
    ("a_version_is_agreed_to_once", "public.agreements", {"policy_version_id": "%(version)s"}),
    ("agreements_user_id_fkey", "public.agreements", {"user_id": _NOBODY}),
    ("agreements_policy_version_id_fkey", "public.agreements", {"policy_version_id": _NOTHING}),
    ("agreements_notice_id_fkey", "public.agreements", {"kind": "'use'", "notice_id": _NOBODY}),
    ("a_version_is_accepted_once", "public.workspace_agreements", {"policy_version_id": "%(terms)s"}),
    ("workspace_agreements_workspace_id_fkey", "public.workspace_agreements", {"workspace_id": _NOBODY}),
    ("workspace_agreements_policy_version_id_fkey", "public.workspace_agreements", {"policy_version_id": _NOTHING}),
    ("workspace_agreements_accepted_by_fkey", "public.workspace_agreements", {"accepted_by": _NOBODY}),
    ("email_is_an_address", "public.invitations", {"email": "'New@example.com'"}),
    ("invited_role_is_known", "public.invitations", {"role": "'owner'"}),
    ("token_hash_is_a_hash", "public.invitations", {"token_hash": "'the token itself'"}),
    ("invitation_expires_after_it_was_made", "public.invitations", {"expires_at": "now()"}),
    ("invitations_token_hash_key", "public.invitations", {"token_hash": _TAKEN}),
    ("invitations_workspace_id_fkey", "public.invitations", {"workspace_id": _NOBODY}),
    ("invitations_invited_by_fkey", "public.invitations", {"invited_by": _NOBODY}),
    ("invitation_attempts_user_id_fkey", "private.invitation_attempts", {"user_id": _NOBODY}),
    ("purpose_name_is_snake_case", "private.processing_purposes", {"name": "'Tell jokes'"}),
    ("lawful_basis_is_known", "private.processing_purposes", {"lawful_basis": "'habit'"}),
    ("consent_is_its_basis", "private.processing_purposes", {"lawful_basis": "'consent'"}),
    ("consent_is_its_basis", "private.processing_purposes", {"needs_consent": "true"}),
    ("country_is_a_code", "private.processors", {"country": "'Canada'"}),
    ("consent_text_is_published_once", "public.consent_texts", {"version": "'local-1'", "language": "'en'"}),
    ("consent_text_is_short", "public.consent_texts", {"text": "''"}),
    ("consent_text_is_short", "public.consent_texts", {"text": "repeat('x', 5001)"}),
    ("consent_text_has_its_hash", "public.consent_texts", {"text_sha256": "'none'"}),
    ("language_is_a_tag", "public.consent_texts", {"language": "'French'"}),
    ("consent_texts_purpose_fkey", "public.consent_texts", {"purpose": "'sell_data'"}),
    ("consent_is_about_one_subject", "public.consents", {"address": "null"}),
    ("consent_is_about_one_subject", "public.consents", {"address_hash": f"'kid:' || {_HASH}"}),
    ("others_belong_to_a_workspace", "public.consents", {"workspace_id": "null"}),
    ("others_belong_to_a_workspace", "public.consents", {"address": "null", "user_id": "%(owner)s"}),
    ("address_is_an_email_or_phone", "public.consents", {"address": "'nobody'"}),
    ("address_is_in_its_normal_form", "public.consents", {"address": "'New@example.com'"}),
    ("address_hash_names_its_key", "public.consents", {"address": "null", "address_hash": _HASH}),
    ("consent_state_is_known", "public.consents", {"state": "'maybe'"}),
    ("consent_has_its_text", "public.consents", {"consent_text_id": "null"}),
    ("consent_source_is_known", "public.consents", {"source": "'hearsay'"}),
    ("proof_is_short", "public.consents", {"proof": "repeat('x', 501)"}),
    ("proof_is_visible", "public.consents", {"proof": "E'\\u202e'"}),
    ("consents_user_id_fkey", "public.consents", {**_OF_A_USER, "user_id": _NOBODY}),
    ("consents_workspace_id_fkey", "public.consents", {"workspace_id": _NOBODY}),
    ("consents_purpose_fkey", "public.consents", {"purpose": "'sell_data'"}),
    ("consents_consent_text_id_fkey", "public.consents", {"consent_text_id": _NOTHING}),
    ("consents_recorded_by_fkey", "public.consents", {"recorded_by": _NOBODY}),
]  # fmt: skip


@contextmanager
def _inserted(stage: Stage, table: str, change: dict[str, str]) -> Iterator[None]:
    row = {**_ROWS[table], **change}
    names: dict[str, Any] = {
        "owner": stage.id("owner"), "stranger": stage.id("stranger"), "workspace": stage.workspace_id,
        "notice": stage.notice_id, "version": stage.version["id"], "terms": stage.terms["id"], "text": stage.text["id"],
    }  # fmt: skip
    with stage.database.connection.transaction(force_rollback=True):
        stage.database.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join(row.values())})", names)
        # What is looked at when a transaction is committed is looked at here.
        stage.database.execute("set constraints all immediate")
        yield


@pytest.mark.parametrize("table", _ROWS)
def test_row_that_can_be_true_is_stored(stage: Stage, table: str) -> None:
    with _inserted(stage, table, {}):
        pass


@pytest.mark.parametrize(("constraint", "table", "change"), _IMPOSSIBLE)
def test_impossible_row_is_refused_by_its_constraint(
    stage: Stage, constraint: str, table: str, change: dict[str, str]
) -> None:
    with pytest.raises(psycopg.IntegrityError) as refused, _inserted(stage, table, change):
        pass
    assert refused.value.diag.constraint_name == constraint


def test_every_constraint_of_these_tables_is_tried(stage: Stage) -> None:
    found = stage.database.rows(
        "select conname from pg_constraint where contype in ('c', 'f', 'u') and conrelid = any(%s::regclass[])",
        (list(_ROWS),),
    )
    assert {row["conname"] for row in found} == {constraint for constraint, _, _ in _IMPOSSIBLE}
