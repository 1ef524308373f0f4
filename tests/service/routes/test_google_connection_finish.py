"""Finishing: only who started, only once, only with a genuine completion and a genuine ID token."""

from __future__ import annotations

import concurrent.futures

import pytest

from service.domain.google_scopes import CALENDAR_EVENTS, GMAIL_SEND, SIGN_IN_SCOPES
from tests.databases import Database
from tests.service.routes.actors import Actor, assert_refused, stored
from tests.service.routes.conftest import NewActor


def test_finish_stores_the_connection_sealed(ada: Actor, platform_database: Database):
    before = stored(platform_database, ada)["vault_secrets"]
    answer = ada.finish(ada.completion())
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["email"], body["missing_scopes"]) == ("active", ada.account, [])
    assert answer.headers["Cache-Control"] == "no-store"
    assert stored(platform_database, ada) == {"connections": 1, "attempts": 0, "vault_secrets": before + 2}
    documents = platform_database.rows(
        """
        select decrypted_secret as document from vault.decrypted_secrets
        where id in (
            select unnest(array[access_secret_id, refresh_secret_id]) from private.google_secrets as secrets
            join public.google_connections as connections on connections.id = secrets.connection_id
            where connections.user_id = %s
        )
        """,
        (ada.id,),
    )
    for row in documents:
        # Compact JWE with a shared key: five parts, the second one empty.
        assert [bool(part) for part in row["document"].split(".")] == [True, False, True, True, True]
        assert "ya29." not in row["document"]


def test_finish_shows_what_was_not_granted_if_the_user_left_boxes_unticked(ada: Actor):
    ada.connect(scopes=[GMAIL_SEND])
    body = ada.call("GET", "/v1/google/connection").json()
    assert set(body["granted_scopes"]) == {GMAIL_SEND, *SIGN_IN_SCOPES}
    assert CALENDAR_EVENTS in body["missing_scopes"]


def test_finish_is_refused_if_the_completion_was_used(ada: Actor, platform_database: Database):
    completion = ada.completion()
    assert ada.finish(completion).status_code == 201
    after = stored(platform_database, ada)
    assert_refused(ada.finish(completion), 404, "completion_unknown")
    assert stored(platform_database, ada) == after


def test_finish_exchanges_once_if_the_completion_comes_twice_at_once(ada: Actor, platform_database: Database):
    completion = ada.completion()
    before = len(ada.google.received("/token"))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(ada.finish, [completion] * 4))
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {404, 409}
    assert len(ada.google.received("/token")) == before + 1
    assert stored(platform_database, ada)["connections"] == 1


def test_finish_is_refused_if_the_completion_has_expired(ada: Actor, platform_database: Database):
    completion = ada.completion()
    platform_database.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '5 minutes', "
        "expires_at = now() - interval '1 second' where user_id = %s",
        (ada.id,),
    )
    answer = ada.finish(completion)
    # The schedule may have been faster than this request.
    assert (answer.status_code, answer.json()["error_code"]) in [
        (410, "completion_expired"),
        (404, "completion_unknown"),
    ]
    assert stored(platform_database, ada)["connections"] == 0


def _spoiled(completion: str) -> list[str]:
    state_hash, _, document = completion.partition(".")
    header, *rest = document.split(".")
    return [
        "x",
        document,
        f"{'0' * 64}.{document}",
        # One in 256 documents ends in AA by itself.
        f"{state_hash}.{document[:-2]}{'AQ' if document.endswith('AA') else 'AA'}",
        f"{state_hash}.{'.'.join(('eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoieCIsInR5cCI6IngifQ', *rest))}",
        f"{state_hash}.{header}",
        completion + "." + document,
    ]


def test_finish_is_refused_and_the_attempt_stays_if_the_completion_is_forged(ada: Actor, platform_database: Database):
    completion = ada.completion()
    for forged in _spoiled(completion):
        assert_refused(ada.finish(forged), 400, "completion_invalid")
    assert stored(platform_database, ada)["attempts"] == 1
    assert ada.finish(completion).status_code == 201


def test_completion_of_another_user_burns_the_attempt_and_tells_the_starter(
    new_person: NewActor, platform_database: Database
):
    ada, eve = new_person(), new_person()
    completion = ada.completion()
    assert_refused(eve.finish(completion), 403, "completion_of_another_user")
    assert_refused(ada.finish(completion), 404, "completion_unknown")
    for person in (ada, eve):
        assert stored(platform_database, person)["connections"] == 0
        assert stored(platform_database, person)["attempts"] == 0
    notices = ada.user.client.table("security_notices").select("kind").execute().data
    assert notices == [{"kind": "google_authorization_used_by_another_user"}]
    assert eve.user.client.table("security_notices").select("kind").execute().data == []
    assert ada.google.grants(ada.sub) == []


def test_completion_of_another_session_of_the_same_user_is_refused(ada: Actor, platform_database: Database):
    completion = ada.completion()
    other = ada.user.client.auth.sign_in_with_password({"email": ada.user.email, "password": ada.user.password})
    assert other.session is not None
    ada.headers = {"Authorization": f"Bearer {other.session.access_token}"}
    assert_refused(ada.finish(completion), 403, "completion_of_another_session")
    assert stored(platform_database, ada)["attempts"] == 0


@pytest.mark.parametrize("wrong", ["nonce", "aud", "iss", "signature", "exp"])
def test_finish_stores_nothing_and_revokes_if_the_id_token_is_wrong(
    ada: Actor, platform_database: Database, wrong: str
):
    completion = ada.completion()
    before = stored(platform_database, ada)["vault_secrets"]
    ada.google.add_fault("id_token", "/token", reason=wrong)
    assert_refused(ada.finish(completion), 403, "id_token_invalid")
    assert stored(platform_database, ada) == {"connections": 0, "attempts": 0, "vault_secrets": before}
    assert ada.google.grants(ada.sub) == []


def test_finish_stores_nothing_if_the_address_is_unverified(new_person: NewActor, platform_database: Database):
    person = new_person(email_verified=False)
    assert_refused(person.finish(person.completion()), 403, "google_email_unverified")
    assert stored(platform_database, person)["connections"] == 0
    assert person.google.grants(person.sub) == []


@pytest.mark.parametrize("kind", ["status_500", "status_503", "html", "empty", "other_json", "too_many", "drop_before"])
def test_finish_ends_the_attempt_and_stores_nothing_if_google_is_down(
    ada: Actor, platform_database: Database, kind: str
):
    completion = ada.completion()
    ada.google.add_fault(kind, "/token")
    assert_refused(ada.finish(completion), 502, "google_unavailable")
    assert stored(platform_database, ada)["connections"] == 0
    assert stored(platform_database, ada)["attempts"] == 0
    assert_refused(ada.finish(completion), 404, "completion_unknown")


@pytest.mark.parametrize(
    ("reason", "status", "error_code"),
    [
        ("invalid_grant", 400, "authorization_code_refused"),
        ("invalid_client", 502, "google_refused"),
        ("deleted_client", 502, "google_refused"),
        ("redirect_uri_mismatch", 502, "google_refused"),
    ],
)
def test_finish_stores_nothing_if_google_refuses_the_code(
    ada: Actor, platform_database: Database, reason: str, status: int, error_code: str
):
    completion = ada.completion()
    ada.google.add_fault("oauth_error", "/token", reason=reason)
    answer = ada.finish(completion)
    assert_refused(answer, status, error_code)
    assert "nobody may log" not in answer.text
    assert stored(platform_database, ada)["connections"] == 0


def test_finish_replaces_the_secrets_and_revokes_nothing_if_already_connected(
    connected: Actor, platform_database: Database
):
    before = stored(platform_database, connected)
    revoked = len(connected.google.received("/revoke"))
    connected.connect()
    assert stored(platform_database, connected) == before
    assert len(connected.google.received("/revoke")) == revoked
    assert connected.call("GET", "/v1/calendar/events").status_code == 200


def test_unstored_grant_is_not_revoked_if_the_account_is_connected_already(connected: Actor):
    # Revoking at Google would end the live connection's grant too.
    completion = connected.completion()
    connected.google.add_fault("id_token", "/token", reason="nonce")
    assert_refused(connected.finish(completion), 403, "id_token_invalid")
    assert len(connected.google.grants(connected.sub)) == 1
    assert connected.call("GET", "/v1/calendar/events").status_code == 200
