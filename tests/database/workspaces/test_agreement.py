"""Agreement to a version is on record before anything new begins; use after a delivered notice is agreement too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import Caller, begin_arguments, connect
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage, publish
from tests.databases import Database
from tests.personas import Person, add_person, add_session, run_as


def _agree(database: Database, person: Person, version: dict[str, Any]) -> dict[str, Any]:
    return call(
        database, person.persona(), "accept_policy", policy_version_id=version["id"], text_sha256=version["text_sha256"]
    )


def _missing(database: Database, person: Person) -> list[str]:
    return call(database, person.persona(), "own_state")["missing"]


def _agreements(database: Database, person: Person) -> list[dict[str, Any]]:
    return database.rows(
        "select policy_version_id, kind, notice_id from public.agreements where user_id = %s order by agreed_at",
        (person.id,),
    )


def _change(database: Database) -> dict[str, Any]:
    """A material change that takes effect now, announced."""
    version = publish(database, "privacy_policy", "changed")
    database.value("select private.announce_policy_versions()")
    return version


def _deliver(database: Database, person: Person) -> int:
    notice_id = database.value("select id from public.policy_notices where user_id = %s", (person.id,))
    call(database, person.persona(), "mark_policy_notice_delivered", notice_id=notice_id)
    return notice_id


def test_new_user_has_to_attest_and_agree_first(database: Database) -> None:
    person = add_person(database, is_ready=False)
    assert _missing(database, person) == ["adult_attestation_missing", "agreement_missing"]
    with pytest.raises(Refused) as refused:
        call(database, person.persona(), "create_workspace", name="Bakery")
    assert (refused.value.code, refused.value.status) == ("adult_attestation_missing", 403)
    assert refused.value.details == "adult_attestation_missing, agreement_missing"
    assert call(database, person.persona(), "attest_adult", is_adult=True) == {"outcome": "attested"}
    with pytest.raises(Refused, match="agreement_missing"):
        call(database, person.persona(), "create_workspace", name="Bakery")
    (version,) = database.rows("select id, text_sha256 from public.policy_versions")
    assert _agree(database, person, version) == {"outcome": "agreed"}
    assert _agree(database, person, version) == {"outcome": "agreed_before"}
    assert _missing(database, person) == []
    assert database.value("select count(*) from public.consents") == 0


def test_nobody_has_agreed_to_anything_before_a_version_is_published(database: Database) -> None:
    person = add_person(database)
    with database.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("alter table public.policy_versions disable trigger keep_for_good")
        connection.execute("alter table public.agreements disable trigger keep_until_its_person_goes")
        connection.execute("delete from public.agreements")
        connection.execute("delete from public.policy_versions")
        row = connection.execute("select private.has_agreed(%s) as it", (person.id,)).fetchone()
        assert row == {"it": False}


def test_agreement_to_another_text_is_refused(database: Database) -> None:
    person, version = add_person(database), publish(database, "privacy_policy", "changed")
    with pytest.raises(Refused, match="text_was_another"):
        _agree(database, person, {**version, "text_sha256": "0" * 64})
    with pytest.raises(Refused, match="policy_version_not_found"):
        _agree(database, person, publish(database, "service_agreement", "terms"))


def test_change_closes_until_its_notice_is_delivered_and_use_then_agrees(database: Database) -> None:
    person = add_person(database)
    version = _change(database)
    assert _missing(database, person) == ["agreement_missing"]
    notice_id = _deliver(database, person)
    assert _missing(database, person) == []
    assert len(_agreements(database, person)) == 1, "asking for the state is no use"
    call(database, person.persona(), "create_workspace", name="Bakery")
    assert _agreements(database, person)[1] == {
        "policy_version_id": version["id"], "kind": "use", "notice_id": notice_id,
    }  # fmt: skip


@pytest.mark.parametrize("what", ["sign in", "refresh"])
def test_signing_in_and_refreshing_are_use(database: Database, what: str) -> None:
    person = add_person(database)
    _change(database)
    add_session(database, person.id)
    assert len(_agreements(database, person)) == 1, "the notice was not delivered"
    _deliver(database, person)
    if what == "sign in":
        add_session(database, person.id)
    else:
        database.execute("update auth.sessions set refreshed_at = now() where id = %s", (person.session_id,))
    assert [each["kind"] for each in _agreements(database, person)] == ["explicit", "use"]


def test_sending_is_use_and_showing_is_not(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
        _change(database)
        asked = {"user_id": person.id, "session_id": person.session_id, "may_refresh": False}
        assert service.call("open_token", **asked, purpose="show_events")["outcome"] == "opened"
        assert service.call("open_token", **asked, purpose="send_message")["outcome"] == "agreement_missing"
        assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] == "agreement_missing"
        _deliver(database, person)
        assert service.call("open_token", **asked, purpose="show_events")["outcome"] == "opened"
        assert len(_agreements(database, person)) == 1
        assert service.call("open_token", **asked, purpose="send_message")["outcome"] == "opened"
    assert len(_agreements(database, person)) == 2


def test_connecting_is_use(database: Database) -> None:
    person = add_person(database)
    _change(database)
    _deliver(database, person)
    with Caller(database) as service:
        assert service.call("begin_google_authorization", **begin_arguments(person))["outcome"] == "started"
    assert [each["kind"] for each in _agreements(database, person)] == ["explicit", "use"]


def test_only_what_shows_opens_without_agreement(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
        _change(database)
        asked = {"user_id": person.id, "session_id": person.session_id, "may_refresh": False}
        purposes = database.rows("select name from private.purposes where document = 'access'")
        outcomes = {
            each["name"]: service.call("open_token", **asked, purpose=each["name"])["outcome"] for each in purposes
        }
    assert {name for name, outcome in outcomes.items() if outcome == "opened"} == {"show_events", "show_message_status"}
    assert set(outcomes.values()) == {"opened", "agreement_missing"}


def test_fault_in_recording_never_stops_a_sign_in(database: Database) -> None:
    person = add_person(database)
    _change(database)
    _deliver(database, person)
    database.execute("alter table public.agreements add constraint broken check (kind <> 'use')")
    session_id = add_session(database, person.id)
    assert database.value("select count(*) from auth.sessions where id = %s", (session_id,)) == 1
    assert len(_agreements(database, person)) == 1


def test_sign_in_waits_for_nobody_who_holds_the_agreement(database: Database) -> None:
    person = add_person(database)
    version = _change(database)
    _deliver(database, person)
    with database.connect() as holding, holding.transaction(force_rollback=True):
        holding.execute(
            "insert into public.agreements (user_id, policy_version_id, kind, text_sha256) "
            "values (%s, %s, 'explicit', %s)",
            (person.id, version["id"], version["text_sha256"]),
        )
        add_session(database, person.id)
    assert database.value("select current_setting('lock_timeout')") == "0"
    assert len(_agreements(database, person)) == 1


def test_minor_change_asks_for_nothing(database: Database) -> None:
    person = add_person(database)
    database.value(
        "select ops.publish_policy_version('privacy_policy', 'typo', 'Text.', 'https://example.com/t', 'A typo.', "
        "now(), false)"
    )
    assert _missing(database, person) == []
    assert database.value("select private.announce_policy_versions()") == 0


def _publish_now(database: Database, effective: str) -> None:
    database.value(
        "select ops.publish_policy_version('privacy_policy', 'hasty', 'Text.', 'https://example.com/t', "
        f"'It changed.', {effective}, true)"
    )


@pytest.mark.parametrize("effective", ["now()", "now() - interval '9 days'", "now() + interval '23 hours'"])
def test_material_change_is_announced_a_day_before_it_takes_effect(database: Database, effective: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="takes effect a day after") as refused:
        _publish_now(database, effective)
    assert refused.value.diag.constraint_name == "material_change_is_announced_first"
    assert database.value("select count(*) from public.policy_versions where version = 'hasty'") == 0


def test_material_change_would_take_effect_at_once_without_the_guard(database: Database) -> None:
    remove_guard(database, "private.announce_material_change()", "new.is_material and", "false and")
    _publish_now(database, "now()")
    assert database.value("select count(*) from public.policy_versions where version = 'hasty'") == 1


def test_coming_version_is_announced_once_and_binds_nobody_yet(database: Database) -> None:
    person, later = (
        add_person(database),
        publish(database, "privacy_policy", "later", effective="now() + interval '9 days'"),
    )
    assert database.value("select private.announce_policy_versions()") == 1
    assert database.value("select private.announce_policy_versions()") == 0
    assert _missing(database, person) == []
    assert _agree(database, person, later) == {"outcome": "agreed"}


@pytest.mark.parametrize(
    "statement",
    [
        "update public.agreements set agreed_at = now()", "delete from public.agreements",
        "update public.policy_versions set summary = 'Other.'", "delete from public.policy_versions",
        "update public.workspace_agreements set accepted_at = now()", "delete from public.workspace_agreements",
        "update public.workspace_agreements set accepted_by = null",
        "update public.policy_notices set created_at = now() - interval '1 year'", "delete from public.policy_notices",
    ],
)  # fmt: skip
def test_record_is_append_only_for_operators_too(stage: Stage, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        stage.database.execute(statement)


def test_delivery_of_a_notice_is_written_down_once(own_stage: Stage) -> None:
    database, owner = own_stage.database, own_stage.persona("owner")
    first = call(database, owner, "mark_policy_notice_delivered", notice_id=own_stage.notice_id)
    assert call(database, owner, "mark_policy_notice_delivered", notice_id=own_stage.notice_id) == first
    for change in ("delivered_at = null", "delivered_at = delivered_at + interval '1 day'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            database.execute(f"update public.policy_notices set {change} where id = %s", (own_stage.notice_id,))


def test_workspace_is_closed_to_writes_until_its_terms_are_accepted(own_stage: Stage) -> None:
    database, owner = own_stage.database, own_stage.people["owner"]
    made = call(database, owner.persona(), "create_workspace", name="Second")
    assert made["are_terms_missing"] is True
    fresh = UUID(made["workspace_id"])
    rename = "update public.workspaces set name = 'Renamed' where id = %s returning id"
    with pytest.raises(psycopg.Error, match="terms_missing"):
        run_as(database, owner.persona(), rename, (fresh,))
    # The other workspace of the same owner has its terms.
    assert run_as(database, owner.persona(), rename, (own_stage.workspace_id,)) == [{"id": own_stage.workspace_id}]
    assert call(database, owner.persona(), "own_state")["workspaces_without_terms"] == [str(fresh)]
    terms = {"policy_version_id": own_stage.terms["id"], "text_sha256": own_stage.terms["text_sha256"]}
    answer = call(database, owner.persona(), "accept_workspace_terms", workspace_id=fresh, **terms)
    assert answer == {"outcome": "accepted", "are_terms_missing": False}
    assert run_as(database, owner.persona(), rename, (fresh,)) == [{"id": fresh}]
    publish(database, "service_agreement", "terms-2")
    assert call(database, owner.persona(), "own_state")["workspaces_without_terms"] == []
    publish(database, "data_processing_terms", "dpa-1")
    assert len(call(database, owner.persona(), "own_state")["workspaces_without_terms"]) == 2
    answer = call(database, owner.persona(), "accept_workspace_terms", workspace_id=fresh, **terms)
    assert answer == {"outcome": "accepted_before", "are_terms_missing": True}


def test_data_of_others_comes_into_no_workspace_without_terms(own_stage: Stage) -> None:
    database, owner, here = own_stage.database, own_stage.persona("owner"), {"workspace_id": own_stage.workspace_id}
    contact = {"address": "new@example.com", "purpose": "marketing", "source": "form"}
    text = {"consent_text_id": own_stage.text["id"], "text_sha256": own_stage.text["text_sha256"]}
    publish(database, "data_processing_terms", "dpa-1")
    for function, arguments in (
        ("invite_member", {"email": "new@example.com", "role": "member"}), ("record_contact_consent", contact | text),
    ):  # fmt: skip
        with pytest.raises(Refused, match="terms_missing") as refused:
            call(database, owner, function, **here, **arguments)
        assert refused.value.status == 403
    assert database.value("select count(*) from public.invitations where email = 'new@example.com'") == 0
    # A withdrawal is a right of the contact.
    assert call(database, owner, "withdraw_contact_consent", **here, **contact)["state"] == "withdrawn"
