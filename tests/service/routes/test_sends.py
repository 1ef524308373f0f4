"""GET /v1/gmail/sends/{key}: what became of a send, for whoever lost the answer."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.conftest import NewActor


def path(key: object) -> str:
    return f"/v1/gmail/sends/{key}"


def test_sent_mail_is_told_with_its_ids_and_google_is_not_asked(connected: Actor):
    sent = connected.send(key := uuid4()).json()
    before = len(connected.google.received())
    body = connected.call("GET", path(key)).json()
    assert len(connected.google.received()) == before
    assert body.pop("created_at") <= body.pop("finished_at")
    assert body == {"key": str(key), "state": "sent", "reason": None, **sent}


@pytest.mark.parametrize(
    ("kind", "state", "reason"), [("drop_after", "unknown", None), ("forbidden", "failed", "forbidden")]
)
def test_send_that_did_not_end_well_is_told_as_it_is(connected: Actor, kind: str, state: str, reason: str | None):
    connected.google.add_fault(kind, "/gmail")
    connected.send(key := uuid4())
    body = connected.call("GET", path(key)).json()
    assert (body["state"], body["reason"], body["message_id"], body["thread_id"]) == (state, reason, None, None)


def test_send_under_way_is_told_so(connected: Actor, platform_database: Database):
    key = uuid4()
    platform_database.execute(
        "insert into private.gmail_send_claims (user_id, idempotency_key, request_hmac) values (%s, %s, %s)",
        (connected.id, key, f"local:{'0' * 64}"),
    )
    body = connected.call("GET", path(key)).json()
    assert (body["state"], body["finished_at"]) == ("sending", None)


def test_send_of_another_user_is_as_unknown_as_none(connected: Actor, new_person: NewActor):
    connected.send(key := uuid4())
    stranger = new_person()
    answers = [stranger.call("GET", path(each)) for each in (key, uuid4())]
    assert [assert_refused(each, 404, "not_found") for each in answers] == [answers[0].json()] * 2


def test_send_can_be_asked_for_after_a_disconnect(connected: Actor):
    connected.send(key := uuid4())
    connected.call("DELETE", "/v1/google/connection")
    assert connected.call("GET", path(key)).json()["state"] == "sent"


def test_key_that_is_none_is_refused(ada: Actor):
    body = assert_refused(ada.call("GET", path("not-a-uuid")), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == ["key"]
