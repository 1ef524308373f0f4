"""The real supabase Python client on the local platform."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from service.local.platform import Platform
from supabase import Client
from tests.databases import Database
from tests.people import NewUser, open_client

pytestmark = pytest.mark.usefixtures("probes")


def whoami(client: Client) -> dict[str, Any]:
    answer = client.rpc("probe_whoami", {}).execute().data
    assert isinstance(answer, dict)
    return answer


def test_signed_up_user_calls_an_rpc_as_themself(new_user: NewUser) -> None:
    user = new_user()
    assert whoami(user.client) == {"role": "authenticated", "sub": user.id}


def test_sign_in_starts_a_second_session(
    platform: Platform, http: httpx.Client, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user()
    client = open_client(platform, http)
    answer = client.auth.sign_in_with_password({"email": user.email.upper(), "password": user.password})
    assert answer.session is not None
    assert whoami(client)["sub"] == user.id
    sessions = platform_database.value("select count(*) from auth.sessions where user_id = %s", (user.id,))
    assert sessions == 2


def test_refresh_rotates_both_tokens_of_the_same_session(new_user: NewUser) -> None:
    user = new_user()
    answer = user.client.auth.refresh_session()
    assert answer.session is not None
    assert answer.session.refresh_token != user.refresh_token
    claims = user.client.auth.get_claims()
    assert claims is not None
    assert claims["claims"].get("session_id") == user.session_id
    assert whoami(user.client)["sub"] == user.id


def test_rpc_is_refused_if_not_signed_in(platform: Platform, http: httpx.Client) -> None:
    client = open_client(platform, http)
    with pytest.raises(APIError) as refused:
        client.schema("service_api").rpc("probe_whoami", {}).execute()
    assert refused.value.code == "42501"
    with pytest.raises(APIError):
        client.table("probe_notes").select("*").execute()


def test_user_reads_and_changes_own_metadata(new_user: NewUser) -> None:
    user = new_user(data={"full_name": "Ada"})
    found = user.client.auth.get_user()
    assert found is not None
    assert found.user.email == user.email
    assert found.user.user_metadata["full_name"] == "Ada"
    user.client.auth.update_user({"data": {"full_name": "Grace"}})
    changed = user.client.auth.get_user()
    assert changed is not None
    assert changed.user.user_metadata["full_name"] == "Grace"


def test_sign_out_ends_the_session_row(new_user: NewUser, platform_database: Database) -> None:
    user = new_user()
    user.client.auth.sign_out()
    assert platform_database.rows("select 1 from auth.sessions where user_id = %s", (user.id,)) == []
    with pytest.raises(AuthApiError) as refused:
        user.client.auth.get_user(user.access_token)
    assert (refused.value.status, refused.value.code) == (403, "session_not_found")


def test_sign_in_is_refused_if_password_is_wrong(platform: Platform, http: httpx.Client, new_user: NewUser) -> None:
    user = new_user()
    with pytest.raises(AuthApiError) as refused:
        open_client(platform, http).auth.sign_in_with_password({"email": user.email, "password": "not-the-password"})
    assert (refused.value.status, refused.value.code) == (400, "invalid_credentials")


def test_sign_up_is_refused_if_password_is_weak(platform: Platform, http: httpx.Client) -> None:
    with pytest.raises(AuthWeakPasswordError) as refused:
        open_client(platform, http).auth.sign_up({"email": "weak@example.com", "password": "12345"})
    assert refused.value.reasons == ["length"]


def test_sign_up_is_refused_if_address_is_taken(platform: Platform, http: httpx.Client, new_user: NewUser) -> None:
    user = new_user()
    with pytest.raises(AuthApiError) as refused:
        open_client(platform, http).auth.sign_up({"email": user.email, "password": "another-password"})
    assert (refused.value.status, refused.value.code) == (422, "user_already_exists")


def test_admin_creates_lists_bans_and_deletes(
    platform: Platform, http: httpx.Client, platform_database: Database
) -> None:
    admin = open_client(platform, http, key=platform.secret_key).auth.admin
    email = "made-by-admin@example.com"
    made = admin.create_user({"email": email, "password": "a-good-password", "email_confirm": True}).user
    assert email in {user.email for user in admin.list_users(per_page=1000)}
    assert admin.get_user_by_id(made.id).user.email_confirmed_at is not None

    admin.update_user_by_id(made.id, {"ban_duration": "24h", "app_metadata": {"plan": "free"}})
    with pytest.raises(AuthApiError) as banned:
        open_client(platform, http).auth.sign_in_with_password({"email": email, "password": "a-good-password"})
    assert banned.value.code == "user_banned"
    admin.update_user_by_id(made.id, {"ban_duration": "none"})
    answer = open_client(platform, http).auth.sign_in_with_password({"email": email, "password": "a-good-password"})
    assert answer.user is not None
    assert answer.user.app_metadata == {"plan": "free", "provider": "email", "providers": ["email"]}

    admin.delete_user(made.id)
    assert platform_database.rows("select 1 from auth.users where id = %s", (made.id,)) == []
    assert platform_database.rows("select 1 from auth.identities where user_id = %s", (made.id,)) == []


def test_soft_delete_keeps_the_row_without_the_person(
    platform: Platform, http: httpx.Client, new_user: NewUser, platform_database: Database
) -> None:
    user = new_user(data={"full_name": "Ada Lovelace"})
    open_client(platform, http, key=platform.secret_key).auth.admin.delete_user(user.id, should_soft_delete=True)
    (row,) = platform_database.rows("select * from auth.users where id = %s", (user.id,))
    assert row["deleted_at"] is not None
    assert user.email not in str(row)
    assert "Ada" not in str(row)
    assert platform_database.rows("select 1 from auth.sessions where user_id = %s", (user.id,)) == []
    (identity,) = platform_database.rows("select * from auth.identities where user_id = %s", (user.id,))
    assert identity["identity_data"] == {}
    with pytest.raises(AuthApiError):
        open_client(platform, http).auth.sign_in_with_password({"email": user.email, "password": user.password})


def test_admin_api_is_refused_if_caller_is_a_user(platform: Platform, new_user: NewUser, http: httpx.Client) -> None:
    user, victim = new_user("user"), new_user("victim")
    answer = http.delete(
        f"{platform.supabase_url}/auth/v1/admin/users/{victim.id}",
        headers={"apikey": platform.publishable_key, **user.headers},
    )
    assert (answer.status_code, answer.json()["error_code"]) == (403, "not_admin")
    anonymous = http.get(f"{platform.supabase_url}/auth/v1/admin/users", headers={"apikey": platform.publishable_key})
    assert anonymous.status_code == 403
    assert victim.client.auth.get_user() is not None
