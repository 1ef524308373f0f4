"""Calls of the database and of Google, and documents that do not open, are counted under words of ours."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from service.adapters.calendar import CalendarClient
from service.adapters.google_http import GoogleHTTP
from service.adapters.postgrest_functions import PostgRESTFunctions
from service.adapters.sealing import TokenSealer
from service.config.token_keys import TokenKey
from service.domain.deadlines import Deadline
from service.domain.google_faults import GoogleFault
from service.domain.sealed import TokenBinding, Use
from service.errors import ServiceError, ServiceUnavailable
from service.local.ports import unused_port
from tests.service.answering import answering


def counted(name: str, **labels: str) -> float:
    """The value of a sample now."""
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"outcome": "fine"}', "answered"),
        (403, b'{"code": "42501", "message": "no"}', "refused"),
        (502, b"<html>a proxy</html>", "refused"),
        (200, b"<html>a proxy</html>", "not_understood"),
        (200, b"[1]", "not_understood"),
    ],
)
def test_call_of_the_database_is_counted_by_function_and_outcome(status: int, body: bytes, outcome: str):
    labels = {"function": "read_something", "outcome": outcome}
    before = counted("cxtrack_database_calls_total", **labels)
    with answering(status, body) as url, suppress(ServiceUnavailable):
        PostgRESTFunctions(url, {}).call(dict[str, str], "read_something", {})
    assert counted("cxtrack_database_calls_total", **labels) == before + 1
    assert counted("cxtrack_database_call_duration_seconds_count", function="read_something") > 0


def test_database_that_is_not_there_is_counted_as_unreachable():
    labels = {"function": "read_something", "outcome": "unreachable"}
    before = counted("cxtrack_database_calls_total", **labels)
    with pytest.raises(ServiceUnavailable):
        PostgRESTFunctions(f"http://127.0.0.1:{unused_port()}", {}).call(dict[str, str], "read_something", {})
    assert counted("cxtrack_database_calls_total", **labels) == before + 1


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"kind": "calendar#calendarList", "items": []}', "answered"),
        (404, b'{"error": {"errors": [{"reason": "notFound"}]}}', "404"),
        (200, b"[1]", "unreadable"),
    ],
)
def test_request_at_google_is_counted_by_method_and_outcome(status: int, body: bytes, outcome: str):
    labels = {"method": "calendar.calendarList.list", "outcome": outcome}
    before = counted("cxtrack_google_calls_total", **labels)
    with answering(status, body) as url, suppress(GoogleFault):
        calendar = CalendarClient(GoogleHTTP(), endpoint=f"{url}/calendar/v3/")
        calendar.calendars("made up", Deadline.within(5), page_token=None)
    assert counted("cxtrack_google_calls_total", **labels) == before + 1
    assert counted("cxtrack_google_call_duration_seconds_count", method="calendar.calendarList.list") > 0


@pytest.mark.parametrize(("kid", "reason"), [("second", "unknown_key"), ("first", "refused")])
def test_document_that_does_not_open_is_counted_by_use_and_reason(kid: str, reason: str):
    binding = TokenBinding(uuid4(), uuid4(), 1)
    document = TokenSealer([TokenKey(kid, b"\x01" * 32)]).seal(Use.REFRESH, binding, {"refresh_token": "made up"})
    labels = {"use": "refresh", "reason": reason}
    before = counted("cxtrack_sealing_failures_total", **labels)
    with pytest.raises(ServiceError):
        TokenSealer([TokenKey("first", b"\x02" * 32)]).open(Use.REFRESH, binding, document)
    assert counted("cxtrack_sealing_failures_total", **labels) == before + 1
