"""The gate over HTTP: what begins anew answers with what is missing; what shows, and every right, stays open."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.databases import Database
from tests.service.routes import events
from tests.service.routes.actors import Actor, assert_refused
from tests.service.routes.test_message_status import messages, thread_of_two

_STATES = {
    "adult_attestation_missing": "update public.profiles set adult_attested_at = null where user_id = %s",
    # As if somebody had connected before there was a policy.
    "agreement_missing": "delete from public.agreements where user_id = %s",
}
each_state = pytest.mark.parametrize("missing", _STATES)


def _lack(database: Database, actor: Actor, missing: str) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute("alter table public.agreements disable trigger keep_until_its_person_goes")
        connection.execute(_STATES[missing].encode(), (actor.id,))
        connection.execute("alter table public.agreements enable trigger keep_until_its_person_goes")


@each_state
def test_everything_new_is_refused_with_what_is_missing(
    connected: Actor, platform_database: Database, missing: str
) -> None:
    event_id = events.create(connected).json()["id"]
    completion = connected.completion()
    message = messages(connected)[0]
    _lack(platform_database, connected, missing)
    before = len(connected.google.received())
    for answer in (
        connected.call("POST", "/v1/google/authorizations", json={"return_to": connected.return_to}),
        connected.finish(completion),
        connected.send(),
        connected.send(thread_id=message["threadId"]),
        connected.send(None, **{"from": "alias@example.com"}),
        connected.call("PATCH", f"/v1/gmail/messages/{message['id']}", json={"is_read": True}),
        connected.call("PATCH", f"/v1/gmail/threads/{thread_of_two(connected)}", json={"is_read": True}),
        events.create(connected),
        events.change(connected, event_id, title="Moved"),
    ):
        assert_refused(answer, 403, missing)
    assert len(connected.google.received()) == before, "Google was asked"


@each_state
def test_what_shows_and_every_right_stays_open(connected: Actor, platform_database: Database, missing: str) -> None:
    event_id = events.create(connected).json()["id"]
    sent = uuid4()
    connected.send(sent)
    _lack(platform_database, connected, missing)
    for path in (
        "/v1/google/connection", events.PATH, f"{events.PATH}/{event_id}",
        f"/v1/gmail/threads/{thread_of_two(connected)}", f"/v1/gmail/sends/{sent}",
    ):  # fmt: skip
        assert connected.call("GET", path).status_code == 200, path
    assert connected.call("DELETE", "/v1/google/connection").json()["secrets_deleted"] == 2


def test_mail_that_was_refused_is_sent_under_its_key_once_nothing_is_missing(
    connected: Actor, platform_database: Database
) -> None:
    _lack(platform_database, connected, "adult_attestation_missing")
    assert_refused(connected.send(key := uuid4()), 403, "adult_attestation_missing")
    connected.user.client.rpc("attest_adult", {"is_adult": True}).execute()
    assert connected.send(key).status_code == 201
