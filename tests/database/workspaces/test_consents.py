"""Consent is given and withdrawn in one call each, in force at once; without one, the answer is no."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.connections import Caller
from tests.database.workspaces.calling import Refused, call, call_in, tab
from tests.database.workspaces.stage import ADDRESS, Stage
from tests.personas import GOOGLE_OPERATOR, run_as


def _may(stage: Stage, purpose: str = "marketing", **subject: Any) -> dict[str, Any]:
    with Caller(stage.database) as service:
        return service.call("may_process", subject=Jsonb(subject), purpose=purpose)


def _shown(stage: Stage) -> dict[str, Any]:
    return {"consent_text_id": stage.text["id"], "text_sha256": stage.text["text_sha256"]}


def test_user_gives_and_withdraws_and_the_answer_follows(own_stage: Stage) -> None:
    database, who, user_id = own_stage.database, own_stage.persona("member"), str(own_stage.id("member"))
    assert _may(own_stage, user_id=user_id) == {"is_allowed": False, "reason": "no_consent"}
    call(database, who, "give_consent", purpose="marketing", **_shown(own_stage))
    assert _may(own_stage, user_id=user_id) == {"is_allowed": True, "reason": "consent_in_force"}
    assert _may(own_stage, "ai_training", user_id=user_id)["is_allowed"] is False
    call(database, who, "withdraw_consent", purpose="marketing")
    assert _may(own_stage, user_id=user_id) == {"is_allowed": False, "reason": "consent_withdrawn"}
    states = run_as(database, who, "select purpose, state from public.current_consents where user_id is not null")
    assert states == [{"purpose": "marketing", "state": "withdrawn"}]


def test_newest_entry_counts_although_the_clock_was_set_back(own_stage: Stage) -> None:
    who, user_id = own_stage.persona("member"), own_stage.id("member")
    call(own_stage.database, who, "give_consent", purpose="marketing", **_shown(own_stage))
    own_stage.database.execute(
        "insert into public.consents (user_id, purpose, state, source, recorded_at) "
        "values (%s, 'marketing', 'withdrawn', 'operator', now() - interval '1 hour')",
        (user_id,),
    )
    assert _may(own_stage, user_id=str(user_id)) == {"is_allowed": False, "reason": "consent_withdrawn"}


def test_contact_is_named_by_address_within_one_workspace(own_stage: Stage) -> None:
    here = {"workspace_id": str(own_stage.workspace_id), "address": ADDRESS.upper()}
    assert _may(own_stage, **here)["is_allowed"] is True
    elsewhere = own_stage.database.value(
        "select workspace_id::text from public.workspace_members where user_id = %s", (own_stage.id("stranger"),)
    )
    assert _may(own_stage, **{**here, "workspace_id": elsewhere}) == {"is_allowed": False, "reason": "no_consent"}
    call(
        own_stage.database, own_stage.persona("unattested"), "withdraw_contact_consent", address=ADDRESS,
        workspace_id=own_stage.workspace_id, purpose="marketing", source="email",
    )  # fmt: skip
    assert _may(own_stage, **here) == {"is_allowed": False, "reason": "consent_withdrawn"}


def test_withdrawal_outlives_the_erased_person(own_stage: Stage) -> None:
    here = {"workspace_id": str(own_stage.workspace_id), "address": ADDRESS}
    call(
        own_stage.database, own_stage.persona("member"), "withdraw_contact_consent", address=ADDRESS,
        workspace_id=own_stage.workspace_id, purpose="marketing", source="email", proof="Mail of 2 May",
    )  # fmt: skip
    address_hash = f"2026-11:{'a' * 64}"
    with Caller(own_stage.database, GOOGLE_OPERATOR) as operator:
        answer = operator.call(
            "erase_consent_subject", workspace_id=own_stage.workspace_id, address=ADDRESS, address_hash=address_hash
        )
    assert answer == {"outcome": "erased", "entries": 2}
    left = own_stage.database.rows("select c::text as row from public.consents as c where workspace_id is not null")
    assert all(ADDRESS not in each["row"] and "Mail of" not in each["row"] for each in left)
    assert _may(own_stage, **here) == {"is_allowed": False, "reason": "no_consent"}
    assert _may(own_stage, **here, address_hashes=["other:" + "b" * 64, address_hash]) == {
        "is_allowed": False, "reason": "consent_withdrawn",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("purpose", "is_allowed", "reason"),
    [
        ("provide_service", True, "contract"),
        ("fraud_prevention", True, "legitimate_interest"),
        ("sell_data", False, "purpose_unknown"),
        ("analytics", False, "no_consent"),
    ],
)
def test_default_is_no(stage: Stage, purpose: str, is_allowed: bool, reason: str) -> None:
    assert _may(stage, purpose, user_id=str(stage.id("owner"))) == {"is_allowed": is_allowed, "reason": reason}


@pytest.mark.parametrize("function", ["record_contact_consent", "withdraw_contact_consent"])
def test_consent_of_a_contact_is_written_by_members_alone(stage: Stage, function: str) -> None:
    text = _shown(stage) if function == "record_contact_consent" else {}
    asked = {"workspace_id": stage.workspace_id, "address": ADDRESS, "purpose": "marketing", "source": "form"}
    with pytest.raises(Refused, match="workspace_not_found"):
        call(stage.database, stage.persona("stranger"), function, **asked, **text)


def test_consent_of_a_contact_is_not_that_of_a_user(own_stage: Stage) -> None:
    here = {"workspace_id": str(own_stage.workspace_id), "address": ADDRESS}
    call(own_stage.database, own_stage.persona("member"), "withdraw_consent", purpose="marketing")
    both = {"user_id": str(own_stage.id("member")), **here}
    assert _may(own_stage, **here)["is_allowed"] is True
    assert _may(own_stage, **both) == {"is_allowed": False, "reason": "subject_unclear"}


@pytest.mark.parametrize("spelling", [" Zoe\u0308@Example.COM ", "ZOË@example.com", "zoë@example.com"])
def test_withdrawal_reaches_every_spelling_of_an_address(own_stage: Stage, spelling: str) -> None:
    contact = {"workspace_id": own_stage.workspace_id, "purpose": "marketing", "source": "form"}
    member = own_stage.persona("member")
    call(
        own_stage.database, member, "record_contact_consent", address="zoë@example.com", **contact, **_shown(own_stage)
    )
    subject = {"workspace_id": str(own_stage.workspace_id), "address": spelling}
    assert _may(own_stage, **subject)["is_allowed"] is True
    call(own_stage.database, member, "withdraw_contact_consent", address=spelling, **contact)
    assert _may(own_stage, **{**subject, "address": "zoë@example.com"})["reason"] == "consent_withdrawn"
    with Caller(own_stage.database, GOOGLE_OPERATOR) as operator:
        answer = operator.call(
            "erase_consent_subject", workspace_id=own_stage.workspace_id, address=spelling,
            address_hash=f"2026-11:{'a' * 64}",
        )  # fmt: skip
    assert answer["entries"] == 2


def test_newest_answer_counts_within_one_transaction_too(own_stage: Stage) -> None:
    with tab(own_stage.database, own_stage.persona("member")) as connection, connection.transaction():
        call_in(connection, "give_consent", purpose="marketing", **_shown(own_stage))
        call_in(connection, "withdraw_consent", purpose="marketing")
    assert _may(own_stage, user_id=str(own_stage.id("member")))["reason"] == "consent_withdrawn"


@pytest.mark.parametrize("purpose", ["provide_service", "fraud_prevention", "legal_compliance"])
def test_nothing_is_withdrawn_that_rests_on_no_consent(stage: Stage, purpose: str) -> None:
    before = stage.database.value("select count(*) from public.consents")
    contact = {"workspace_id": stage.workspace_id, "address": ADDRESS, "source": "form"}
    for function, arguments in (("withdraw_consent", {}), ("withdraw_contact_consent", contact)):
        with pytest.raises(Refused, match="purpose_needs_no_consent"):
            call(stage.database, stage.persona("member"), function, purpose=purpose, **arguments)
    assert stage.database.value("select count(*) from public.consents") == before


def test_client_claims_no_operators_source(stage: Stage) -> None:
    contact = {"workspace_id": stage.workspace_id, "address": ADDRESS}
    for function, arguments in (
        ("withdraw_consent", {"source": "operator"}),
        ("withdraw_contact_consent", {"source": "operator", **contact}),
        ("withdraw_contact_consent", {"source": None, **contact}),
    ):
        with pytest.raises(Refused, match="23502"):
            call(stage.database, stage.persona("member"), function, purpose="marketing", **arguments)


_WRONG = [
    ({"purpose": "sell_data"}, "purpose_unknown"),
    ({"purpose": "analytics"}, "text_was_another"),
    ({"text_sha256": "0" * 64}, "text_was_another"),
    ({"consent_text_id": 10**9}, "text_was_another"),
    ({"source": "hearsay"}, "consent_source_is_known"),
]


@pytest.mark.parametrize(("change", "code"), _WRONG)
def test_consent_is_bound_to_the_text_that_was_shown(stage: Stage, change: dict[str, Any], code: str) -> None:
    count = "select count(*) from public.consents"
    before = stage.database.value(count)
    with pytest.raises(Refused, match=code):
        call(
            stage.database, stage.persona("member"), "give_consent",
            **{"purpose": "marketing", **_shown(stage), **change},
        )  # fmt: skip
    assert stage.database.value(count) == before


@pytest.mark.parametrize(
    "statement",
    [
        "update public.consents set state = 'given'", "delete from public.consents",
        "update public.consents set address = 'other@example.com' where address is not null",
        "update public.consents set recorded_at = now()", "update public.consents set recorded_by = null",
        "update public.consent_texts set text = 'Other.'",
        "delete from public.consent_texts",
    ],
)  # fmt: skip
def test_ledger_is_append_only_for_operators_too(stage: Stage, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        stage.database.execute(statement)


def test_name_of_an_erased_person_is_not_given_to_somebody_else(own_stage: Stage) -> None:
    erase = "update public.consents set address = null, proof = null, address_hash = '2026-11:' || repeat(%s, 64) "
    own_stage.database.execute(erase + "where address is not null", ("a",))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        own_stage.database.execute(erase + "where address_hash is not null", ("b",))


def test_agreeing_writes_no_consent(own_stage: Stage) -> None:
    before = own_stage.database.value("select count(*) from public.consents")
    call(
        own_stage.database, own_stage.persona("member"), "accept_policy",
        policy_version_id=own_stage.version["id"], text_sha256=own_stage.version["text_sha256"],
    )  # fmt: skip
    assert own_stage.database.value("select count(*) from public.consents") == before
