"""Use after a delivered notice is agreement too, and what is no use is none."""

from __future__ import annotations

import pytest

from tests.database.connections import Caller, begin_arguments, connect
from tests.database.workspaces.agreeing import agreements_of, change_policy, deliver, missing
from tests.database.workspaces.calling import call
from tests.databases import Database
from tests.personas import add_person, add_session


def test_change_closes_until_its_notice_is_delivered_and_use_then_agrees(database: Database) -> None:
    person = add_person(database)
    version = change_policy(database)
    assert missing(database, person) == ["agreement_missing"]
    notice_id = deliver(database, person)
    assert missing(database, person) == []
    assert len(agreements_of(database, person)) == 1, "asking for the state is no use"
    call(database, person.persona(), "create_workspace", name="Bakery")
    assert agreements_of(database, person)[1] == {
        "policy_version_id": version["id"], "kind": "use", "notice_id": notice_id,
    }  # fmt: skip


@pytest.mark.parametrize("what", ["sign in", "refresh"])
def test_signing_in_and_refreshing_are_use(database: Database, what: str) -> None:
    person = add_person(database)
    change_policy(database)
    add_session(database, person.id)
    assert len(agreements_of(database, person)) == 1, "the notice was not delivered"
    deliver(database, person)
    if what == "sign in":
        add_session(database, person.id)
    else:
        database.execute("update auth.sessions set refreshed_at = now() where id = %s", (person.session_id,))
    assert [each["kind"] for each in agreements_of(database, person)] == ["explicit", "use"]


def test_sending_is_use_and_showing_is_not(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
        change_policy(database)
        asked = {"user_id": person.id, "session_id": person.session_id, "may_refresh": False}
        assert service.call("open_token", **asked, purpose="show_events")["outcome"] == "opened"
        assert service.call("open_token", **asked, purpose="send_message")["outcome"] == "agreement_missing"
        assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] == "agreement_missing"
        deliver(database, person)
        assert service.call("open_token", **asked, purpose="show_events")["outcome"] == "opened"
        assert len(agreements_of(database, person)) == 1
        assert service.call("open_token", **asked, purpose="send_message")["outcome"] == "opened"
    assert len(agreements_of(database, person)) == 2


def test_connecting_is_use(database: Database) -> None:
    person = add_person(database)
    change_policy(database)
    deliver(database, person)
    with Caller(database) as service:
        assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] == "started"
    assert [each["kind"] for each in agreements_of(database, person)] == ["explicit", "use"]


def test_only_what_shows_opens_without_agreement(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
        change_policy(database)
        asked = {"user_id": person.id, "session_id": person.session_id, "may_refresh": False}
        purposes = database.rows("select name from private.purposes where document = 'access'")
        outcomes = {
            each["name"]: service.call("open_token", **asked, purpose=each["name"])["outcome"] for each in purposes
        }
    assert {name for name, outcome in outcomes.items() if outcome == "opened"} == {"show_events", "show_message_status"}
    assert set(outcomes.values()) == {"opened", "agreement_missing"}


def test_fault_in_recording_never_stops_a_sign_in(database: Database) -> None:
    person = add_person(database)
    change_policy(database)
    deliver(database, person)
    database.execute("alter table public.agreements add constraint broken check (kind <> 'use')")
    session_id = add_session(database, person.id)
    assert database.value("select count(*) from auth.sessions where id = %s", (session_id,)) == 1
    assert len(agreements_of(database, person)) == 1


def test_sign_in_waits_for_nobody_who_holds_the_agreement(database: Database) -> None:
    person = add_person(database)
    version = change_policy(database)
    deliver(database, person)
    with database.connect() as holding, holding.transaction(force_rollback=True):
        holding.execute(
            "insert into public.agreements (user_id, policy_version_id, kind, text_sha256) "
            "values (%s, %s, 'explicit', %s)",
            (person.id, version["id"], version["text_sha256"]),
        )
        add_session(database, person.id)
    assert database.value("select current_setting('lock_timeout')") == "0"
    assert len(agreements_of(database, person)) == 1
