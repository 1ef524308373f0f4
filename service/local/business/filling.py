"""Signs the owner of the example business up and writes its records as a frontend does, under row-level security."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import yaml
from postgrest.types import ReturnMethod

from service.local.platform import Platform
from supabase import Client, ClientOptions, create_client

_FILE = Path(__file__).with_name("records.yaml")
Entry = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """Who can sign in to see the business."""

    email: str
    password: str = field(repr=False)


def fill(platform: Platform) -> Account:
    """Write the whole business, as its owner."""
    records = yaml.safe_load(_FILE.read_text())
    owner = records["owner"]
    account = Account(owner["email"], secrets.token_urlsafe(9))
    client = create_client(
        platform.supabase_url,
        platform.publishable_key,
        ClientOptions(auto_refresh_token=False, persist_session=False),
    )
    client.auth.sign_up({"email": account.email, "password": account.password})
    _agree(client)
    client.table("profiles").update({key: owner[key] for key in ("full_name", "company", "time_zone")}).neq(
        "account_state", "closing"
    ).execute()
    answer = cast(Entry, client.rpc("create_workspace", records["workspace"]).execute().data)
    _Business(client, answer["workspace_id"], ZoneInfo(owner["time_zone"])).write(records)
    return account


def _agree(client: Client) -> None:
    client.rpc("attest_adult", {"is_adult": True}).execute()
    published = client.table("policy_versions").select("id, text_sha256").eq("document", "privacy_policy").execute()
    (version,) = cast(list[Entry], published.data)
    client.rpc("accept_policy", {"policy_version_id": version["id"], "text_sha256": version["text_sha256"]}).execute()


class _Business:
    """The records of one workspace; ids are chosen here, so that records can name each other."""

    def __init__(self, client: Client, workspace_id: str, zone: ZoneInfo) -> None:
        self._client, self._workspace_id, self._zone = client, workspace_id, zone
        self._ids: dict[str, str] = {}

    def write(self, records: Entry) -> None:
        self._insert("attribute_definitions", records["fields"])
        self._insert("companies", [self._named(entry) for entry in records["companies"]])
        self._contacts(records["contacts"])
        self._deals(records["pipeline"], records["deals"])
        self._activities(records["activities"])

    def _contacts(self, entries: list[Entry]) -> None:
        own = ("email", "phone", "mail", "call", "company")
        self._insert(
            "contacts",
            [
                self._named({key: value for key, value in entry.items() if key not in own}, entry["full_name"])
                | {"company_id": self._ids.get(entry.get("company", ""))}
                for entry in entries
            ],
        )
        addresses = [
            {"contact_id": self._ids[entry["full_name"]], "kind": kind, "address": entry[kind], "is_main": True}
            for entry in entries
            for kind in ("email", "phone")
            if kind in entry
        ]
        self._insert("contact_addresses", addresses)
        permissions = [
            {"contact_id": self._ids[entry["full_name"]], "channel": channel, "state": entry[key],
             "basis": "asked_by_contact"}
            for entry in entries
            for key, channel in (("mail", "email"), ("call", "call"))
            if key in entry
        ]  # fmt: skip
        self._insert("contact_permissions", permissions)

    def _deals(self, pipeline: Entry, entries: list[Entry]) -> None:
        self._insert("pipelines", [self._named({"name": pipeline["name"]})])
        pipeline_id = self._ids[pipeline["name"]]
        stages = [
            self._named({"pipeline_id": pipeline_id, "name": name, "outcome": outcome, "position": position})
            for position, (name, outcome) in enumerate(pipeline["stages"])
        ]
        self._insert("pipeline_stages", stages)
        deals = [
            self._named(
                {
                    "name": entry["name"],
                    "pipeline_id": pipeline_id,
                    "stage_id": self._ids[entry["stage"]],
                    "company_id": self._ids[entry["company"]],
                    "amount": entry["amount"],
                    "currency": "CAD",
                    "expected_close_on": (date.today() + timedelta(days=entry["expected"])).isoformat(),
                    "attributes": entry.get("attributes", {}),
                }
            )
            for entry in entries
        ]
        self._insert("deals", deals)
        participants = [
            {"deal_id": self._ids[entry["name"]], "contact_id": self._ids[name], "role": role}
            for entry in entries
            for name, role in entry["contacts"]
        ]
        self._insert("deal_contacts", participants)

    def _activities(self, entries: list[Entry]) -> None:
        rows = [self._named(self._activity(entry), entry["title"]) for entry in entries]
        self._insert("activities", rows)
        attendees = [
            {"activity_id": self._ids[entry["title"]], "contact_id": self._ids[name]}
            for entry in entries
            for name in entry.get("attendees", [])
        ]
        self._insert("activity_attendees", attendees)

    def _activity(self, entry: Entry) -> Entry:
        start = self._at(entry["day"], entry["hour"]) if "day" in entry else None
        end = start + timedelta(hours=entry["hours"]) if start and "hours" in entry else None
        due = self._at(entry["due"], 17) if "due" in entry else None
        done = (end or start or due or datetime.now(UTC)) if entry.get("is_done") else None
        moments = {"starts_at": start, "ends_at": end, "due_at": due, "done_at": done}
        return {
            "kind": entry["kind"],
            "title": entry["title"],
            "location": entry.get("location"),
            "time_zone": self._zone.key,
            "contact_id": self._ids.get(entry.get("contact", "")),
            "company_id": self._ids.get(entry.get("company", "")),
            "deal_id": self._ids.get(entry.get("deal", "")),
            **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
            **entry.get("call", {}),
        }

    def _at(self, day: int, hour: int) -> datetime:
        there = datetime.now(self._zone) + timedelta(days=day)
        return there.replace(hour=hour, minute=0, second=0, microsecond=0)

    def _named(self, entry: Entry, name: str | None = None) -> Entry:
        self._ids[name or entry["name"]] = made = str(uuid4())
        return {"id": made, **entry}

    def _insert(self, table: str, rows: list[Entry]) -> None:
        # One call takes rows of the same columns: what a row leaves out gets the column's default by default_to_null.
        whole = [{"workspace_id": self._workspace_id, **row} for row in rows]
        self._client.table(table).insert(whole, default_to_null=False, returning=ReturnMethod.minimal).execute()
