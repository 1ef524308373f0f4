"""Showing events: passed through with what is shown and no more, refused with what the caller can act on."""

from __future__ import annotations

import concurrent.futures
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.domain.google_scopes import CALENDAR_READ, GMAIL_SEND
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused

_PATH = "/v1/calendar/events"


def test_events_come_in_order_and_are_kept_by_nobody(connected: Actor, platform_database: Database, log_dir: Path):
    answer = connected.call("GET", _PATH)
    assert answer.headers["Cache-Control"] == "no-store"
    events = answer.json()["events"]
    starts = [event["start"]["date_time"] or event["start"]["date"] for event in events]
    assert starts == sorted(starts)
    assert "Meeting with Grace" in [event["title"] for event in events]
    tables = platform_database.rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname in ('public', 'private', 'audit', 'ops', 'auth', 'vault', 'cron')"
    )
    for table in tables:
        rows = platform_database.value(f"select count(*) from {table['name']} as t where t::text like '%Meeting with%'")
        assert rows == 0, table["name"]
    assert "Meeting with" not in (log_dir / "service.log").read_text()


def test_events_show_no_attendees_and_no_descriptions(connected: Actor):
    events = connected.call("GET", _PATH).json()["events"]
    shown = {"id", "title", "start", "end", "location", "html_link", "status", "recurring_event_id", "activity_id"}
    assert all(set(event) == shown for event in events)


def test_events_come_in_the_zone_asked_for(connected: Actor):
    body = connected.call("GET", _PATH, params={"time_zone": "Asia/Kolkata"}).json()
    timed = [event["start"]["date_time"] for event in body["events"] if event["start"]["date_time"]]
    assert timed
    assert all(moment.endswith("+05:30") for moment in timed)


def test_events_are_paged_without_a_gap_or_a_repeat(connected: Actor):
    whole = [event["id"] for event in connected.call("GET", _PATH, params={"max_results": 100}).json()["events"]]
    paged: list[str] = []
    parameters: dict[str, str | int] = {"max_results": 2}
    while True:
        page = connected.call("GET", _PATH, params=parameters).json()
        assert len(page["events"]) <= 2
        paged += [event["id"] for event in page["events"]]
        if page["next_page_token"] is None:
            break
        parameters["page_token"] = page["next_page_token"]
    assert paged == whole
    assert len(whole) > 2


def test_events_of_another_window_are_refused_under_a_page_token(connected: Actor):
    start = datetime.now(UTC)
    first = {"time_min": start.isoformat(), "max_results": "1"}
    page = {**first, "page_token": connected.call("GET", _PATH, params=first).json()["next_page_token"]}
    assert connected.call("GET", _PATH, params=page).status_code == 200
    later = {**page, "time_min": (start + timedelta(days=1)).isoformat()}
    body = assert_refused(connected.call("GET", _PATH, params=later), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == ["time_min"]


def test_events_are_those_of_the_window(connected: Actor):
    soon = datetime.now(UTC) + timedelta(days=400)
    window = {"time_min": soon.isoformat(), "time_max": (soon + timedelta(days=1)).isoformat()}
    assert connected.call("GET", _PATH, params=window).json()["events"] == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_min": "yesterday"}, "time_min"),
        ({"time_min": "2026-01-01T00:00:00"}, "time_min"),
        ({"max_results": "0"}, "max_results"),
        ({"max_results": "101"}, "max_results"),
        ({"max_results": "many"}, "max_results"),
        ({"page_token": ""}, "page_token"),
        ({"page_token": "page2"}, "page_token"),
        ({"page_token": "é"}, "page_token"),
        ({"page_token": "MjAyNi0wMS0wMVQwMDowMDowMCB4"}, "page_token"),
        ({"calendar_id": ""}, "calendar_id"),
        ({"calendar_id": "a/../b"}, "calendar_id"),
        ({"calendar_id": ".."}, "calendar_id"),
        ({"calendar": "primary"}, "calendar"),
        ({"time_min": "5"}, "time_min"),
        ({"time_min": "2026-01-02T00:00:00Z", "time_max": "2026-01-01T00:00:00Z"}, "time_max"),
    ],
)
def test_events_are_refused_and_google_is_not_asked_if_a_parameter_is_wrong(
    connected: Actor, parameters: dict[str, str], field: str
):
    before = len(connected.google.received("/calendar"))
    body = assert_refused(connected.call("GET", _PATH, params=parameters), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == [field]
    assert len(connected.google.received("/calendar")) == before


def test_events_are_refused_if_not_connected(ada: Actor):
    assert_refused(ada.call("GET", _PATH), 409, "not_connected")


def test_events_are_refused_with_the_scope_if_it_was_not_granted(ada: Actor):
    ada.connect(scopes=[GMAIL_SEND])
    body = assert_refused(ada.call("GET", _PATH), 403, "scope_not_granted")
    assert body["details"]["missing_scope"] == CALENDAR_READ
    assert "/v1/google/authorizations" in body["details"]["how"]


def test_events_are_limited_per_user_with_the_time_to_wait(connected: Actor, platform_database: Database):
    platform_database.execute(
        "insert into audit.token_openings (purpose, outcome, subject) "
        "select 'show_events', 'opened', %s from generate_series(1, 240)",
        (connected.id,),
    )
    answer = connected.call("GET", _PATH)
    body = assert_refused(answer, 429, "rate_limited")
    assert int(answer.headers["Retry-After"]) == body["details"]["retry_after_seconds"]
    assert 1 <= body["details"]["retry_after_seconds"] <= 60


def _expire(connected: Actor, platform_database: Database) -> None:
    connected.google.expire_access_tokens()
    platform_database.execute(
        "update private.google_secrets set access_expires_at = now() - interval '1 second', "
        "refresh_after = now() - interval '1 second' where connection_id in "
        "(select id from public.google_connections where user_id = %s)",
        (connected.id,),
    )


def test_access_token_is_refreshed_once_if_it_has_expired(connected: Actor, platform_database: Database):
    _expire(connected, platform_database)
    before = len(connected.google.received("/token"))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: connected.call("GET", _PATH), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len(connected.google.received("/token")) == before + 1
    assert stored_version(platform_database, connected) > 1


@pytest.mark.parametrize("lifetime", ["0", "-5", "true", "null", "20", '"soon"', "[1]"])
def test_google_is_asked_for_one_token_if_it_gives_one_that_does_not_last(
    connected: Actor, platform_database: Database, lifetime: str
):
    _expire(connected, platform_database)
    before = len(connected.google.received("/token"))
    connected.google.add_fault("lifetime", "/token", reason=lifetime)
    assert_refused(connected.call("GET", _PATH), 502, "google_unavailable")
    assert len(connected.google.received("/token")) == before + 1
    assert connected.call("GET", _PATH).status_code == 200


def test_lifetime_is_a_day_at_most(connected: Actor, platform_database: Database):
    _expire(connected, platform_database)
    connected.google.add_fault("lifetime", "/token", reason="1" + "0" * 30)
    assert connected.call("GET", _PATH).status_code == 200
    hours = platform_database.value(
        "select extract(epoch from access_expires_at - now()) / 3600 from private.google_secrets as secrets "
        "join public.google_connections as connections on connections.id = secrets.connection_id "
        "where connections.user_id = %s",
        (connected.id,),
    )
    assert 23 < hours <= 24


def test_rotated_refresh_token_is_kept(connected: Actor, platform_database: Database):
    _expire(connected, platform_database)
    connected.google.add_fault("rotate_refresh_token", "/token")
    assert connected.call("GET", _PATH).status_code == 200
    _expire(connected, platform_database)
    assert connected.call("GET", _PATH).status_code == 200


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("status_500", {}),
        ("html", {}),
        ("drop_before", {}),
        ("other_json", {}),
        ("other_json", {"reason": "list"}),
        ("other_json", {"reason": "null"}),
        ("oauth_error", {"reason": "invalid_client"}),
    ],
)
def test_refresh_that_fails_keeps_every_token_and_gives_the_lease_back(
    connected: Actor, platform_database: Database, kind: str, more: dict[str, str]
):
    _expire(connected, platform_database)
    connected.google.add_fault(kind, "/token", **more)
    assert connected.call("GET", _PATH).status_code == 502
    assert connected.call("GET", _PATH).status_code == 200


def stored_version(database: Database, actor: Actor) -> int:
    return database.value(
        "select token_version from private.google_secrets as secrets join public.google_connections as connections "
        "on connections.id = secrets.connection_id where connections.user_id = %s",
        (actor.id,),
    )
