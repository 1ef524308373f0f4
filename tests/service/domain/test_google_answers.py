"""The table of Google's answers: each row says what the caller gets, and no row can go without being missed."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from service.adapters.google_errors import reason_of
from service.domain.google_answers import ANSWERS, row_of, translate
from service.domain.google_faults import GoogleFault
from service.domain.google_scopes import CALENDAR_READ

Row = tuple[int, str, bool, int | None, str | None]
_LATER: Row = (429, "google_rate_limited", True, 60, None)
_TOMORROW: Row = (429, "google_rate_limited", False, 3600, None)
_DISABLED: Row = (502, "google_misconfigured", False, None, "google_api_disabled")
_FAULT: Row = (502, "google_unavailable", True, None, None)
_NOT_FOUND: Row = (404, "not_found", False, None, None)
_SCOPE: Row = (403, "scope_not_granted", False, None, None)
# Status and reason of Google: status, error_code, whether a read is tried again, seconds to name, alert.
EXPECTED: dict[tuple[int | None, str], Row] = {
    (400, "badRequest"): (422, "google_refused_request", False, None, None),
    (401, "authError"): (502, "google_unauthorized", False, None, "unauthorized_after_refresh"),
    (403, "rateLimitExceeded"): _LATER,
    (403, "userRateLimitExceeded"): _LATER,
    (403, "quotaExceeded"): _TOMORROW,
    (403, "dailyLimitExceeded"): _TOMORROW,
    (403, "insufficientPermissions"): _SCOPE,
    (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"): _SCOPE,
    (403, "domainPolicy"): (403, "blocked_by_administrator", False, None, None),
    (403, "accessNotConfigured"): _DISABLED,
    (403, "SERVICE_DISABLED"): _DISABLED,
    (403, "forbidden"): (403, "google_forbidden", False, None, None),
    (403, "requiredAccessLevel"): (403, "google_forbidden", False, None, None),
    (404, "notFound"): _NOT_FOUND,
    (409, "duplicate"): (409, "event_id_taken", False, None, None),
    (410, "deleted"): _NOT_FOUND,
    (412, "conditionNotMet"): (412, "event_changed", False, None, None),
    (413, "uploadTooLarge"): (413, "message_too_large", False, None, None),
    (429, "rateLimitExceeded"): _LATER,
    (429, "userRateLimitExceeded"): _LATER,
    (500, "backendError"): _FAULT,
    (502, "backendError"): _FAULT,
    (503, "backendError"): _FAULT,
    (504, "backendError"): _FAULT,
    (None, "not_begun"): (504, "google_timed_out", False, None, None),
    (None, "timeout"): (504, "google_timed_out", True, None, None),
    (None, "unreachable"): _FAULT,
    (None, "dropped"): _FAULT,
    (None, "unreadable"): _FAULT,
}
each_row = pytest.mark.parametrize(("status", "reason"), EXPECTED)


def fault_of(status: int | None, reason: str, **more: int) -> GoogleFault:
    """The fault as the adapter would read it out of Google's error."""
    if status is None:
        return GoogleFault(None, reason, **more)
    return GoogleFault(status, reason_of(f'{{"error": {{"errors": [{{"reason": "{reason}"}}]}}}}'.encode()), **more)


def answered(fault: GoogleFault) -> Row:
    """What the table makes of a fault."""
    row = row_of(fault)
    error = translate(fault, scope=CALENDAR_READ)
    seconds = error.headers.get("Retry-After")
    named = int(seconds) if seconds else None
    return error.status, error.error_code, row.may_repeat, named, row.alert.value if row.alert else None


@each_row
def test_fault_gets_the_answer_of_its_row(status: int | None, reason: str):
    assert answered(fault_of(status, reason)) == EXPECTED[status, reason]


def test_every_row_is_expected_somewhere():
    def key(status: int | None, reason: str) -> tuple[int | None, str | None]:
        read = fault_of(status, reason).reason
        return (status, read) if (status, read) in ANSWERS else (status, None)

    assert {key(*each) for each in EXPECTED} == set(ANSWERS)


@pytest.mark.parametrize("row", ANSWERS, ids=str)
def test_row_that_is_taken_out_is_missed(row: tuple[int | None, str | None], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(ANSWERS, row)
    different = [each for each in EXPECTED if answered(fault_of(*each)) != EXPECTED[each]]
    assert different


def test_seconds_of_google_are_passed_on():
    error = translate(fault_of(429, "rateLimitExceeded", retry_after=7), scope=CALENDAR_READ)
    assert error.headers["Retry-After"] == "7"
    assert error.details == {"reason": "rate_limit_exceeded", "retry_after_seconds": 7}


def test_missing_scope_is_the_one_that_the_call_needed():
    error = translate(fault_of(403, "insufficientPermissions"), scope=CALENDAR_READ)
    assert error.details["missing_scope"] == CALENDAR_READ


@pytest.mark.parametrize(("status", "reason"), [(418, "teapot"), (302, "unreadable"), (403, "a_word_of_next_year")])
def test_undocumented_answer_is_a_fault_or_a_refusal_and_is_not_repeated(status: int, reason: str):
    status, error_code, may_repeat, *_ = answered(GoogleFault(status, reason))
    assert (status, error_code) in [(502, "google_unavailable"), (403, "google_forbidden")]
    assert not may_repeat


def test_alert_is_raised_with_the_answer():
    def count() -> float:
        return REGISTRY.get_sample_value("cxtrack_alerts_total", {"alert": "google_api_disabled"}) or 0

    before = count()
    translate(fault_of(403, "accessNotConfigured"), scope=CALENDAR_READ)
    assert count() == before + 1


@pytest.mark.parametrize(
    ("status", "reason", "is_certain"),
    [
        *((status, "x", True) for status in (400, 403, 499)),
        *((status, "x", False) for status in (200, 302, 500)),
        *((None, word, True) for word in ("not_begun", "unreachable")),
        *((None, word, False) for word in ("timeout", "dropped", "unreadable")),
    ],
)
def test_only_a_refusal_or_a_connection_never_made_says_that_nothing_was_done(
    status: int | None, reason: str, is_certain: bool
):
    assert GoogleFault(status, reason).has_certainly_not_acted is is_certain
