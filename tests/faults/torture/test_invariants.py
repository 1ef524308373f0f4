"""Each invariant is seen to turn red: a guard is taken out of the database, or what it guards is spoiled by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.database.connections import KID, Caller, Connected, claim, connect, require_reconnect
from tests.database.linked_records import recipient
from tests.databases import Database
from tests.faults.torture.invariants import (
    AFTERWARDS,
    AT_ONCE,
    broken,
    documents_that_do_not_open,
    left_of_the_deleted,
    state_facts,
)
from tests.faults.torture.known import MOST_OPENINGS, Known
from tests.personas import add_person

Spoil = Callable[[Database, Caller, Connected, Known, list], None]
_KEY = uuid4()


def _claimed(service: Caller, connected: Connected, state: str | None = None, **more: object) -> None:
    person = connected.person
    service.call(
        "claim_gmail_send", user_id=person.id, session_id=person.session_id, idempotency_key=_KEY,
        request_hmac=f"{KID}:{'0' * 64}", may_refresh=False, workspace_id=None,
        recipients=json.dumps([recipient("stranger@example.com")]),
    )  # fmt: skip
    if state:
        service.call(
            "finish_gmail_send", user_id=person.id, idempotency_key=_KEY, state=state,
            message_id=more.get("message_id"), thread_id=more.get("message_id"), error_code=more.get("error_code"),
            google_status=None,
        )  # fmt: skip


def _opened(service: Caller, connected: Connected) -> None:
    person = connected.person
    answer = service.call(
        "open_token", user_id=person.id, session_id=person.session_id, purpose="show_events", may_refresh=False
    )
    assert answer["outcome"] == "opened"


def _without_trigger(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute("drop trigger delete_vault_secrets on private.google_secrets")
    database.execute("delete from public.google_connections where id = %s", (connected.connection_id,))


def _lost_secret(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute(
        "delete from vault.secrets where id = (select access_secret_id from private.google_secrets "
        "where connection_id = %s)",
        (connected.connection_id,),
    )


def _ended_with_tokens(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute(
        "update public.google_connections set status = 'reconnect_required', reconnect_reason = 'grant_ended'"
    )


def _endless_lease(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute(
        "update private.google_secrets set refresh_lease_id = gen_random_uuid(), "
        "refresh_lease_until = now() + interval '1 hour'"
    )


def _endless_exchange(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    claim(service, connected.person, google_sub="another")
    database.execute("update private.google_authorization_attempts set expires_at = now() + interval '20 minutes'")


def _endless_revocation(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute("alter table private.google_revocations drop constraint revocation_is_short")
    database.execute("insert into private.google_revocations values (7, now(), now() + interval '1 hour')")


def _sent_twice(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    _claimed(service, connected, "sent", message_id="1")
    mails += [(connected.person.id, _KEY)] * 2


def _sent_unclaimed(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    mails.append((connected.person.id, uuid4()))


def _sent_without_mail(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    _claimed(service, connected, "sent", message_id="1")


def _failed_with_mail(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    _claimed(service, connected, "failed", error_code="google_unavailable")
    mails.append((connected.person.id, _KEY))


def _still_sending(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    _claimed(service, connected)


def _unrecorded(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    database.execute(
        "create or replace function private.record_opening(p_user_id uuid, p_purpose text, p_outcome text) "
        "returns void language plpgsql security invoker set search_path = '' as 'begin end'"
    )
    _opened(service, connected)
    known.ask(connected.person.id, "show_events")
    known.answer(connected.person.id, "show_events", "/v1/calendar/events", 200)


def _opened_by_nobody(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    for _ in range(MOST_OPENINGS + 1):
        _opened(service, connected)
    known.ask(connected.person.id, "show_events")


def _closing_connected(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    known.closed.append(connected.person.id)


def _closing_attempt(database: Database, service: Caller, connected: Connected, known: Known, mails: list) -> None:
    database.execute("delete from public.google_connections")
    claim(service, connected.person)
    known.closed.append(connected.person.id)


def _old_entry(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute(
        "insert into private.outbox (kind, created_at, ends_at) values "
        "('revoke_google_grant', now() - interval '3 days', now() - interval '2 days')"
    )


def _parked_entry(database: Database, service: Caller, connected: Connected, *_: object) -> None:
    database.execute(
        "insert into private.outbox (kind, ends_at, parked_at, parked_because) values "
        "('revoke_google_grant', now() + interval '1 day', now(), 'poison')"
    )


_SPOILED: dict[str, Spoil] = {
    "a refresh lease lasts longer than thirty seconds": _endless_lease,
    "an exchange lasts longer than two minutes": _endless_exchange,
    "an account waits longer than 15 seconds for a revocation": _endless_revocation,
    "an active connection lacks one of its two secrets": _lost_secret,
    "a connection that has ended keeps tokens": _ended_with_tokens,
    "a secret in Vault belongs to nobody": _without_trigger,
    "a mail was sent twice": _sent_twice,
    "a mail was sent without a claim": _sent_unclaimed,
    "a claim says sent and there is no mail": _sent_without_mail,
    "a claim says failed and there is a mail": _failed_with_mail,
    "a claim is still sending": _still_sending,
    "a call was answered that no opening is on record for": _unrecorded,
    "more openings are on record than calls can have made": _opened_by_nobody,
    "an account that is closing has a connection": _closing_connected,
    "an account that is closing has an attempt": _closing_attempt,
    "the outbox holds an entry beyond its end": _old_entry,
    "an entry of the outbox was given up": _parked_entry,
}


def _found(database: Database, known: Known, mails: list) -> list[str]:
    state_facts(database, known, mails)
    return broken(database, AT_ONCE | AFTERWARDS)


@pytest.mark.parametrize("name", AT_ONCE | AFTERWARDS)
def test_invariant_turns_red_if_what_it_guards_is_spoiled(database: Database, name: str):
    known, mails = Known(), []
    with Caller(database) as service:
        connected = connect(service, add_person(database))
        assert _found(database, known, mails) == []
        _SPOILED[name](database, service, connected, known, mails)
    assert name in _found(database, known, mails)


def test_trace_of_a_deleted_user_is_found_in_any_table(database: Database):
    with Caller(database) as service:
        connected = connect(service, add_person(database))
    person, known = connected.person, Known()
    known.deleted.append((person.id, person.email, connected.google_sub))
    database.execute("drop trigger forget_subject on public.profiles")
    with Caller(database) as service:
        _opened(service, connected)
    database.execute("delete from auth.users where id = %s", (person.id,))
    state_facts(database, known, [])
    # Its sealed refresh document waits for the worker, as it does for a day at most.
    found = {each for each in left_of_the_deleted(database) if "audit" in each}
    assert len(found) == 1


def test_document_of_another_version_does_not_open(database: Database):
    with Caller(database) as service:
        connected = connect(service, add_person(database))
        gone = connect(service, add_person(database))
    require_reconnect(database, gone)
    keys = '{"keys": [{"kty": "oct", "kid": "local-tests", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}]}'
    assert documents_that_do_not_open(database, keys) == []
    database.execute(
        "update private.google_secrets set token_version = token_version + 1 where connection_id = %s",
        (connected.connection_id,),
    )
    assert len(documents_that_do_not_open(database, keys)) == 2


def test_answer_500_is_a_defect_and_a_repeated_key_counts_once():
    known, user_id = Known(), uuid4()
    known.answer(user_id, "show_events", "/v1/calendar/events", 500)
    assert known.defects == ["/v1/calendar/events"]
    assert not known.has_sent()
    for _ in range(2):
        known.answer(user_id, "send_message", "/v1/gmail/messages", 201, "one key")
    assert known.answered[user_id, "send_message"] == 1
    assert known.has_sent()
