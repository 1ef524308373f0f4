"""Searching through the real PostgREST with the real supabase client."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from postgrest.exceptions import APIError

from service.local.platform import Platform
from tests.databases import Database
from tests.people import NewUser, User, open_client


@pytest.fixture
def owner(new_user: NewUser) -> User:
    """A signed-up user."""
    return new_user(name="owner")


@pytest.fixture
def workspace_id(owner: User, platform_database: Database) -> str:
    """Their workspace, with contacts in it."""
    answer: Any = owner.client.rpc("create_workspace", {"name": "Shop"}).execute().data
    names = [{"workspace_id": answer["workspace_id"], "full_name": f"Maple Grove {number}"} for number in range(30)]
    owner.client.table("contacts").insert(names, returning="minimal").execute()  # type: ignore[arg-type]
    return answer["workspace_id"]


def _search(user: User, workspace_id: str, query: str, *, get: bool = False, **arguments: Any) -> list[dict[str, Any]]:
    data = user.client.rpc(
        "search_records", {"workspace_id": workspace_id, "query": query, **arguments}, get=get
    ).execute().data  # fmt: skip
    assert isinstance(data, list)
    return data  # type: ignore[return-value]


@pytest.mark.parametrize("get", [False, True], ids=["post", "get"])
def test_member_pages_through_what_is_found(owner: User, workspace_id: str, get: bool) -> None:
    first = _search(owner, workspace_id, "maple", get=get)
    mark = {"after_rank": first[-1]["rank"], "after_id": first[-1]["id"]}
    second = _search(owner, workspace_id, "maple", get=get, **mark)
    assert (len(first), len(second)) == (20, 10)
    assert len({row["id"] for row in first + second}) == 30
    assert set(first[0]) == {"kind", "id", "title", "subtitle", "rank"}


def test_get_names_kinds_as_an_array(owner: User, workspace_id: str, platform: Platform, http: httpx.Client) -> None:
    address = f"{platform.supabase_url}/rest/v1/rpc/search_records"
    headers = {"apikey": platform.publishable_key, **owner.headers}
    asked = {"workspace_id": workspace_id, "query": "maple", "kinds": "{company,contact}", "page_size": "5"}
    answer = http.get(address, params=asked, headers=headers)
    assert (answer.status_code, len(answer.json())) == (200, 5)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"query": "x" * 10_000}, "query_too_long"),
        ({"page_size": 51}, "page_size_out_of_range"),
        ({"workspace_id": str(uuid4())}, "workspace_not_found"),
    ],
)
def test_refusal_reaches_the_client_by_its_name(
    owner: User, workspace_id: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(APIError) as refused:
        _search(owner, **{"workspace_id": workspace_id, "query": "maple", **arguments})
    assert refused.value.code == code


def test_stranger_and_visitor_find_nothing(
    owner: User, workspace_id: str, new_user: NewUser, platform: Platform, http: httpx.Client
) -> None:
    with pytest.raises(APIError) as refused:
        _search(new_user(name="stranger"), workspace_id, "maple")
    assert refused.value.code == "workspace_not_found"
    with pytest.raises(APIError) as refused:
        open_client(platform, http).rpc("search_records", {"workspace_id": workspace_id, "query": "maple"}).execute()
    assert refused.value.code == "42501"


def test_function_behind_it_cannot_be_called(owner: User, workspace_id: str) -> None:
    with pytest.raises(APIError):
        owner.client.schema("private").rpc(
            "search_records", {"p_workspace_id": workspace_id, "p_query": "maple"}
        ).execute()  # fmt: skip
