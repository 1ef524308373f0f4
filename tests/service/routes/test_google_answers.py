"""Each answer of Google's, through HTTP: what the caller gets, how often Google was asked, and that nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from service.domain.google_scopes import CALENDAR_READ
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.events import PATH, change, create

_QUOTA = [("forbidden", each) for each in ("rateLimitExceeded", "userRateLimitExceeded")]
_DAY = [("forbidden", each) for each in ("quotaExceeded", "dailyLimitExceeded")]
_CASES: list[tuple[str, str, int, str, int]] = [
    # Fault, reason, status, error_code, requests at Google within six seconds, into which both repeats fit.
    ("bad_request", "badRequest", 422, "google_refused_request", 1),
    *((kind, reason, 429, "google_rate_limited", 3) for kind, reason in _QUOTA),
    *((kind, reason, 429, "google_rate_limited", 1) for kind, reason in _DAY),
    ("forbidden", "insufficientPermissions", 403, "scope_not_granted", 1),
    ("error_info", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", 403, "scope_not_granted", 1),
    ("forbidden", "domainPolicy", 403, "blocked_by_administrator", 1),
    ("forbidden", "accessNotConfigured", 502, "google_misconfigured", 1),
    ("error_info", "SERVICE_DISABLED", 502, "google_misconfigured", 1),
    ("forbidden", "forbidden", 403, "google_forbidden", 1),
    ("not_found", "", 404, "not_found", 1),
    ("gone", "", 404, "not_found", 1),
    ("precondition", "", 412, "event_changed", 1),
    ("too_many", "", 429, "google_rate_limited", 1),  # It says to wait for 7 seconds, which do not fit.
    *((f"status_{status}", "", 502, "google_unavailable", 3) for status in (500, 502, 503, 504)),
    ("drop_before", "", 502, "google_unavailable", 3),
    ("drop_after", "", 502, "google_unavailable", 3),
    ("half", "", 502, "google_unavailable", 3),
    ("html", "", 502, "google_unavailable", 3),
    ("empty", "", 502, "google_unavailable", 3),
    ("other_json", "", 502, "google_unavailable", 3),
    ("other_json", "list", 502, "google_unavailable", 3),
    ("other_json", "null", 502, "google_unavailable", 3),
]


def ask(actor: Actor, *, wait: int = 6, **more: Any):
    return actor.call("GET", PATH, headers={"Prefer": f"wait={wait}"}, **more)


@pytest.mark.parametrize(("kind", "reason", "status", "error_code", "asked"), _CASES)
def test_answer_of_google_becomes_the_answer_of_its_row(
    connected: Actor, platform_database: Database, kind: str, reason: str, status: int, error_code: str, asked: int
):
    held = stored(platform_database, connected)
    before = len(connected.google.received("/calendar"))
    connected.google.add_fault(kind, "/calendar", reason=reason, times=9)
    answer = ask(connected)
    body = assert_refused(answer, status, error_code)
    assert "nobody may log" not in answer.text
    assert len(connected.google.received("/calendar")) - before == asked
    assert ("Retry-After" in answer.headers) is (status == 429)
    if error_code == "scope_not_granted":
        assert body["details"]["missing_scope"] == CALENDAR_READ
    connected.google.clear_faults()
    assert ask(connected).status_code == 200
    assert stored(platform_database, connected) == held


@pytest.mark.parametrize("kind", ["status_503", "drop_before", "html", "half", "empty"])
def test_read_is_tried_again_and_the_caller_does_not_notice(connected: Actor, kind: str):
    connected.google.add_fault(kind, "/calendar")
    before = len(connected.google.received("/calendar"))
    assert ask(connected, wait=20).status_code == 200
    assert len(connected.google.received("/calendar")) == before + 2


def test_google_is_asked_three_times_at_most(connected: Actor):
    connected.google.add_fault("status_500", "/calendar", times=9)
    before = len(connected.google.received("/calendar"))
    assert_refused(connected.call("GET", PATH), 502, "google_unavailable")
    assert len(connected.google.received("/calendar")) == before + 3


def test_refused_token_is_replaced_once_and_the_caller_does_not_notice(connected: Actor):
    connected.google.expire_access_tokens()
    before = len(connected.google.received("/token"))
    assert ask(connected).status_code == 200
    assert len(connected.google.received("/token")) == before + 1


def test_token_refused_twice_is_told_with_an_alert_and_kept(
    connected: Actor, platform_database: Database, log_dir: Any
):
    held = stored(platform_database, connected)
    connected.google.add_fault("unauthorized", "/calendar", times=2)
    assert_refused(ask(connected), 502, "google_unauthorized")
    assert "unauthorized_after_refresh" in (log_dir / "service.log").read_text()
    assert stored(platform_database, connected) == held
    assert ask(connected).status_code == 200


def test_grant_that_ended_is_told_with_its_reason(connected: Actor):
    connected.google.revoke_grant(connected.sub)
    body = assert_refused(ask(connected), 409, "reconnect_required")
    assert body["details"] == {"reason": "grant_ended"}


def test_wait_that_google_asks_for_is_kept_and_passed_on(connected: Actor):
    connected.google.add_fault("too_many", "/calendar", retry_after="1")
    assert ask(connected, wait=20).status_code == 200
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    connected.google.add_fault("too_many", "/calendar", retry_after=at)
    seconds = int(ask(connected).headers["Retry-After"])
    assert 60 <= seconds <= 91


@pytest.mark.parametrize("fault", [("latency", 3.0), ("slow_body", 0.2)])
def test_slow_answer_is_a_timeout_within_the_deadline_that_the_caller_chose(connected: Actor, fault: tuple[str, float]):
    kind, seconds = fault
    connected.google.add_fault(kind, "/calendar", seconds=seconds, times=9)
    answer = ask(connected, wait=1)
    assert_refused(answer, 504, "google_timed_out")
    assert answer.elapsed.total_seconds() < 3


@pytest.mark.parametrize(
    "prefer", ["wait=0", "wait=99999999", "wait=soon", "respond-async", "respond-async; wait=5", ""]
)
def test_preference_that_cannot_be_kept_is_ignored(connected: Actor, prefer: str):
    assert connected.call("GET", PATH, headers={"Prefer": prefer}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "error_code"), [("conflict", 409, "event_id_taken"), ("gone", 404, "not_found")]
)
def test_write_gets_the_answer_of_its_row(connected: Actor, kind: str, status: int, error_code: str):
    connected.google.add_fault(kind, "/calendar", method="POST")
    assert_refused(create(connected), status, error_code)
    event_id = create(connected).json()["id"]
    connected.google.add_fault("precondition", "/calendar", method="PATCH")
    assert_refused(change(connected, event_id, title="x"), 412, "event_changed")
