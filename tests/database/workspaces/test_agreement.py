"""Agreement to a version is on record before anything new begins."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.workspaces.agreeing import agree, missing
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage, publish
from tests.databases import Database
from tests.personas import add_person


def test_new_user_has_to_attest_and_agree_first(database: Database) -> None:
    person = add_person(database, is_ready=False)
    assert missing(database, person) == ["adult_attestation_missing", "agreement_missing"]
    with pytest.raises(Refused) as refused:
        call(database, person.persona(), "create_workspace", name="Bakery")
    assert (refused.value.code, refused.value.status) == ("adult_attestation_missing", 403)
    assert refused.value.details == "adult_attestation_missing, agreement_missing"
    assert call(database, person.persona(), "attest_adult", is_adult=True) == {"outcome": "attested"}
    with pytest.raises(Refused, match="agreement_missing"):
        call(database, person.persona(), "create_workspace", name="Bakery")
    (version,) = database.rows("select id, text_sha256 from public.policy_versions")
    assert agree(database, person, version) == {"outcome": "agreed"}
    assert agree(database, person, version) == {"outcome": "agreed_before"}
    assert missing(database, person) == []
    assert database.value("select count(*) from public.consents") == 0


def test_nobody_has_agreed_to_anything_before_a_version_is_published(database: Database) -> None:
    person = add_person(database)
    with database.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("alter table public.policy_versions disable trigger keep_for_good")
        connection.execute("alter table public.agreements disable trigger keep_until_its_person_goes")
        connection.execute("delete from public.agreements")
        connection.execute("delete from public.policy_versions")
        row = connection.execute("select private.has_agreed(%s) as it", (person.id,)).fetchone()
        assert row == {"it": False}


def test_agreement_to_another_text_is_refused(database: Database) -> None:
    person, version = add_person(database), publish(database, "privacy_policy", "changed")
    with pytest.raises(Refused, match="text_was_another"):
        agree(database, person, {**version, "text_sha256": "0" * 64})
    with pytest.raises(Refused, match="policy_version_not_found"):
        agree(database, person, publish(database, "service_agreement", "terms"))


@pytest.mark.parametrize(
    "statement",
    [
        "update public.agreements set agreed_at = now()", "delete from public.agreements",
        "update public.policy_versions set summary = 'Other.'", "delete from public.policy_versions",
        "update public.workspace_agreements set accepted_at = now()", "delete from public.workspace_agreements",
        "update public.workspace_agreements set accepted_by = null",
        "update public.policy_notices set created_at = now() - interval '1 year'", "delete from public.policy_notices",
    ],
)  # fmt: skip
def test_record_is_append_only_for_operators_too(stage: Stage, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        stage.database.execute(statement)
