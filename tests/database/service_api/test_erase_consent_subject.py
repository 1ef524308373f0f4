"""erase_consent_subject leaves the answer and takes the person; workspaces/test_consents.py tells what stays."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from tests.database.connections import Caller
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR

_HASH = f"2026-11:{'a' * 64}"


def test_nobody_of_that_address_is_nothing_to_erase(shared: Database) -> None:
    with Caller(shared, GOOGLE_OPERATOR) as operator:
        answer = operator.call(
            "erase_consent_subject", workspace_id=uuid4(), address="nobody@example.com", address_hash=_HASH
        )
    assert answer == {"outcome": "erased", "entries": 0}


@pytest.mark.parametrize("address_hash", ["nobody@example.com", "a" * 64, ""])
def test_hash_without_its_key_is_refused(database: Database, address_hash: str) -> None:
    workspace_id = database.value("insert into public.workspaces (name) values ('Bakery') returning id")
    database.execute(
        "insert into public.consents (workspace_id, address, purpose, state, source) "
        "values (%s, 'a@example.com', 'marketing', 'withdrawn', 'form')",
        (workspace_id,),
    )
    with Caller(database, GOOGLE_OPERATOR) as operator, pytest.raises(psycopg.errors.CheckViolation):
        operator.call(
            "erase_consent_subject", workspace_id=workspace_id, address="a@example.com", address_hash=address_hash
        )


def test_hot_path_role_does_not_erase(service: Caller) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.call("erase_consent_subject", workspace_id=uuid4(), address="a@example.com", address_hash=_HASH)
