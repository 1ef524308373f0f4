"""The life of a token over HTTP: what ends a connection, what never may, and what the caller is told."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.conftest import NewActor

_PATH = "/v1/calendar/events"
_OF_USER = "where connection_id in (select id from public.google_connections where user_id = %s)"


@pytest.fixture(autouse=True)
def _no_refreshes_so_far(platform_database: Database) -> None:
    """Ended grants of earlier tests must not open the breaker in this one."""
    platform_database.execute("delete from ops.refresh_outcomes")


def expire(actor: Actor, database: Database) -> None:
    """Let the user's access token be over, here and at Google."""
    actor.google.expire_access_tokens()
    database.execute(
        "update private.google_secrets set access_expires_at = now() - interval '1 second', "
        f"refresh_after = now() - interval '1 second', refresh_lease_until = null, refresh_lease_id = null {_OF_USER}",
        (actor.id,),
    )


def make_due(actor: Actor, database: Database) -> None:
    """Let the user's access token be about to end."""
    database.execute(f"update private.google_secrets set refresh_after = now() {_OF_USER}", (actor.id,))


def token_version(actor: Actor, database: Database) -> int | None:
    rows = database.rows(f"select token_version from private.google_secrets {_OF_USER}", (actor.id,))
    return rows[0]["token_version"] if rows else None


def notices(actor: Actor, database: Database) -> list[str]:
    rows = database.rows("select kind from public.security_notices where user_id = %s order by id", (actor.id,))
    return [row["kind"] for row in rows]


def test_grant_revoked_at_google_asks_for_a_reconnect_and_leaves_no_token(
    connected: Actor, platform_database: Database
):
    before = stored(platform_database, connected)["vault_secrets"]
    connected.google.revoke_grant(connected.sub)
    expire(connected, platform_database)
    body = assert_refused(connected.call("GET", _PATH), 409, "reconnect_required")
    assert body["details"] == {"reason": "grant_ended"}
    assert token_version(connected, platform_database) is None
    assert stored(platform_database, connected)["vault_secrets"] == before - 2
    shown = connected.call("GET", "/v1/google/connection").json()
    assert (shown["status"], shown["reconnect_reason"], shown["email"]) == (
        "reconnect_required",
        "grant_ended",
        connected.account,
    )
    assert notices(connected, platform_database) == ["google_reconnect_required"]
    # Asking again tells the same and asks Google nothing.
    asked = len(connected.google.received("/token"))
    assert_refused(connected.call("GET", _PATH), 409, "reconnect_required")
    assert len(connected.google.received("/token")) == asked


@pytest.mark.parametrize("subtype", ["invalid_rapt", "rapt_required"])
def test_reason_says_so_if_a_workspace_wants_the_user_to_sign_in_again(
    connected: Actor, platform_database: Database, subtype: str
):
    expire(connected, platform_database)
    connected.google.add_fault("oauth_error", "/token", reason=subtype)
    body = assert_refused(connected.call("GET", _PATH), 409, "reconnect_required")
    assert body["details"] == {"reason": "reauthentication_required"}


def test_user_connects_again_after_the_grant_has_ended(connected: Actor, platform_database: Database):
    connected.google.revoke_grant(connected.sub)
    expire(connected, platform_database)
    connected.call("GET", _PATH)
    connected.connect()
    assert connected.call("GET", "/v1/google/connection").json()["status"] == "active"
    assert connected.call("GET", _PATH).status_code == 200
    assert len(connected.google.grants(connected.sub)) == 1


_KEPT: list[tuple[str, dict[str, Any], int]] = [
    ("status_500", {}, 502),
    ("status_502", {}, 502),
    ("status_503", {}, 502),
    ("too_many", {}, 502),
    ("html", {}, 502),
    ("empty", {}, 502),
    ("other_json", {}, 502),
    ("other_json", {"reason": "list"}, 502),
    ("other_json", {"reason": "text"}, 502),
    ("drop_before", {}, 502),
    ("drop_after", {}, 502),
    ("latency", {"seconds": 8}, 502),
    ("unauthorized", {}, 502),
    ("forbidden", {"reason": "invalid_grant"}, 502),
    ("oauth_error", {"reason": "invalid_client"}, 502),
    ("oauth_error", {"reason": "unauthorized_client"}, 502),
    ("oauth_error", {"reason": "invalid_request"}, 502),
    ("oauth_error", {"reason": "invalid_scope"}, 502),
    ("oauth_error", {"reason": "temporarily_unavailable"}, 502),
]


@pytest.mark.parametrize(("kind", "more", "status"), _KEPT, ids=[f"{kind} {more}" for kind, more, _ in _KEPT])
def test_every_other_answer_of_the_token_endpoint_keeps_both_tokens(
    connected: Actor, platform_database: Database, kind: str, more: dict[str, Any], status: int
):
    expire(connected, platform_database)
    before = (token_version(connected, platform_database), stored(platform_database, connected))
    connected.google.add_fault(kind, "/token", **more)
    assert connected.call("GET", _PATH).status_code == status
    assert (token_version(connected, platform_database), stored(platform_database, connected)) == before
    assert notices(connected, platform_database) == []
    connected.google.clear_faults()
    assert connected.call("GET", _PATH).status_code == 200


@pytest.mark.parametrize("kind", ["status_500", "html", "drop_before"])
def test_token_that_still_works_is_used_if_its_early_refresh_fails(
    connected: Actor, platform_database: Database, kind: str
):
    make_due(connected, platform_database)
    before, asked = token_version(connected, platform_database), len(connected.google.received("/token"))
    connected.google.add_fault(kind, "/token", times=5)
    assert connected.call("GET", _PATH).status_code == 200
    assert connected.call("GET", _PATH).status_code == 200
    assert len(connected.google.received("/token")) == asked + 1
    assert token_version(connected, platform_database) == before


def test_token_is_refreshed_before_it_ends(connected: Actor, platform_database: Database):
    make_due(connected, platform_database)
    before = token_version(connected, platform_database)
    assert connected.call("GET", _PATH).status_code == 200
    assert connected.send().status_code == 201
    assert (token_version(connected, platform_database) or 0) > (before or 0)


def test_token_of_another_client_is_kept_and_google_is_not_asked(connected: Actor, platform_database: Database):
    expire(connected, platform_database)
    asked = len(connected.google.received("/token"))
    platform_database.execute(
        f"update private.google_secrets set client_id = 'another.apps.googleusercontent.com' {_OF_USER}",
        (connected.id,),
    )
    assert_refused(connected.call("GET", _PATH), 503, "google_client_mismatch")
    assert len(connected.google.received("/token")) == asked
    assert token_version(connected, platform_database)
    receipt = connected.call("DELETE", "/v1/google/connection").json()
    assert (receipt["secrets_deleted"], receipt["google"]["reason"]) == (2, "issued_to_another_client")


@pytest.mark.parametrize("use", ["access", "refresh"])
def test_document_under_a_key_that_is_missing_is_kept_and_operators_are_told(
    connected: Actor, platform_database: Database, log_dir: Path, use: str
):
    if use == "refresh":
        expire(connected, platform_database)
    (held,) = platform_database.rows(
        f"select id, decrypted_secret as document from vault.decrypted_secrets where id = "
        f"(select {use}_secret_id from private.google_secrets {_OF_USER})",
        (connected.id,),
    )
    header, _, rest = held["document"].partition(".")
    lost = json.loads(base64.urlsafe_b64decode(header + "==")) | {"kid": "lost"}
    encoded = base64.urlsafe_b64encode(json.dumps(lost).encode()).decode().rstrip("=")
    platform_database.execute("select vault.update_secret(%s, %s)", (held["id"], f"{encoded}.{rest}"))
    log = log_dir / "service.log"
    before = log.read_text().count('"alert": "token_key_unknown"')
    assert_refused(connected.call("GET", _PATH), 503, "token_key_unknown")
    assert log.read_text().count('"alert": "token_key_unknown"') == before + 1
    assert token_version(connected, platform_database)
    assert stored(platform_database, connected)["vault_secrets"] == 2
    # The key comes back.
    platform_database.execute("select vault.update_secret(%s, %s)", (held["id"], held["document"]))
    assert connected.call("GET", _PATH).status_code == 200


def test_connecting_is_refused_for_a_moment_if_the_account_is_being_revoked(
    connected: Actor, new_person: NewActor, platform_database: Database
):
    other = new_person()
    other.account, other.sub = connected.account, connected.sub
    completion = other.completion()
    # Google does not answer the revocation: it may arrive at any time.
    connected.google.add_fault("drop_before", "/revoke")
    assert connected.call("DELETE", "/v1/google/connection").json()["google"]["reason"] == "google_unreachable"
    answer = other.finish(completion)
    body = assert_refused(answer, 409, "google_account_busy")
    assert 1 <= int(answer.headers["Retry-After"]) == body["details"]["retry_after_seconds"] <= 15
    assert stored(platform_database, other)["connections"] == 0
    assert stored(platform_database, other)["attempts"] == 0


def test_connecting_works_at_once_if_google_has_answered_the_revocation(connected: Actor, new_person: NewActor):
    other = new_person()
    other.account, other.sub = connected.account, connected.sub
    assert connected.call("DELETE", "/v1/google/connection").json()["google"]["is_revoked"] is True
    other.connect()
    assert other.call("GET", _PATH).status_code == 200


def test_refresh_that_comes_back_after_a_disconnect_brings_nothing_back(connected: Actor, platform_database: Database):
    expire(connected, platform_database)
    asked = len(connected.google.received("/token"))
    connected.google.add_fault("latency", "/token", seconds=1)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        late = pool.submit(connected.call, "GET", _PATH)
        deadline = time.monotonic() + 10
        while len(connected.google.received("/token")) == asked:
            assert time.monotonic() < deadline, "google was not asked"
            time.sleep(0.01)
        assert connected.call("DELETE", "/v1/google/connection").json()["secrets_deleted"] == 2
        assert_refused(late.result(), 409, "not_connected")
    assert stored(platform_database, connected) == {"connections": 0, "attempts": 0, "vault_secrets": 0}
    assert connected.google.grants(connected.sub) == []
    assert notices(connected, platform_database) == []


def test_reconnect_never_revokes_the_grant(connected: Actor):
    told = len(connected.google.received("/revoke"))
    connected.connect()
    assert len(connected.google.received("/revoke")) == told
    assert connected.call("GET", _PATH).status_code == 200


def test_nothing_is_refreshed_or_deleted_while_the_breaker_is_open(connected: Actor, platform_database: Database):
    expire(connected, platform_database)
    asked = len(connected.google.received("/token"))
    platform_database.execute(
        "insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)"
    )
    try:
        answer = connected.call("GET", _PATH)
        assert_refused(answer, 503, "refresh_stopped")
        assert answer.headers["Retry-After"] == "60"
        assert len(connected.google.received("/token")) == asked
    finally:
        platform_database.execute("select ops.close_refresh_breaker('a test')")
    assert connected.call("GET", _PATH).status_code == 200
