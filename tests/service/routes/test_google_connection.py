"""Seeing the connection and disconnecting: the receipt says what is gone, and it is."""

from __future__ import annotations

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.conftest import NewActor


def test_connection_is_shown_to_its_owner_only(connected: Actor, new_person: NewActor):
    body = connected.call("GET", "/v1/google/connection").json()
    assert (body["status"], body["email"]) == ("active", connected.account)
    assert not any("token" in name or "secret" in name for name in body)
    assert new_person().call("GET", "/v1/google/connection").json()["status"] == "not_connected"


def test_disconnect_deletes_everything_and_revokes_at_google(connected: Actor, platform_database: Database):
    before = stored(platform_database, connected)
    connected.start()
    receipt = connected.call("DELETE", "/v1/google/connection").json()
    assert (receipt["was_connected"], receipt["secrets_deleted"], receipt["attempts_deleted"]) == (True, 2, 1)
    assert receipt["google"] == {
        "is_revoked": True,
        "reason": None,
        "permissions_url": "https://myaccount.google.com/permissions",
    }
    assert stored(platform_database, connected) == {
        "connections": 0,
        "attempts": 0,
        "vault_secrets": before["vault_secrets"] - 2,
    }
    assert connected.google.grants(connected.sub) == []
    (revocation,) = connected.google.received("/revoke")[-1:]
    assert (revocation["query"], revocation["form"]) == ([], ["token"])


def test_disconnect_counts_calls_that_may_still_run(connected: Actor):
    assert connected.call("GET", "/v1/calendar/events").status_code == 200
    assert connected.call("DELETE", "/v1/google/connection").json()["calls_in_flight"] == 1


def test_disconnect_answers_a_receipt_if_nothing_is_connected(connected: Actor):
    assert connected.call("DELETE", "/v1/google/connection").json()["was_connected"] is True
    again = connected.call("DELETE", "/v1/google/connection")
    assert (again.status_code, again.json()["was_connected"], again.json()["secrets_deleted"]) == (200, False, 0)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("drop_before", "google_unreachable"), ("status_500", "google_unavailable"), ("too_many", "google_refused")],
)
def test_disconnect_deletes_here_and_says_why_google_was_not_told(
    connected: Actor, platform_database: Database, kind: str, reason: str
):
    connected.google.add_fault(kind, "/revoke")
    receipt = connected.call("DELETE", "/v1/google/connection").json()
    assert (receipt["secrets_deleted"], receipt["google"]["is_revoked"], receipt["google"]["reason"]) == (
        2,
        False,
        reason,
    )
    assert stored(platform_database, connected)["connections"] == 0


def test_disconnect_counts_a_grant_that_had_ended_as_revoked(connected: Actor):
    connected.google.revoke_grant(connected.sub)
    receipt = connected.call("DELETE", "/v1/google/connection").json()
    assert receipt["google"] == {**receipt["google"], "is_revoked": True, "reason": None}


def test_disconnect_leaves_the_grant_if_another_user_has_the_same_account(
    connected: Actor, new_person: NewActor, platform_database: Database
):
    other = new_person()
    other.account, other.sub = connected.account, connected.sub
    other.connect()
    receipt = connected.call("DELETE", "/v1/google/connection").json()
    assert receipt["google"]["reason"] == "account_connected_by_another_user"
    assert stored(platform_database, connected)["connections"] == 0
    assert other.call("GET", "/v1/calendar/events").status_code == 200
    assert other.call("DELETE", "/v1/google/connection").json()["google"]["is_revoked"] is True
    assert other.google.grants(other.sub) == []


def test_disconnect_ends_an_attempt_that_is_under_way(ada: Actor, platform_database: Database):
    completion = ada.completion()
    ada.call("DELETE", "/v1/google/connection")
    assert_refused(ada.finish(completion), 404, "completion_unknown")
    assert stored(platform_database, ada)["connections"] == 0


def test_disconnect_still_works_if_the_account_is_closing(connected: Actor, platform_database: Database):
    platform_database.execute(
        "update public.profiles set account_state = 'closing' where user_id = %s", (connected.id,)
    )
    assert_refused(connected.call("GET", "/v1/calendar/events"), 403, "account_closing")
    assert connected.call("GET", "/v1/google/connection").status_code == 200
    assert connected.call("DELETE", "/v1/google/connection").json()["secrets_deleted"] == 2


def test_deleting_the_user_deletes_connection_and_secrets(connected: Actor, platform_database: Database):
    platform_database.execute("delete from auth.users where id = %s", (connected.id,))
    left = stored(platform_database, connected)
    assert (left["connections"], left["attempts"]) == (0, 0)
    # The sealed refresh document waits for the worker, which tells Google.
    assert left["vault_secrets"] <= 1
    assert_refused(connected.call("GET", "/v1/calendar/events"), 401, "unauthenticated")
