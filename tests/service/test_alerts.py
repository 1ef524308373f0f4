"""Alerts: one line with a name and facts, a count, and a page that says what to do."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from service.alerts import ALERTING_ERROR_CODES, Alert, raise_alert
from service.domain.refusals import TokenKeyUnknown
from service.domain.sealed import SealedDocumentError
from service.logs import configure_logging

ROOT = Path(__file__).parents[2]
_USE = re.compile(r"\bAlert\.([A-Z_]+)\b")


def test_alert_is_one_line_and_one_count():
    stream = io.StringIO()
    configure_logging(is_production=True, stream=stream)
    before = REGISTRY.get_sample_value("cxtrack_alerts_total", {"alert": "secret_missing"}) or 0
    raise_alert(Alert.SECRET_MISSING, kind="revoke_google_grant", outbox_id=7)
    (line,) = stream.getvalue().splitlines()
    written = json.loads(line)
    assert (written["level"], written["event"], written["alert"]) == ("error", "alert", "secret_missing")
    assert (written["kind"], written["outbox_id"]) == ("revoke_google_grant", 7)
    assert REGISTRY.get_sample_value("cxtrack_alerts_total", {"alert": "secret_missing"}) == before + 1


@pytest.mark.parametrize("alert", Alert)
def test_alert_is_explained_in_the_runbook(alert: Alert):
    runbook = (ROOT / "docs" / "operate.md").read_text()
    assert runbook.count(f"\n### {alert.value}\n") == 1


def test_runbook_explains_no_alert_that_there_is_not():
    runbook = (ROOT / "docs" / "operate.md").read_text()
    assert set(re.findall(r"^### (\w+)$", runbook, re.MULTILINE)) == {alert.value for alert in Alert}


def test_every_alert_is_raised_somewhere():
    used = {
        name
        for path in (ROOT / "service").rglob("*.py")
        if path.name != "alerts.py"
        for name in _USE.findall(path.read_text())
    }
    assert used | {alert.name for alert in ALERTING_ERROR_CODES} == {alert.name for alert in Alert}


def test_error_codes_that_alert_are_those_of_errors_nobody_outside_can_cause():
    assert {TokenKeyUnknown.error_code, SealedDocumentError.error_code} == ALERTING_ERROR_CODES


@pytest.mark.parametrize("name", re.findall(r"`(ops\.\w+)", (ROOT / "docs" / "operate.md").read_text()))
def test_runbook_names_nothing_of_ops_that_no_migration_makes(name: str):
    migrations = "".join(path.read_text() for path in (ROOT / "supabase" / "migrations").glob("*.sql"))
    assert re.search(rf"create (view|table|function) {re.escape(name)}\b", migrations)
