"""Agreement by use as it comes about: Auth signs people in and refreshes, PostgREST says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from postgrest.exceptions import APIError

from service.local.environment import ServiceIdentity
from service.local.platform import Platform, running_platform
from service.local.ports import unused_port
from service.local.postgres import Cluster
from tests.database.workspaces.stage import publish
from tests.databases import Database, cloned_database
from tests.people import User, sign_up


@pytest.fixture(scope="module")
def own_database(cluster: Cluster, template_database: str) -> Iterator[Database]:
    """A policy that changes would close every other test's users."""
    with cloned_database(cluster, template_database) as database:
        yield database


@pytest.fixture(scope="module")
def own_platform(own_database: Database, log_dir: Path) -> Iterator[Platform]:
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with running_platform(
        log_dir=log_dir, cluster=own_database.cluster, database=own_database.name, identity=identity
    ) as platform:
        yield platform


@pytest.fixture
def told(own_platform: Platform, own_database: Database, http: httpx.Client) -> User:
    """Somebody who agreed at sign-up, and to whom the frontend has shown the notice of a change that is in effect."""
    user = sign_up(own_platform, http, name="ada")
    publish(own_database, "privacy_policy", f"changed-{uuid4()}")
    own_database.value("select private.announce_policy_versions()")
    (notice,) = cast(list[dict[str, Any]], user.client.table("policy_notices").select("id").execute().data)
    user.client.rpc("mark_policy_notice_delivered", {"notice_id": notice["id"]}).execute()
    return user


Come = Callable[[User], None]


def _kinds(database: Database, user: User) -> list[str]:
    rows = database.rows("select kind from public.agreements where user_id = %s order by agreed_at", (user.id,))
    return [row["kind"] for row in rows]


def _sign_in(user: User) -> None:
    user.client.auth.sign_in_with_password({"email": user.email, "password": user.password})


def _refresh(user: User) -> None:
    user.client.auth.refresh_session()


each_way = pytest.mark.parametrize("come", [_sign_in, _refresh], ids=["sign in", "refresh"])


@each_way
def test_coming_in_is_use(own_database: Database, told: User, come: Come) -> None:
    assert _kinds(own_database, told) == ["explicit"]
    come(told)
    assert _kinds(own_database, told) == ["explicit", "use"]
    assert told.client.table("consents").select("id").execute().data == []


@each_way
def test_reading_is_no_use_and_a_fault_in_recording_keeps_nobody_out(
    own_database: Database, told: User, come: Come
) -> None:
    told.client.table("profiles").select("*").execute()
    own_database.execute("alter table public.agreements add constraint broken check (kind <> 'use') not valid")
    try:
        come(told)
        assert told.client.auth.get_user() is not None
    finally:
        own_database.execute("alter table public.agreements drop constraint broken")
    assert _kinds(own_database, told) == ["explicit"]


@each_way
def test_coming_in_waits_for_nobody(own_database: Database, told: User, come: Come) -> None:
    with own_database.connect() as somebody, somebody.transaction(force_rollback=True):
        somebody.execute("select from public.profiles where user_id = %s for update", (told.id,))
        come(told)
    assert _kinds(own_database, told) == ["explicit"]


_MISSING = [
    (
        "create_workspace",
        {"name": "Bakery"},
        "adult_attestation_missing",
        "adult_attestation_missing, agreement_missing",
    ),
    ("leave_workspace", {"workspace_id": str(uuid4())}, "workspace_not_found", None),
    ("leave_workspace", {"workspace_id": "1 or 1 = 1"}, "22P02", None),
    ("accept_invitation", {"token": "a\x00b"}, "22P05", "\\u0000 cannot be converted to text."),
]


@pytest.mark.parametrize(("function", "arguments", "code", "details"), _MISSING)
def test_frontend_is_told_what_is_missing(
    own_platform: Platform, http: httpx.Client, function: str, arguments: dict[str, str], code: str, details: str | None
) -> None:
    user = sign_up(own_platform, http, is_ready=False)
    with pytest.raises(APIError) as refused:
        user.client.rpc(function, arguments).execute()
    assert (refused.value.code, refused.value.details) == (code, details)


def test_child_is_gone_from_auth_as_well(own_platform: Platform, own_database: Database, http: httpx.Client) -> None:
    user = sign_up(own_platform, http, is_ready=False)
    answer = user.client.rpc("attest_adult", {"is_adult": False}).execute().data
    assert answer == {"outcome": "account_deleted"}
    with pytest.raises(Exception, match="Invalid login credentials"):
        _sign_in(user)
    with pytest.raises(APIError, match="session_ended"):
        user.client.rpc("own_state", {}).execute()


def test_profile_of_every_state_is_corrected_through_postgrest(
    own_platform: Platform, own_database: Database, http: httpx.Client
) -> None:
    user = sign_up(own_platform, http, is_ready=False)
    own_database.value("select ops.close_account(%s)", (user.id,))
    changed = user.client.table("profiles").update({"full_name": "Ada"}).eq("user_id", user.id).execute().data
    assert [row["full_name"] for row in cast(list[dict[str, Any]], changed)] == ["Ada"]
    with pytest.raises(APIError, match="full_name_is_visible"):
        user.client.table("profiles").update({"full_name": "Ada\r\nBcc: x"}).eq("user_id", user.id).execute()
