"""What is wrong is refused by a name that docs/errors.md lists, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from tests.database.workspaces.calling import Refused, call, refusal
from tests.database.workspaces.stage import Stage
from tests.personas import run_as

_PROFILE = [
    ("phone", "6135550142", "phone_is_e164"),
    ("phone", "+1 613 555 0142", "phone_is_e164"),
    ("phone", "+1613555014212345", "phone_is_e164"),
    ("time_zone", "Mars/Olympus", "time_zone_is_known"),
    ("time_zone", "XYZ5", "time_zone_is_known"),
    ("time_zone", "", "time_zone_is_known"),
    ("time_zone", "america/toronto", "time_zone_is_known"),
    ("time_zone", "AMERICA/TORONTO", "time_zone_is_known"),
    ("time_zone", "Posix/America/Toronto", "time_zone_is_known"),
    ("time_zone", "FOO/BAR+5", "time_zone_is_known"),
    ("time_zone", "America/Toronto\n", "time_zone_is_known"),
    ("locale", "english", "locale_is_a_language_tag"),
    ("full_name", "x" * 201, "full_name_is_short"),
    ("company", "x" * 10_000_000, "company_is_short"),
]
_HIDDEN = {
    "spaces": "   ", "lines": "Ada\nBcc: eve@example.com", "tab": "\t", "bell": "Ada\x07", "escape": "\x1b[31mAda",
    "separator": "Ada\u2028Eve", "turned": "\u202eevE", "isolated": "\u2066Ada", "byte order mark": "\ufeffAda",
    "no width": "\u200b", "no break": "\u00a0", "filler": "\u3164", "next line": "Ada\x85",
}  # fmt: skip
_SHOWN = ["Zoë D'Angelo-Ñuñez", "李 小龍", "محمد", "נועם\u200f", "می\u200cشد", "👩\u200d💻 Ada", "+1"]
_GOOD = [
    ("phone", "+16135550142"), ("time_zone", "America/Toronto"), ("time_zone", "America/Port-au-Prince"),
    ("time_zone", "UTC"), ("time_zone", "Etc/GMT+5"), ("time_zone", "America/North_Dakota/New_Salem"),
    ("locale", "fr-CA"), ("locale", "zh-Hant-TW"), ("full_name", "Ada"),
]  # fmt: skip
_WORKSPACE = [
    ({"name": ""}, "workspace_name_is_short"),
    ({"name": "   "}, "workspace_name_is_short"),
    ({"name": "x" * 201}, "workspace_name_is_short"),
    ({"name": "x" + " " * 200}, "workspace_name_is_short"),
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


@pytest.mark.parametrize("hidden", _HIDDEN.values(), ids=_HIDDEN)
def test_names_show_as_they_are(stage: Stage, hidden: str) -> None:
    for column, code in (("full_name", "full_name_is_visible"), ("company", "company_is_visible")):
        with pytest.raises(psycopg.errors.CheckViolation, match=code):
            run_as(stage.database, stage.persona("member"), f"update public.profiles set {column} = %s", (hidden,))
    for arguments, codes in (
        ({"name": hidden}, r"workspace_name_is_visible|workspace_name_is_short"),
        ({"name": "Bakery", "industry": hidden}, r"industry_is_visible"),
    ):
        with pytest.raises(Refused, match=codes):
            call(stage.database, stage.persona("member"), "create_workspace", **arguments)


@pytest.mark.parametrize("name", _SHOWN)
def test_names_of_every_script_are_taken(own_stage: Stage, name: str) -> None:
    run_as(own_stage.database, own_stage.persona("member"), "update public.profiles set full_name = %s", (name,))
    assert call(own_stage.database, own_stage.persona("member"), "create_workspace", name=name)["workspace_id"]


def test_time_zones_are_those_of_the_server(stage: Stage) -> None:
    rows = stage.database.rows("select name, private.is_time_zone(name) as is_taken from pg_catalog.pg_timezone_names")
    assert {row["name"] for row in rows if row["is_taken"]} > {
        "Africa/Porto-Novo",
        "Asia/Calcutta",
        "EST",
        "Etc/GMT-14",
    }
    # What is left has no name of a place: rules of the past, doubles, and the files of other tools.
    refused = {row["name"] for row in rows if not row["is_taken"] and not row["name"].startswith(("posix/", "right/"))}
    assert refused <= {"CST6CDT", "EST5EDT", "GMT+0", "GMT-0", "GMT0", "MST7MDT", "PST8PDT", "localtime", "posixrules"}
    zone = "select current_setting('TimeZone')"
    assert stage.database.value(f"{zone} where private.is_time_zone('Asia/Tokyo')") == stage.database.value(zone)


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


_ADDRESSES = [
    "nobody", "+1 613", "a b@example.com", "@example.com", "a@b", "a@b..example", "a@example.com,eve@example.com",
    "a,b@example.com", "<a@example.com>", "a@example.com;x", "a@[127.0.0.1]", "\u202ea@example.com",
    "a\x01@example.com", "a@exa\ufeffmple.com", "x" * 65 + "@example.com", "a@" + "b." * 200 + "com", "",
]  # fmt: skip


@pytest.mark.parametrize("address", _ADDRESSES)
def test_ledger_refuses_what_is_neither_mail_nor_phone(stage: Stage, address: str) -> None:
    with pytest.raises(Refused, match="address_is_an_email_or_phone"):
        call(
            stage.database, stage.persona("member"), "withdraw_contact_consent", workspace_id=stage.workspace_id,
            address=address, purpose="marketing", source="form",
        )  # fmt: skip


def test_contact_without_an_address_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="address_missing"):
        call(
            stage.database, stage.persona("member"), "withdraw_contact_consent", workspace_id=stage.workspace_id,
            address=None, purpose="marketing", source="form",
        )  # fmt: skip


def test_unclear_attestation_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="attestation_is_unclear"):
        call(stage.database, stage.persona("member"), "attest_adult", is_adult=None)


def test_address_of_nobody_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="address_missing"):
        call(
            stage.database, stage.persona("member"), "withdraw_contact_consent", workspace_id=stage.workspace_id,
            address=None, purpose="marketing", source="form",
        )  # fmt: skip


def test_proof_that_holds_what_was_said_is_refused(stage: Stage) -> None:
    before = stage.database.value("select count(*) from public.consents")
    for proof, code in (("x" * 501, "proof_is_short"), ("call\u202e", "proof_is_visible")):
        with pytest.raises(Refused, match=code):
            call(
                stage.database, stage.persona("member"), "withdraw_contact_consent", workspace_id=stage.workspace_id,
                address="grace@example.com", purpose="marketing", source="call", proof=proof,
            )  # fmt: skip
    assert stage.database.value("select count(*) from public.consents") == before


def test_notice_to_somebody_else_is_not_delivered(stage: Stage) -> None:
    for notice_id in (stage.notice_id, uuid4()):
        with pytest.raises(Refused) as refused:
            call(stage.database, stage.persona("member"), "mark_policy_notice_delivered", notice_id=notice_id)
        assert (refused.value.code, refused.value.status) == ("notice_not_found", 404)
    read = "select delivered_at from public.policy_notices where id = %s"
    assert stage.database.value(read, (stage.notice_id,)) is None


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ("delete from auth.sessions where id = %(session)s", "session_ended", 401),
        ("update auth.users set banned_until = now() + interval '1 day' where id = %(user)s", "user_banned", 403),
        ("update public.profiles set account_state = 'closing' where user_id = %(user)s", "account_closing", 403),
    ],
)
def test_whoever_may_begin_nothing_is_told_why(own_stage: Stage, change: str, code: str, status: int) -> None:
    person = own_stage.people["member"]
    own_stage.database.execute(change, {"session": person.session_id, "user": person.id})
    with pytest.raises(Refused) as refused:
        call(own_stage.database, own_stage.persona("member"), "create_workspace", name="Shop")
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize("claims", [{"is_anonymous": True}, {"client_id": "somebody-elses"}])
def test_whoever_is_not_the_user_alone_is_refused(stage: Stage, claims: dict[str, object]) -> None:
    member = stage.persona("member")
    with pytest.raises(Refused) as refused:
        call(stage.database, replace(member, claims={**member.claims, **claims}), "own_state")
    assert (refused.value.code, refused.value.status) == ("not_for_this_caller", 403)
