"""Disconnecting straight from the frontend, with the real supabase clients and without the service."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from postgrest.exceptions import APIError

from service.local import binaries
from service.local.parts import base_environment
from service.local.platform import Platform
from tests.database.connections import Caller, Connected, connect
from tests.database.looking import held_of, secret_ids, secrets_left
from tests.databases import Database
from tests.people import NewUser, User, open_client
from tests.personas import Person

_SCRIPT = Path(__file__).parent / "js" / "disconnect.mjs"
_GOOGLE = {
    "is_revoked": False,
    "reason": "service_not_asked",
    "permissions_url": "https://myaccount.google.com/permissions",
}


@pytest.fixture
def user(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def connected(platform_database: Database, user: User) -> Connected:
    """The user's connection, made by the functions that the service calls."""
    with Caller(platform_database) as service:
        return connect(service, Person(UUID(user.id), user.email, UUID(user.session_id)))


def test_supabase_py_disconnects_and_reads_the_receipt(
    platform_database: Database, user: User, connected: Connected
) -> None:
    ids = secret_ids(platform_database, connected.connection_id)
    assert len(user.client.table("google_connections").select("email").execute().data) == 1
    receipt = user.client.rpc("disconnect_google", {}).execute().data
    assert isinstance(receipt, dict)
    assert (receipt["outcome"], receipt["secrets_deleted"], receipt["google"]) == ("disconnected", 2, _GOOGLE)
    assert secrets_left(platform_database, ids) == 0
    assert [row["what"] for row in held_of(platform_database, connected.person)] == ["profile"]
    assert user.client.table("google_connections").select("email").execute().data == []


def test_supabase_py_is_told_if_the_session_has_ended(
    platform: Platform, http: httpx.Client, platform_database: Database, user: User, connected: Connected
) -> None:
    user.client.auth.sign_out()
    answer = http.post(
        f"{platform.supabase_url}/rest/v1/rpc/disconnect_google",
        headers={"apikey": platform.publishable_key, **user.headers},
    )
    assert (answer.status_code, answer.json()) == (200, {"outcome": "session_ended"})
    assert len(held_of(platform_database, connected.person, "vault")) == 2


@pytest.mark.parametrize("key", ["publishable", "secret"])
def test_api_keys_alone_disconnect_nobody(
    platform: Platform, http: httpx.Client, platform_database: Database, connected: Connected, key: str
) -> None:
    client = open_client(platform, http, key=platform.secret_key if key == "secret" else None)
    with pytest.raises(APIError) as refused:
        client.rpc("disconnect_google", {}).execute()
    assert refused.value.code == "42501"
    assert len(held_of(platform_database, connected.person, "vault")) == 2


def test_supabase_js_disconnects_and_reads_the_receipt(
    platform: Platform, platform_database: Database, user: User, connected: Connected
) -> None:
    ids = secret_ids(platform_database, connected.connection_id)
    environment = {
        **base_environment(),
        "SUPABASE_URL": platform.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": platform.publishable_key,
        "TEST_EMAIL": user.email,
        "TEST_PASSWORD": user.password,
    }
    run = subprocess.run(
        [str(binaries.node()), str(_SCRIPT)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert [json.loads(line) for line in run.stdout.splitlines()] == [
        {"step": "nobody", "status": 401, "code": "42501"},
        {"step": "sign in", "error": None},
        {"step": "before", "is_connected": True},
        {"step": "disconnect", "error": None, "outcome": "disconnected", "google": _GOOGLE},
        {"step": "after", "is_connected": False, "error": None},
        {"step": "again", "outcome": "not_connected"},
    ]
    assert secrets_left(platform_database, ids) == 0
