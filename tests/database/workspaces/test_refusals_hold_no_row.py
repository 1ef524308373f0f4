"""Whoever owns a table is told the row that it refuses, and so is the log; a function must not do so for its caller."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage

_UNTAKEN = {
    "withdraw_contact_consent": {"address": "grace@example.com", "purpose": "marketing", "source": "hearsay"},
    "invite_member": {"email": "grace@example.com", "role": "boss"},
    "begin_import": {"file_name": "grace.csv", "source": "hearsay", "lawful_basis": "consent"},
}


def _error(stage: Stage, function: str) -> psycopg.Error:
    with pytest.raises(Refused) as refused:
        call(stage.database, stage.persona("owner"), function, workspace_id=stage.workspace_id, **_UNTAKEN[function])
    error = refused.value.__cause__
    assert isinstance(error, psycopg.errors.CheckViolation)
    return error


@pytest.mark.parametrize("function", _UNTAKEN)
def test_refusal_names_the_constraint_and_no_value(stage: Stage, function: str) -> None:
    error = _error(stage, function)
    assert error.diag.constraint_name
    assert error.diag.message_detail is None
    assert "grace" not in str(error)


@pytest.mark.parametrize(("wrapper", "function"), [("own", "invite_member"), ("list", "begin_import")])
def test_refusal_would_hold_the_row_without_its_guard(own_stage: Stage, wrapper: str, function: str) -> None:
    remove_guard(
        own_stage.database, f"private.answer_{wrapper}_request()",
        "when integrity_constraint_violation or data_exception then", "when division_by_zero then",
    )  # fmt: skip
    assert "grace" in str(_error(own_stage, function))


def test_value_is_cut_off_the_message(stage: Stage) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation) as cut:
        stage.database.execute(
            "select private.raise_without_row('22P02', 'invalid input syntax for type uuid: \"grace\"', '', '')"
        )
    assert cut.value.diag.message_primary == "invalid input syntax for type uuid"
