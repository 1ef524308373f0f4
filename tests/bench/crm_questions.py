"""What a frontend asks of its records: as supabase-js sends it, and as PostgREST puts it to the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from tests.bench.crm_population import CrmPopulation
from tests.bench.crm_stage import Side
from tests.bench.load import get, head, post_json

_CONTACT = "id,full_name,job_title,company_id,owner_id,lifecycle,created_at,version"
_ACTIVITY = "id,kind,title,contact_id,assignee_id,starts_at,ends_at,due_at"
_TIMELINE = "happened_at,entry,kind,record_id,title,person_id"
# As PostgREST 12 wraps a read.
_READ = (
    "with pgrst_source as ({}) select null::bigint as total_result_set, pg_catalog.count(_postgrest_t) as page_total, "
    "coalesce(json_agg(_postgrest_t), '[]') as body from (select * from pgrst_source) as _postgrest_t"
)
_COUNT = (
    "with pgrst_source as (select public.contacts.id from public.contacts where {0} limit 1000), "
    "pgrst_source_count as (select 1 from public.contacts where {0}) "
    "select (select pg_catalog.count(*) from pgrst_source_count) as total_result_set, "
    "pg_catalog.count(_postgrest_t) as page_total, ''::text as body from (select * from pgrst_source) as _postgrest_t"
)
_LIVE = "public.contacts.workspace_id = $1::uuid and public.contacts.is_trashed is false"


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        request: its bytes.
        statement: what PostgREST prepares for it, and the values of $1 and the following.
    """

    request: bytes
    statement: tuple[str, Sequence[str]]


@dataclass(frozen=True)
class Question:
    """One thing that a frontend asks.

    Attributes:
        asked: the requests that one of the sides makes for it, one after the other, in a workspace.
        found_by: the index that is to answer it.
    """

    what: str
    asked: Callable[[Side, UUID], Sequence[Asked]]
    found_by: str


def questions(population: CrmPopulation) -> list[Question]:
    """The four that are answered with rows."""

    def upcoming(side: Side, workspace_id: UUID) -> list[Asked]:
        path = (
            f"activities?select={_ACTIVITY}&workspace_id=eq.{workspace_id}&is_trashed=is.false&is_done=is.false"
            f"&starts_at=gte.{population.asked_at}&order=starts_at.asc&limit=50"
        )
        statement = (
            f"select {_of('activities', _ACTIVITY)} from public.activities "
            "where public.activities.workspace_id = $1::uuid and public.activities.is_trashed is false "
            "and public.activities.is_done is false and public.activities.starts_at >= $2::timestamptz "
            "order by public.activities.starts_at asc limit 50"
        )
        return [_read(side, path, statement, str(workspace_id), population.asked_at)]

    def contact(side: Side, workspace_id: UUID) -> list[Asked]:
        contact_id = population.contacts[workspace_id]
        return [_one_contact(side, workspace_id, contact_id), _timeline(side, workspace_id, contact_id)]

    return [
        Question("newest 50 contacts", _newest, "contacts_newest"),
        Question("upcoming 50 activities", upcoming, "activities_upcoming"),
        Question("one contact with timeline", contact, "contacts_pkey, activities_contact"),
        search("search", population.typed),
    ]


def search(what: str, typed: dict[UUID, str]) -> Question:
    """Searching for what was typed in each workspace."""

    def asked(side: Side, workspace_id: UUID) -> list[Asked]:
        body = json.dumps({"workspace_id": str(workspace_id), "query": typed[workspace_id]}).encode()
        statement = _READ.format(f"select * from public.{side.search}($1::uuid, $2::text)")
        request = post_json(f"/rest/v1/rpc/{side.search}", body, side.headers)
        return [Asked(request, (statement, [str(workspace_id), typed[workspace_id]]))]

    return Question(what, asked, "contacts_search")


def counting() -> Question:
    """Counting a workspace's contacts."""

    def asked(side: Side, workspace_id: UUID) -> list[Asked]:
        path = f"/rest/v1/contacts?select=id&workspace_id=eq.{workspace_id}&is_trashed=is.false"
        request = head(path, {**side.headers, "Prefer": "count=exact"})
        return [Asked(request, (_COUNT.format(_LIVE), [str(workspace_id)]))]

    return Question("count of a workspace's contacts", asked, "contacts_newest")


def _newest(side: Side, workspace_id: UUID) -> list[Asked]:
    path = (
        f"contacts?select={_CONTACT}&workspace_id=eq.{workspace_id}&is_trashed=is.false&order=created_at.desc&limit=50"
    )
    statement = (
        f"select {_of('contacts', _CONTACT)} from public.contacts where {_LIVE} "
        "order by public.contacts.created_at desc limit 50"
    )
    return [_read(side, path, statement, str(workspace_id))]


def _one_contact(side: Side, workspace_id: UUID, contact_id: UUID) -> Asked:
    path = f"contacts?select={_CONTACT}&workspace_id=eq.{workspace_id}&id=eq.{contact_id}"
    statement = (
        f"select {_of('contacts', _CONTACT)} from public.contacts "
        "where public.contacts.workspace_id = $1::uuid and public.contacts.id = $2::uuid"
    )
    return _read(side, path, statement, str(workspace_id), str(contact_id))


def _timeline(side: Side, workspace_id: UUID, contact_id: UUID) -> Asked:
    path = (
        f"contact_timeline?select={_TIMELINE}&workspace_id=eq.{workspace_id}&contact_id=eq.{contact_id}"
        "&order=happened_at.desc&limit=50"
    )
    statement = (
        f"select {_of('contact_timeline', _TIMELINE)} from public.contact_timeline "
        "where public.contact_timeline.workspace_id = $1::uuid and public.contact_timeline.contact_id = $2::uuid "
        "order by public.contact_timeline.happened_at desc limit 50"
    )
    return _read(side, path, statement, str(workspace_id), str(contact_id))


def _read(side: Side, path: str, statement: str, *values: str) -> Asked:
    request = get(f"/rest/v1/{quote(path, safe='?=&.,:-_')}", side.headers)
    return Asked(request, (_READ.format(statement), values))


def _of(table: str, columns: str) -> str:
    return ", ".join(f"public.{table}.{column}" for column in columns.split(","))
