"""What an operation costs: functions of the database counted before the gateway, requests counted at Google."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.calls import OPERATIONS, things
from tests.contract.conftest import rpcs
from tests.service.routes.actors import Actor


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_costs_what_it_says(tested: Actor, tested_logs: Path, name: str):
    operation, ids = OPERATIONS[name], things(tested, "word")
    calls, requests = len(rpcs(tested_logs)), len(tested.google.received())
    answer = operation.call(tested, ids)
    assert answer.status_code in (200, 201, 404), answer.text
    assert tuple(rpcs(tested_logs)[calls:]) == operation.rpcs
    assert len(tested.google.received()) - requests == operation.requests


def test_every_operation_of_gmail_and_calendar_is_counted(tested: Actor):
    paths = tested.service.get("/openapi.json").json()["paths"]
    documented = {
        f"{method.upper()} {path}"
        for path, item in paths.items()
        for method in item
        if path.startswith(("/v1/gmail", "/v1/calendar"))
    }
    assert {name.partition(" as ")[0] for name in OPERATIONS} == documented
