"""Sessions of the Auth stand-in: refresh token families, bans, levels of assurance, sign-out, changed passwords."""

from __future__ import annotations

from typing import Any

import pytest

from service.local.platform import Platform
from tests.databases import Database
from tests.local.auth_client import Auth
from tests.local.test_auth import verified
from tests.people import NewUser, User
from tests.personas import raise_to_aal2


def test_lost_answer_to_a_refresh_can_be_repeated(auth: Auth, new_user: NewUser) -> None:
    user = new_user()
    first, again = auth.refresh(user.refresh_token).json(), auth.refresh(user.refresh_token).json()
    assert first["refresh_token"] == again["refresh_token"]


def test_family_is_revoked_if_an_old_refresh_token_comes_back(
    auth: Auth, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user()
    second = auth.refresh(user.refresh_token).json()["refresh_token"]
    third = auth.refresh(second).json()["refresh_token"]
    platform_database.execute(
        "update auth.refresh_tokens set updated_at = now() - interval '1 minute' where token = %s",
        (user.refresh_token,),
    )
    stolen = auth.refresh(user.refresh_token)
    assert (stolen.status_code, stolen.json()["error_code"]) == (400, "refresh_token_already_used")
    assert (
        platform_database.rows("select token from auth.refresh_tokens where user_id = %s and not revoked", (user.id,))
        == []
    )
    # The honest holder of the newest token is signed out too, once the reuse interval is over.
    platform_database.execute(
        "update auth.refresh_tokens set updated_at = now() - interval '1 minute' where token = %s", (third,)
    )
    assert auth.refresh(third).status_code == 400


def test_refresh_is_refused_if_user_is_banned_or_session_is_over(
    auth: Auth, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user()
    platform_database.execute(
        "update auth.users set banned_until = now() + interval '1 hour' where id = %s", (user.id,)
    )
    assert auth.refresh(user.refresh_token).json()["error_code"] == "user_banned"
    platform_database.execute("update auth.users set banned_until = null where id = %s", (user.id,))
    platform_database.execute("update auth.sessions set not_after = now() where user_id = %s", (user.id,))
    assert auth.refresh(user.refresh_token).json()["error_code"] == "session_expired"


def test_token_says_aal2_after_the_session_was_raised(
    auth: Auth, platform: Platform, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user()
    raise_to_aal2(platform_database.connection, user.session_id)
    claims = verified(platform, auth.refresh(user.refresh_token).json()["access_token"])
    assert claims["aal"] == "aal2"
    assert {entry["method"] for entry in claims["amr"]} == {"password", "totp"}


def second_session(auth: Auth, user: User) -> dict[str, Any]:
    return auth.call("POST", "/token?grant_type=password", {"email": user.email, "password": user.password}).json()


@pytest.mark.parametrize(
    ("scope", "own_is_left", "other_is_left"),
    [("global", False, False), ("local", False, True), ("others", True, False)],
)
def test_sign_out_ends_the_sessions_of_its_scope(
    auth: Auth, new_user: NewUser, scope: str, own_is_left: bool, other_is_left: bool
) -> None:
    user = new_user()
    other = second_session(auth, user)
    assert auth.call("POST", f"/logout?scope={scope}", bearer=user.access_token).status_code == 204
    assert (auth.call("GET", "/user", bearer=user.access_token).status_code == 200) is own_is_left
    assert (auth.call("GET", "/user", bearer=other["access_token"]).status_code == 200) is other_is_left
    assert (auth.refresh(user.refresh_token).status_code == 200) is own_is_left
    assert (auth.refresh(other["refresh_token"]).status_code == 200) is other_is_left


def test_password_change_ends_other_sessions_and_the_old_password(auth: Auth, new_user: NewUser) -> None:
    user = new_user()
    other = second_session(auth, user)
    same = auth.call("PUT", "/user", {"password": user.password}, bearer=user.access_token)
    assert (same.status_code, same.json()["error_code"]) == (422, "same_password")
    assert auth.call("PUT", "/user", {"password": "a-new-password"}, bearer=user.access_token).status_code == 200
    assert auth.call("GET", "/user", bearer=user.access_token).status_code == 200
    assert auth.call("GET", "/user", bearer=other["access_token"]).json()["error_code"] == "session_not_found"
    old = auth.call("POST", "/token?grant_type=password", {"email": user.email, "password": user.password})
    assert old.json()["error_code"] == "invalid_credentials"
