"""An invitation lets one verified address in, once, for a while; everybody else learns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.stage import Stage
from tests.personas import add_person


def _accept(stage: Stage, who: str, token: str) -> dict[str, Any]:
    return call(stage.database, stage.persona(who), "accept_invitation", token=token)


def _set(stage: Stage, change: str) -> None:
    stage.database.execute(f"update public.invitations set {change} where id = %s", (stage.invitation_id,))


def _is_member(stage: Stage, who: str) -> bool:
    query = "select count(*) from public.workspace_members where workspace_id = %s and user_id = %s"
    return stage.database.value(query, (stage.workspace_id, stage.id(who))) == 1


def test_invited_person_joins_in_the_role_of_the_invitation(own_stage: Stage) -> None:
    assert _accept(own_stage, "invited", own_stage.token) == {
        "outcome": "joined", "workspace_id": str(own_stage.workspace_id),
    }  # fmt: skip
    assert _is_member(own_stage, "invited")


def test_token_of_somebody_else_and_of_nobody_get_one_answer(own_stage: Stage) -> None:
    assert _accept(own_stage, "stranger", own_stage.token) == _accept(own_stage, "stranger", "0" * 64)
    assert _accept(own_stage, "stranger", "") == {"outcome": "invitation_not_found"}
    assert not _is_member(own_stage, "stranger")


def test_address_that_is_not_verified_does_not_join(own_stage: Stage) -> None:
    own_stage.database.execute(
        "update auth.users set email_confirmed_at = null where id = %s", (own_stage.id("invited"),)
    )
    assert _accept(own_stage, "invited", own_stage.token) == {"outcome": "invitation_not_found"}
    assert not _is_member(own_stage, "invited")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("accepted_at = now()", "invitation_used"),
        ("created_at = now() - interval '8 days', expires_at = now() - interval '1 second'", "invitation_expired"),
    ],
)
def test_invitation_that_is_used_or_expired_says_so_to_its_address_alone(
    own_stage: Stage, change: str, outcome: str
) -> None:
    _set(own_stage, change)
    assert _accept(own_stage, "invited", own_stage.token) == {"outcome": outcome}
    assert _accept(own_stage, "stranger", own_stage.token) == {"outcome": "invitation_not_found"}
    assert not _is_member(own_stage, "invited")


def test_invitation_works_once_and_a_member_stays_what_they_are(own_stage: Stage) -> None:
    assert _accept(own_stage, "invited", own_stage.token)["outcome"] == "joined"
    assert _accept(own_stage, "invited", own_stage.token) == {"outcome": "invitation_used"}
    with pytest.raises(Refused, match="already_a_member"):
        call(
            own_stage.database, own_stage.persona("owner"), "invite_member", workspace_id=own_stage.workspace_id,
            email=own_stage.people["invited"].email.upper(), role="admin",
        )  # fmt: skip


def test_guessing_ends_after_ten_tries_and_the_right_token_has_to_wait_too(own_stage: Stage) -> None:
    for _ in range(10):
        assert _accept(own_stage, "invited", "0" * 64) == {"outcome": "invitation_not_found"}
    assert _accept(own_stage, "invited", own_stage.token) == {"outcome": "too_many_attempts", "retry_after": 600}
    assert not _is_member(own_stage, "invited")
    own_stage.database.execute("update private.invitation_attempts set tried_at = now() - interval '11 minutes'")
    assert _accept(own_stage, "invited", own_stage.token)["outcome"] == "joined"


def test_token_rests_nowhere(own_stage: Stage) -> None:
    rows = own_stage.database.rows("select i::text as row from public.invitations as i")
    assert all(own_stage.token not in row["row"] for row in rows)


def test_new_link_replaces_the_old_one(own_stage: Stage) -> None:
    again = call(
        own_stage.database, own_stage.persona("admin"), "invite_member", workspace_id=own_stage.workspace_id,
        email=f"  {own_stage.people['invited'].email.upper()} ", role="admin",
    )  # fmt: skip
    assert _accept(own_stage, "invited", own_stage.token) == {"outcome": "invitation_not_found"}
    assert _accept(own_stage, "invited", again["token"])["outcome"] == "joined"


def test_fifty_invitations_are_open_at_most(own_stage: Stage) -> None:
    own_stage.database.execute(
        "insert into public.invitations (workspace_id, email, role, token_hash, expires_at) select %s, "
        "'person-' || n || '@example.com', 'member', encode(sha256(n::text::bytea), 'hex'), now() + interval '1 day' "
        "from generate_series(1, 49) as n",
        (own_stage.workspace_id,),
    )
    with pytest.raises(Refused, match="too_many_invitations"):
        call(
            own_stage.database, own_stage.persona("owner"), "invite_member", workspace_id=own_stage.workspace_id,
            email="one-more@example.com", role="member",
        )  # fmt: skip


def test_invitations_go_thirty_days_after_they_expired(own_stage: Stage) -> None:
    _set(own_stage, "created_at = now() - interval '40 days', expires_at = now() - interval '29 days'")
    assert own_stage.database.value("select private.expire_invitations()") == 0
    _set(own_stage, "expires_at = now() - interval '31 days'")
    assert own_stage.database.value("select private.expire_invitations()") == 1


@pytest.mark.parametrize(
    "statement", ["delete from auth.users where id = %s", "update auth.users set deleted_at = now() where id = %s"]
)
def test_invitation_to_a_person_goes_with_the_account(own_stage: Stage, statement: str) -> None:
    own_stage.database.execute(statement, (own_stage.id("invited"),))
    count = own_stage.database.value(
        "select count(*) from public.invitations where id = %s", (own_stage.invitation_id,)
    )
    assert count == 0


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("remove_member", {}), ("change_member_role", {"role": "member"}), ("leave_workspace", None)],
)
def test_open_invitations_end_with_the_right_to_invite(
    own_stage: Stage, function: str, arguments: dict[str, str] | None
) -> None:
    here = {"workspace_id": own_stage.workspace_id}
    again = call(
        own_stage.database, own_stage.persona("admin"), "invite_member", email=own_stage.people["invited"].email,
        role="admin", **here,
    )  # fmt: skip
    if arguments is None:
        call(own_stage.database, own_stage.persona("admin"), function, **here)
    else:
        named = {"user_id": own_stage.id("admin"), **arguments}
        call(own_stage.database, own_stage.persona("owner"), function, **here, **named)
    assert _accept(own_stage, "invited", again["token"]) == {"outcome": "invitation_not_found"}
    assert not _is_member(own_stage, "invited")


def test_invitations_of_others_outlive_a_removal(own_stage: Stage) -> None:
    call(
        own_stage.database, own_stage.persona("owner"), "remove_member", workspace_id=own_stage.workspace_id,
        user_id=own_stage.id("admin"),
    )  # fmt: skip
    assert _accept(own_stage, "invited", own_stage.token)["outcome"] == "joined"


def test_invitation_of_an_inviter_who_is_gone_stays_without_the_name(own_stage: Stage) -> None:
    call(
        own_stage.database, own_stage.persona("admin"), "invite_member", workspace_id=own_stage.workspace_id,
        email=add_person(own_stage.database).email, role="member",
    )  # fmt: skip
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("admin"),))
    assert own_stage.database.value("select count(*) from public.invitations where invited_by is null") == 1
