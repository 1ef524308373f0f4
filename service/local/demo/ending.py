"""The last steps: the grant ends at Google, Ada connects again, disconnects, and nothing is left."""

from __future__ import annotations

from service.local.demo.beginning import bring_completion
from service.local.demo.story import ACCOUNT, Evidence, Story, require, sub_of


def end_at_google(story: Story) -> Evidence:
    """Ada revokes the access in her Google account"""
    story.google.revoke_grant(sub_of(story))
    story.database.end_access_token(story.user_id)
    answer = story.get("/v1/calendar/events")
    error_code = answer.json()["error_code"]
    require((answer.status_code, error_code) == (409, "reconnect_required"), f"events answered {answer.status_code}")
    yield f"the next call: {answer.status_code} {error_code}, reason {answer.json()['details']['reason']}"
    require(story.database.traces(story.user_id)["vault.secrets"] == 0, "dead tokens are still in Vault")
    shown = story.call("GET", "/v1/google/connection", 200)
    require((shown["status"], shown["email"]) == ("reconnect_required", ACCOUNT), "the account is not shown any more")
    yield f"no token left in Vault; the connection shows {shown['email']} and status {shown['status']}"
    require(story.user is not None, "nobody is signed in")
    told = story.user.table("security_notices").select("id").eq("kind", "google_reconnect_required").execute().data  # type: ignore[union-attr]
    require(len(told) == 1, "Ada was not told")
    yield "Ada's client reads public.security_notices: google_reconnect_required"


def reconnect(story: Story) -> Evidence:
    """Ada connects again"""
    connection = story.call("POST", "/v1/google/connection", 201, json={"completion": bring_completion(story)})
    require(connection["status"] == "active", "the connection is not active")
    require(story.get("/v1/calendar/events").status_code == 200, "events do not come")
    yield "the same connection, active again; her events come"


def disconnect(story: Story) -> Evidence:
    """Ada disconnects"""
    subject = sub_of(story)
    receipt = story.call("DELETE", "/v1/google/connection", 200)
    require(receipt["secrets_deleted"] == 2, f"the receipt counts {receipt['secrets_deleted']} secrets")
    require(receipt["google"]["is_revoked"] is True, "Google was not told")  # type: ignore[index]
    yield f"receipt: deleted at {receipt['deleted_at']}, 2 secrets deleted, revoked at Google"
    grants = story.google.grants(subject)
    require(grants == [], f"Google still lists {len(grants)} grants")
    yield "Google's own list: no grant"


def nothing_left(story: Story) -> Evidence:
    """Nothing is left"""
    left = {table: count for table, count in story.database.traces(story.user_id).items() if count}
    require(not left, f"still there: {left}")
    yield "0 rows in " + ", ".join(story.database.traces(story.user_id))
    after = story.get("/v1/calendar/events")
    require(after.status_code == 409, f"events answered {after.status_code}")
    yield f"asking for events now: {after.status_code} {after.json()['error_code']}"
