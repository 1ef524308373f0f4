"""Nor can another workspace's data be inferred through the real PostgREST: counts, embeds, upserts, estimates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from postgrest.exceptions import APIError

from service.local.platform import Platform
from tests.databases import Database
from tests.people import NewUser, User

_CONTACTS = 3000


@dataclass(frozen=True)
class Neighbours:
    """Two users with a workspace each; the first one's holds many contacts."""

    ada: User
    bob: User
    adas: str
    bobs: str
    contact_id: str


@pytest.fixture
def neighbours(new_user: NewUser, platform_database: Database) -> Iterator[Neighbours]:
    ada, bob = new_user(name="ada"), new_user(name="bob")
    adas, bobs = (str(_rpc(user, "create_workspace", name="Shop")["workspace_id"]) for user in (ada, bob))
    platform_database.execute(
        "insert into public.contacts (workspace_id, full_name) "
        "select %s, 'Contact ' || n from generate_series(1, %s) as n",
        (adas, _CONTACTS),
    )
    contact_id = platform_database.value(
        "select id::text from public.contacts where workspace_id = %s limit 1", (adas,)
    )
    yield Neighbours(ada, bob, adas, bobs, contact_id)
    platform_database.execute("delete from public.workspaces where id = any(%s::uuid[])", ([adas, bobs],))


def _rpc(user: User, function: str, **arguments: Any) -> dict[str, Any]:
    data = user.client.rpc(function, arguments).execute().data
    assert isinstance(data, dict)
    return data


def _refusal(action: Any) -> tuple[Any, ...]:
    with pytest.raises(APIError) as refused:
        action()
    return refused.value.code, refused.value.message, refused.value.details, refused.value.hint


def test_counts_of_another_workspace_are_those_of_none(neighbours: Neighbours) -> None:
    def count(workspace_id: str, user: User) -> Any:
        query = user.client.table("contacts").select("id", count="exact").eq("workspace_id", workspace_id)  # type: ignore[arg-type]
        answer = query.limit(1).execute()
        return answer.count, len(answer.data)

    assert count(neighbours.adas, neighbours.bob) == count(str(uuid4()), neighbours.bob) == (0, 0)
    assert count(neighbours.adas, neighbours.ada) == (_CONTACTS, 1)


def test_embedded_records_are_the_readers_own(neighbours: Neighbours) -> None:
    own = {"workspace_id": neighbours.bobs, "full_name": "Grace Example", "id": neighbours.contact_id}
    neighbours.bob.client.table("contacts").insert(own, returning="minimal").execute()  # type: ignore[arg-type]
    address = {"workspace_id": neighbours.adas, "contact_id": neighbours.contact_id, "kind": "email",
               "address": "ada@example.com"}  # fmt: skip
    neighbours.ada.client.table("contact_addresses").insert(address, returning="minimal").execute()  # type: ignore[arg-type]
    embedded = "full_name, contact_addresses(address), workspace_members(display_name), deal_contacts(deals(name))"
    rows = neighbours.bob.client.table("contacts").select(embedded).execute().data
    assert rows == [
        {"full_name": "Grace Example", "contact_addresses": [], "workspace_members": None, "deal_contacts": []}
    ]


@pytest.mark.parametrize("resolution", ["merge", "ignore"])
def test_upsert_of_a_record_of_another_workspace_answers_as_of_none(neighbours: Neighbours, resolution: str) -> None:
    def upsert(contact_id: str) -> Any:
        row = {"workspace_id": neighbours.adas, "id": contact_id, "full_name": "Changed"}
        neighbours.bob.client.table("contacts").upsert(
            row, on_conflict="workspace_id,id", ignore_duplicates=resolution == "ignore", returning="minimal",  # type: ignore[arg-type]
        ).execute()  # fmt: skip

    answer = _refusal(lambda: upsert(neighbours.contact_id))
    assert answer == _refusal(lambda: upsert(str(uuid4())))
    assert answer[0] == "42501"


def test_pointing_at_another_workspace_answers_as_at_nothing(
    neighbours: Neighbours, platform_database: Database
) -> None:
    theirs = platform_database.value(
        "insert into public.companies (workspace_id, name) values (%s, 'Mill') returning id::text", (neighbours.adas,)
    )

    def point(company_id: str) -> Any:
        row = {"workspace_id": neighbours.bobs, "full_name": "Grace Example", "company_id": company_id}
        neighbours.bob.client.table("contacts").insert(row, returning="minimal").execute()  # type: ignore[arg-type]

    answer = _refusal(lambda: point(theirs))
    assert answer == _refusal(lambda: point(str(uuid4())))
    assert answer[0] == "23503"


@pytest.mark.parametrize(
    "query",
    ["invitations?select=id&token_hash=ilike.*a*", "invitations?select=id&order=token_hash",
     "consents?select=id&address_hash=is.null"],
)  # fmt: skip
def test_filter_on_a_column_that_is_not_granted_is_refused(
    neighbours: Neighbours, platform: Platform, http: httpx.Client, query: str
) -> None:
    answer = http.get(
        f"{platform.supabase_url}/rest/v1/{query}",
        headers={"apikey": platform.publishable_key, **neighbours.bob.headers},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "42501")


def _estimates(neighbours: Neighbours, platform: Platform, http: httpx.Client, *filters: str) -> set[str]:
    """What the planner is said to expect, for each filter."""
    said = set()
    for query in filters:
        answer = http.get(
            f"{platform.supabase_url}/rest/v1/contacts?select=id&limit=1&{query}",
            headers={"apikey": platform.publishable_key, "Prefer": "count=planned", **neighbours.bob.headers},
        )
        assert answer.status_code in (200, 206)
        said.add(answer.headers["content-range"])
    return said


def test_estimates_know_nothing_of_others(
    neighbours: Neighbours, platform: Platform, platform_database: Database, http: httpx.Client
) -> None:
    platform_database.execute("analyze public.contacts")
    by_workspace = (f"workspace_id=eq.{neighbours.adas}", f"workspace_id=eq.{uuid4()}")
    by_name = ("full_name=gte.Contact 1", "full_name=gte.Contact 5", "full_name=gte.Zoe")
    assert len(_estimates(neighbours, platform, http, *by_workspace)) == 1
    assert len(_estimates(neighbours, platform, http, *by_name)) == 1


def test_estimates_tell_of_others_if_samples_are_taken(
    neighbours: Neighbours, platform: Platform, platform_database: Database, http: httpx.Client
) -> None:
    columns = ("workspace_id", "full_name")
    try:
        for column in columns:
            platform_database.execute(f"alter table public.contacts alter column {column} set statistics 100")
        platform_database.execute("analyze public.contacts")
        names = ("full_name=gte.Contact 1", "full_name=gte.Contact 5", "full_name=gte.Zoe")
        assert len(_estimates(neighbours, platform, http, *names)) > 1
    finally:
        for column in columns:
            platform_database.execute(f"alter table public.contacts alter column {column} set statistics 0")
        with platform_database.connect("supabase_admin") as admin:
            admin.execute("delete from pg_catalog.pg_statistic where starelid = 'public.contacts'::regclass")


def test_plans_are_not_shown(neighbours: Neighbours, platform: Platform, http: httpx.Client) -> None:
    answer = http.get(
        f"{platform.supabase_url}/rest/v1/contacts?select=id",
        headers={
            "apikey": platform.publishable_key, "Accept": "application/vnd.pgrst.plan+json", **neighbours.bob.headers,
        },
    )  # fmt: skip
    assert answer.status_code in (406, 415)


def test_refusals_reach_the_client_by_name(neighbours: Neighbours) -> None:
    contacts = neighbours.ada.client.table("contacts")
    row = {"workspace_id": neighbours.adas, "full_name": "Grace Example"}
    too_many = _refusal(lambda: contacts.insert([row] * 1001, returning="minimal").execute())  # type: ignore[arg-type]
    assert too_many == ("too_many_rows", "One call changes at most 1000 rows. Change them in parts.", "1000", None)
    change = {"full_name": "Ada Example", "version": 7}
    stale = _refusal(
        lambda: contacts.update(change, returning="minimal").eq("id", neighbours.contact_id).execute()  # type: ignore[arg-type]
    )
    assert stale[0] == "changed_meanwhile"
    assert set(json.loads(stale[2])) == {"version", "changed_by", "changed_at"}
    long = _refusal(lambda: contacts.insert({**row, "full_name": "x" * 201}, returning="minimal").execute())  # type: ignore[arg-type]
    assert long[0] == "23514"
    assert 'constraint "contact_name_is_short"' in long[1]
