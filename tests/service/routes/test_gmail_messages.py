"""Sending: as the user wrote it, at most once per key, nothing of it kept."""

from __future__ import annotations

import base64
import concurrent.futures
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service.domain.google_scopes import CALENDAR_READ, GMAIL_SEND
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused


def claims(database: Database, actor: Actor) -> list[tuple[str, str | None]]:
    rows = database.rows(
        "select state, error_code from private.gmail_send_claims where user_id = %s order by created_at", (actor.id,)
    )
    return [(row["state"], row["error_code"]) for row in rows]


def test_mail_goes_out_as_the_user_wrote_it(connected: Actor):
    answer = connected.send(to=["grace@example.com", "info@bücher.example"], subject="Größe, 尺寸", text="Zehn?\nAda")
    assert answer.status_code == 201
    (mail,) = connected.google.mails(connected.sub)
    assert mail["headers"]["subject"] == "Größe, 尺寸"
    assert mail["headers"]["to"] == "grace@example.com, info@xn--bcher-kva.example"
    assert mail["text"].replace("\r\n", "\n").strip() == "Zehn?\nAda"
    assert answer.json() == {"message_id": mail["id"], "thread_id": mail["threadId"]}


def test_mail_leaves_nothing_of_itself_here(connected: Actor, platform_database: Database, log_dir: Path):
    word = f"word{uuid4().hex}"
    assert connected.send(subject=f"{word}-subject", text=f"{word}-text", to=[f"{word}@example.com"]).status_code == 201
    row = platform_database.value(
        "select row_to_json(claims)::text from private.gmail_send_claims as claims where user_id = %s", (connected.id,)
    )
    assert word not in row
    for path in log_dir.rglob("*.log"):
        assert word not in path.read_text(errors="replace"), path.name


def test_same_key_and_body_answer_again_and_send_nothing(connected: Actor, platform_database: Database):
    key = uuid4()
    first, second = connected.send(key), connected.send(key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(connected.google.mails(connected.sub)) == 1
    assert claims(platform_database, connected) == [("sent", None)]


def test_same_key_at_once_sends_once(connected: Actor):
    key = uuid4()
    connected.google.add_fault("latency", "/gmail", seconds=0.3)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: connected.send(key), range(4)))
    assert sorted({answer.status_code for answer in answers}) in ([201], [201, 409])
    assert {answer.json()["error_code"] for answer in answers if answer.status_code == 409} <= {"send_in_progress"}
    assert len(connected.google.mails(connected.sub)) == 1


def test_same_key_with_another_body_is_refused(connected: Actor):
    key = uuid4()
    assert connected.send(key).status_code == 201
    assert_refused(connected.send(key, text="Something else"), 422, "idempotency_key_reused")
    assert len(connected.google.mails(connected.sub)) == 1


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "not-a-uuid",
        "6f1c2f0e7c554a3a9d3c",
        "6f1c2f0e7c554a3a9d3c0d9a7f0f5b11",
        "{6f1c2f0e-7c55-4a3a-9d3c-0d9a7f0f5b11}",
        "urn:uuid:6f1c2f0e-7c55-4a3a-9d3c-0d9a7f0f5b11",
    ],
)
def test_mail_is_refused_if_there_is_no_usable_key(connected: Actor, platform_database: Database, key: str | None):
    headers = {} if key is None else {"Idempotency-Key": key}
    message = {"to": ["grace@example.com"], "subject": "s", "text": "t"}
    answer = connected.call("POST", "/v1/gmail/messages", json=message, headers=headers)
    assert_refused(answer, 400, "idempotency_key_required")
    assert claims(platform_database, connected) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": []}, "to"),
        ({"to": ["not an address"]}, "to.0"),
        ({"to": ["jürgen@example.com"]}, "to.0"),
        ({"to": ["a@example.com\r\nBcc: eve@example.com"]}, "to.0"),
        ({"to": "grace@example.com"}, "to"),
        ({"to": ["a@example.com"] * 101}, "to"),
        ({"subject": "x\r\nBcc: eve@example.com"}, "subject"),
        ({"subject": "x\ny"}, "subject"),
        ({"subject": "x\x00y"}, "subject"),
        ({"subject": "x\x85y"}, "subject"),
        ({"subject": "x\u2028"}, "subject"),
        ({"subject": "\u2029"}, "subject"),
        ({"subject": "x" * 999}, "subject"),
        ({"subject": 5}, "subject"),
        ({"text": None}, "text"),
        ({"reply_to": "eve@example.com"}, "reply_to"),
    ],
)
def test_mail_is_refused_and_nothing_is_claimed_if_a_field_is_wrong(
    connected: Actor, platform_database: Database, changes: dict[str, Any], field: str
):
    body = assert_refused(connected.send(**changes), 422, "invalid_request")
    assert [each["field"] for each in body["details"]] == [field]
    assert "eve@example.com" not in str(body)
    assert claims(platform_database, connected) == []
    assert connected.google.mails(connected.sub) == []


def test_mail_is_refused_and_nothing_is_claimed_if_not_connected_or_not_granted(
    ada: Actor, platform_database: Database
):
    assert_refused(ada.send(), 409, "not_connected")
    ada.connect(scopes=[CALENDAR_READ])
    body = assert_refused(ada.send(), 403, "scope_not_granted")
    assert body["details"]["missing_scope"] == GMAIL_SEND
    assert claims(platform_database, ada) == []


def test_findings_are_as_many_as_a_person_can_read(connected: Actor):
    body = assert_refused(connected.send(to=["not an address"] * 100), 422, "invalid_request")
    assert len(body["details"]) == 20


def test_key_stays_free_if_the_token_cannot_be_opened(connected: Actor, platform_database: Database):
    key = uuid4()
    secrets = platform_database.rows(
        "select id, decrypted_secret as document from vault.decrypted_secrets where id = (select access_secret_id "
        "from private.google_secrets as secrets join public.google_connections as connections "
        "on connections.id = secrets.connection_id where connections.user_id = %s)",
        (connected.id,),
    )
    (held,) = secrets
    header, _, rest = held["document"].partition(".")
    lost = json.loads(base64.urlsafe_b64decode(header + "==")) | {"kid": "lost"}
    document = f"{base64.urlsafe_b64encode(json.dumps(lost).encode()).decode().rstrip('=')}.{rest}"
    platform_database.execute("select vault.update_secret(%s, %s)", (held["id"], document))
    answer = connected.send(key)
    assert answer.status_code == 503, answer.text
    assert claims(platform_database, connected) == []
    platform_database.execute("select vault.update_secret(%s, %s)", (held["id"], held["document"]))
    assert connected.send(key).status_code == 201


@pytest.mark.parametrize(
    "kind", ["status_500", "status_503", "html", "empty", "other_json", "drop_after", "drop_before"]
)
def test_outcome_is_unknown_and_nothing_is_sent_again_if_the_answer_is_lost(
    connected: Actor, platform_database: Database, kind: str
):
    key = uuid4()
    connected.google.add_fault(kind, "/gmail")
    assert_refused(connected.send(key), 409, "outcome_unknown")
    sent = len(connected.google.mails(connected.sub))
    assert sent == (1 if kind == "drop_after" else 0)
    assert len(connected.google.received("/gmail")) >= 1
    assert_refused(connected.send(key), 409, "outcome_unknown")
    assert len(connected.google.mails(connected.sub)) == sent
    assert claims(platform_database, connected) == [("unknown", None)]


@pytest.mark.parametrize(
    ("kind", "more", "status", "error_code", "reason"),
    [
        ("forbidden", {"reason": "dailyLimitExceeded"}, 429, "google_rate_limited", "daily_limit_exceeded"),
        ("forbidden", {"reason": "domainPolicy"}, 403, "blocked_by_administrator", "domain_policy"),
        ("too_many", {"reason": "userRateLimitExceeded"}, 429, "google_rate_limited", "user_rate_limit_exceeded"),
        ("bad_request", {"reason": "failedPrecondition"}, 422, "google_refused_request", "failed_precondition"),
        ("unauthorized", {"times": 2}, 502, "google_unauthorized", "auth_error"),
    ],
)
def test_mail_failed_for_certain_if_gmail_refused_it(
    connected: Actor, platform_database: Database, kind: str, more: dict[str, Any], status: int, error_code: str,
    reason: str,
):  # fmt: skip
    key = uuid4()
    connected.google.add_fault(kind, "/gmail", **more)
    first = connected.send(key)
    assert ("Retry-After" in first.headers) is (status == 429)
    for answer in (first, connected.send(key)):
        assert assert_refused(answer, status, error_code)["details"]["reason"] == reason
    assert connected.google.mails(connected.sub) == []
    assert claims(platform_database, connected) == [("failed", reason)]


def test_mail_goes_out_once_if_gmail_refuses_the_token_and_takes_a_fresh_one(
    connected: Actor, platform_database: Database
):
    connected.google.expire_access_tokens()
    before = len(connected.google.received("/token"))
    assert connected.send().status_code == 201
    assert len(connected.google.mails(connected.sub)) == 1
    assert len(connected.google.received("/token")) == before + 1
    assert claims(platform_database, connected) == [("sent", None)]


def test_key_stays_free_if_the_grant_has_ended(connected: Actor, platform_database: Database):
    connected.google.revoke_grant(connected.sub)
    body = assert_refused(connected.send(key := uuid4()), 409, "reconnect_required")
    assert body["details"] == {"reason": "grant_ended"}
    assert claims(platform_database, connected) == []
    connected.connect()
    assert connected.send(key).status_code == 201


def test_gmail_is_asked_once_if_the_connection_drops(connected: Actor):
    before = len(connected.google.received("/gmail"))
    connected.google.add_fault("drop_after", "/gmail")
    connected.send()
    assert len(connected.google.received("/gmail")) == before + 1


def test_claims_go_with_the_user(connected: Actor, platform_database: Database):
    assert connected.send().status_code == 201
    platform_database.execute("delete from auth.users where id = %s", (connected.id,))
    assert claims(platform_database, connected) == []
