"""What is wrong is refused by a name that docs/errors.md lists, and changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.database.workspaces.calling import Refused, call, refusal
from tests.database.workspaces.stage import Stage
from tests.databases import Database
from tests.personas import run_as

ERRORS = Path(__file__).parents[3] / "docs" / "errors.md"
_LISTED = re.compile(r"^\| `([a-zA-Z_0-9]+)` \|", re.MULTILINE)
_PROFILE = [
    ("phone", "6135550142", "phone_is_e164"),
    ("phone", "+1 613 555 0142", "phone_is_e164"),
    ("phone", "+1613555014212345", "phone_is_e164"),
    ("time_zone", "Mars/Olympus", "time_zone_is_known"),
    ("time_zone", "XYZ5", "time_zone_is_known"),
    ("time_zone", "", "time_zone_is_known"),
    ("locale", "english", "locale_is_a_language_tag"),
    ("full_name", "x" * 201, "full_name_is_short"),
    ("company", "x" * 10_000_000, "company_is_short"),
]
_GOOD = [
    ("phone", "+16135550142"), ("time_zone", "America/Toronto"), ("time_zone", "America/Port-au-Prince"),
    ("time_zone", "UTC"), ("locale", "fr-CA"), ("locale", "zh-Hant-TW"), ("full_name", "Ada"),
]  # fmt: skip
_WORKSPACE = [
    ({"name": ""}, "workspace_name_is_short"),
    ({"name": "   "}, "workspace_name_is_short"),
    ({"name": "x" * 201}, "workspace_name_is_short"),
    ({"name": None}, "23502"),
    ({"name": "Bakery", "team_size": "many"}, "team_size_is_known"),
    ({"name": "Bakery", "revenue_range": "rich"}, "revenue_range_is_known"),
    ({"name": "Bakery", "industry": "x" * 101}, "industry_is_short"),
]
_EMAILS = ["nobody", "a@b", "a b@example.com", "@example.com", "a@-example.com", "x" * 250 + "@example.com", ""]


@pytest.mark.parametrize(("column", "value", "code"), _PROFILE)
def test_profile_refuses_what_is_wrong(stage: Stage, column: str, value: str, code: str) -> None:
    read = f"select {column} as it from public.profiles where user_id = %s"
    before = stage.database.value(read, (stage.id("member"),))
    with pytest.raises(Exception, match=code) as error:
        run_as(stage.database, stage.persona("member"), f"update public.profiles set {column} = %s", (value,))
    assert refusal(error.value).code == code  # type: ignore[arg-type]
    assert stage.database.value(read, (stage.id("member"),)) == before


@pytest.mark.parametrize(("column", "value"), _GOOD)
def test_profile_takes_what_is_right(own_stage: Stage, column: str, value: str) -> None:
    run_as(own_stage.database, own_stage.persona("member"), f"update public.profiles set {column} = %s", (value,))
    read = f"select {column} from public.profiles where user_id = %s"
    assert own_stage.database.value(read, (own_stage.id("member"),)) == value


@pytest.mark.parametrize(("arguments", "code"), _WORKSPACE)
def test_workspace_refuses_what_is_wrong(stage: Stage, arguments: dict[str, str], code: str) -> None:
    before = stage.database.value("select count(*) from public.workspaces")
    with pytest.raises(Refused) as refused:
        call(stage.database, stage.persona("member"), "create_workspace", **arguments)
    assert refused.value.code == code
    assert stage.database.value("select count(*) from public.workspaces") == before


@pytest.mark.parametrize("email", _EMAILS)
def test_invitation_refuses_what_is_no_address(stage: Stage, email: str) -> None:
    with pytest.raises(Refused, match="email_is_an_address"):
        call(
            stage.database, stage.persona("owner"), "invite_member", workspace_id=stage.workspace_id, email=email,
            role="member",
        )  # fmt: skip


def test_nobody_is_invited_as_owner(stage: Stage) -> None:
    with pytest.raises(Refused, match="invited_role_is_known"):
        call(
            stage.database, stage.persona("owner"), "invite_member", workspace_id=stage.workspace_id,
            email="new@example.com", role="owner",
        )  # fmt: skip


def test_twenty_first_workspace_is_refused(own_stage: Stage) -> None:
    for number in range(20):
        call(own_stage.database, own_stage.persona("removed"), "create_workspace", name=f"Shop {number}")
    with pytest.raises(Refused, match="too_many_workspaces"):
        call(own_stage.database, own_stage.persona("removed"), "create_workspace", name="One more")


@pytest.mark.parametrize("address", ["nobody", "+1 613", "a b@example.com", "@example.com"])
def test_ledger_refuses_what_is_neither_mail_nor_phone(stage: Stage, address: str) -> None:
    with pytest.raises(Refused, match="address_is_an_email_or_phone"):
        call(
            stage.database, stage.persona("member"), "withdraw_contact_consent", workspace_id=stage.workspace_id,
            address=address, purpose="marketing", source="form",
        )  # fmt: skip


def test_unclear_attestation_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="attestation_is_unclear"):
        call(stage.database, stage.persona("member"), "attest_adult", is_adult=None)


def _names_in_the_database(database: Database) -> set[str]:
    constraints = database.rows(
        "select conname as name from pg_constraint where contype = 'c' and conrelid = any(array['public.profiles', "
        "'public.workspaces', 'public.workspace_members', 'public.invitations', 'public.consents']::regclass[])"
    )
    codes = database.rows(
        "select (regexp_matches(prosrc, 'private\\.refuse\\(\\s*''([a-z_]+)''', 'g'))[1] as name from pg_proc "
        "where pronamespace = 'private'::regnamespace"
    )
    outcomes = {"account_closing", "adult_attestation_missing", "agreement_missing", "session_ended", "user_banned"}
    answers = {"invitation_not_found", "invitation_used", "invitation_expired", "too_many_attempts"}
    return {row["name"] for row in (*constraints, *codes)} | outcomes | answers


def test_every_name_is_listed_and_every_listed_name_exists(stage: Stage) -> None:
    listed = _LISTED.findall(ERRORS.read_text())
    assert len(set(listed)) == len(listed)
    assert set(listed) == _names_in_the_database(stage.database)


def test_constraint_that_is_dropped_is_missed(database: Database) -> None:
    database.execute("alter table public.profiles drop constraint phone_is_e164")
    assert "phone_is_e164" in set(_LISTED.findall(ERRORS.read_text())) - _names_in_the_database(database)
