"""may_process answers no unless something says yes; what it answers follows the ledger."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.connections import Caller
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person

_HERE = {"workspace_id": str(UUID(int=1))}
_UNCLEAR = [
    {}, {"user_id": None}, {"address": "a@example.com"}, _HERE, {**_HERE, "address": None},
    {**_HERE, "address_hashes": None}, {**_HERE, "address_hashes": []}, {**_HERE, "address_hashes": "2026-11:aa"},
    {**_HERE, "address": "a@example.com", "user_id": str(UUID(int=2))}, None, [], "a@example.com",
]  # fmt: skip


@pytest.mark.parametrize("purpose", ["provide_service", "marketing"])
@pytest.mark.parametrize("subject", _UNCLEAR, ids=str)
def test_subject_that_is_not_named_whole_is_refused(service: Caller, subject: object, purpose: str) -> None:
    answer = service.call("may_process", subject=Jsonb(subject), purpose=purpose)
    assert answer == {"is_allowed": False, "reason": "subject_unclear"}


def test_null_purpose_is_refused(service: Caller, person: Person) -> None:
    answer = service.call("may_process", subject=Jsonb({"user_id": str(person.id)}), purpose=None)
    assert answer == {"is_allowed": False, "reason": "purpose_unknown"}


def test_newest_entry_counts(shared: Database, service: Caller, person: Person) -> None:
    for state in ("given", "withdrawn", "given"):
        shared.execute(
            "insert into public.consents (user_id, purpose, state, consent_text_id, source) "
            "select %s, 'analytics', %s, id, 'settings' from public.consent_texts where purpose = 'analytics'",
            (person.id, state),
        )
        answer = service.call("may_process", subject=Jsonb({"user_id": str(person.id)}), purpose="analytics")
        assert answer["is_allowed"] is (state == "given")


def test_operator_role_does_not_ask(shared: Database, person: Person) -> None:
    with Caller(shared, GOOGLE_OPERATOR) as operator, pytest.raises(psycopg.errors.InsufficientPrivilege):
        operator.call("may_process", subject=Jsonb({"user_id": str(person.id)}), purpose="analytics")
