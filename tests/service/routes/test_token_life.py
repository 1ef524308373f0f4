"""The life of a token over HTTP: what ends a connection, what never may, and what the caller is told."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.token_life import (
    OF_USER,
    _no_refreshes_so_far,  # noqa: F401 - for every test here
    expire,
    make_due,
    notices,
    token_version,
)

_PATH = "/v1/calendar/events"


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
        f"update private.google_secrets set client_id = 'another.apps.googleusercontent.com' {OF_USER}",
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
        f"(select {use}_secret_id from private.google_secrets {OF_USER})",
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
