"""SIGKILL before each line of the domain in every operation that writes: before or after, never between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import httpx
import pytest
from flask import Flask

from service import create_app
from service.bootstrap import build_adapters
from service.config import load_settings
from service.local.google.client import GoogleControl
from service.local.platform import Platform
from service.local.serve import service_processes
from tests.databases import Database
from tests.faults.conftest import IS_FULL
from tests.faults.killed.invariants import assert_goes_on, broken_invariants, let_time_pass
from tests.faults.killed.steps import Request, die, trace
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor
from tests.service.routes.events import draft, read
from tests.service.routes.records import new_activity, new_contact, new_workspace, tie_in
from tests.service.routes.token_life import expire

# The short form tries each so many steps of an operation, at places that stay the same from run to run.
_SHORT = 4
NewActor = Callable[[], Actor]


@pytest.fixture(scope="module")
def new(module_platform: Platform, http: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewActor]:
    """A function that makes a user of a service that nobody kills; only the child in a test dies."""
    with (
        service_processes(module_platform, log_dir=tmp_path_factory.mktemp("service"), with_worker=False),
        httpx.Client(base_url=module_platform.identity.public_url, timeout=30, trust_env=False) as service,
    ):
        google = GoogleControl(module_platform.google_url)
        yield lambda: new_actor(sign_up(module_platform, http), module_platform, service, google)


@pytest.fixture(scope="module")
def app(module_platform: Platform) -> Flask:
    """The application with its real adapters; it has no connection open yet, so each child makes its own."""
    settings = load_settings({**module_platform.settings_env(), "METRICS_PORT": "0"})
    return create_app(settings, build_adapters(settings))


def _connect(actor: Actor, _: Database) -> Request:
    return Request("POST", "/v1/google/connection", actor.headers, {"completion": actor.completion()})


def _refresh(actor: Actor, database: Database) -> Request:
    actor.connect()
    expire(actor, database)
    return Request("GET", "/v1/calendar/events", actor.headers)


def _disconnect(actor: Actor, _: Database) -> Request:
    actor.connect()
    return Request("DELETE", "/v1/google/connection", actor.headers)


def _send(actor: Actor, _: Database) -> Request:
    actor.connect()
    new_contact(actor, new_workspace(actor), "grace@example.com", email="allowed")
    headers = {**actor.headers, "Idempotency-Key": str(uuid4())}
    return Request(
        "POST", "/v1/gmail/messages", headers, {"to": ["grace@example.com"], "subject": "Tuesday", "text": "At ten?"}
    )


def _create_event(actor: Actor, _: Database) -> Request:
    actor.connect()
    return Request("POST", "/v1/calendar/events", actor.headers, draft(activity_id=str(new_activity(actor))))


def _change_status(actor: Actor, _: Database) -> Request:
    actor.connect()
    message_id = actor.google.messages(actor.sub)[0]["id"]
    return Request("PATCH", f"/v1/gmail/messages/{message_id}", actor.headers, {"is_trashed": True})


_OPERATIONS: dict[str, tuple[Callable[[Actor, Database], Request], int, set[str]]] = {
    "connect": (_connect, 201, {"connecting.finish", "connecting._name_account", "storing.store_connection"}),
    "refresh": (_refresh, 200, {"opening.open_after_refresh", "refreshing.refresh_leased", "refreshing._store"}),
    "disconnect": (_disconnect, 200, {"disconnecting.disconnect", "revoking.revoke_begun"}),
    "send": (_send, 201, {"sending.send", "sending.ask", "recipients.hashed_recipients", "opening.for_call"}),
    "create event": (_create_event, 201, {"writing_events.create_event", "calling.attempt", "tying_events.ask"}),
    "change status": (_change_status, 200, {"message_status.change_message", "calling.attempt"}),
}
each_operation = pytest.mark.parametrize("operation", _OPERATIONS)


def _places(operation: str, count: int) -> list[int]:
    if IS_FULL:
        return list(range(count))
    # Always the last one: everything is done, and nobody has been told.
    return sorted({*random.Random(operation).sample(range(count), _SHORT - 1), count - 1})


@each_operation
def test_state_is_before_or_after_wherever_the_process_dies(
    app: Flask, new: NewActor, module_platform: Platform, module_database: Database, operation: str
):
    prepare, status, functions = _OPERATIONS[operation]
    environ = module_platform.settings_env()
    answered, lines = trace(app, environ, prepare(new(), module_database))
    assert answered == status
    # A function that got another name would silently be left out.
    assert functions <= {line.partition(":")[0] for line in lines}
    for place in _places(operation, len(lines)):
        actor = new()
        request = prepare(actor, module_database)
        mails = len(actor.google.mails(actor.sub))
        assert die(app, environ, request, place), f"step {place} was not reached"
        where = f"killed before {lines[place]}, step {place} of {len(lines)}"
        assert broken_invariants(module_database, actor) == [], where
        if operation == "send":
            _assert_sent_at_most_once(module_database, actor, request, mails, where)
        if operation == "create event":
            _assert_tied_if_made(module_database, actor, request, where)
        if operation in ("create event", "change status"):
            # Whether it acted or not: the caller asks again and has what they wanted, once.
            again = actor.call(request.method, request.path, headers=request.headers, json=request.body)
            assert again.status_code == status, where
        assert_goes_on(module_database, actor)


def _assert_sent_at_most_once(database: Database, actor: Actor, request: Request, mails: int, where: str) -> None:
    sent = len(actor.google.mails(actor.sub)) - mails
    claims = database.rows("select state from private.gmail_send_claims where user_id = %s", (actor.id,))
    assert sent <= 1, where
    assert sent == 0 or claims, where
    if claims:
        let_time_pass(database)
        again = actor.call(request.method, request.path, headers=request.headers, json=request.body)
        assert again.status_code in (201, 409), where
        assert len(actor.google.mails(actor.sub)) - mails == sent, where


def _assert_tied_if_made(database: Database, actor: Actor, request: Request, where: str) -> None:
    # Tied without an event it may be: the caller's repeat, which follows, finds the tie and makes the event.
    is_made = read(actor, request.body["id"]).status_code == 200
    held, _ = tie_in(database, UUID(request.body["activity_id"]))
    assert held in (request.body["id"], None), where
    assert held is not None or not is_made, where


_BREAKS = {
    "a message to a contact has another end than its claim": "insert into public.sent_messages (workspace_id, "
    "sender_id, contact_id, field, idempotency_key) select workspace_id, created_by, id, 'to', gen_random_uuid() "
    "from public.contacts",
    "a secret in Vault belongs to nobody": "drop trigger delete_vault_secrets on private.google_secrets",
    "an active connection has no tokens": "delete from private.google_secrets",
    "the access document does not open": "update private.google_secrets set token_version = 999999",
    "a refresh lease lasts longer than 30 seconds": "update private.google_secrets set "
    "refresh_lease_id = gen_random_uuid(), refresh_lease_until = now() + interval '1 minute'",
}


@pytest.mark.parametrize("what", _BREAKS)
def test_broken_state_is_noticed(new: NewActor, module_database: Database, what: str):
    actor = new()
    actor.connect()
    new_contact(actor, new_workspace(actor))
    assert broken_invariants(module_database, actor) == []
    with module_database.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute(_BREAKS[what].encode())
        if "trigger" in _BREAKS[what]:
            connection.execute("delete from public.google_connections")
        seen = Database(module_database.name, module_database.cluster, connection)
        assert what in broken_invariants(seen, actor)
    actor.call("DELETE", "/v1/google/connection")
