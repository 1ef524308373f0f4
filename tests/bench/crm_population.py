"""Fills a scratch database with a thousand workspaces of made-up records, six million rows in some minutes.

Records of all workspaces lie between each other, in the order of time, as they would had they come one by one: the rows
that one workspace reads are spread over the whole table. Triggers and foreign keys are off while it fills, and indexes
are built at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tests.bench.crm_texts import ACCOUNTS, RECORDS, WORDS
from tests.bench.population import Person
from tests.scratch import refuse_unless_scratch

_PEOPLE_PER_WORKSPACE = 3
_SMALL = 100
_FILLED = ("companies", "contacts", "contact_addresses", "pipelines", "pipeline_stages", "deals", "deal_contacts",
           "activities", "activity_attendees")  # fmt: skip
_INDEXES = """
select indexes.indexrelid::regclass::text as name, pg_catalog.pg_get_indexdef(indexes.indexrelid) as definition
from pg_catalog.pg_index as indexes
where indexes.indrelid = any(%s::regclass[]) and not exists (
    select from pg_catalog.pg_constraint as constraints where constraints.conindid = indexes.indexrelid
)
"""


@dataclass(frozen=True)
class Size:
    """How much there is: one workspace has a tenth of the contacts, one has a hundred, the others share the rest."""

    contacts: int = 1_000_000
    workspaces: int = 1_000
    activities_per_contact: int = 5

    @property
    def large(self) -> int:
        """Contacts of the large workspace."""
        return self.contacts // 10

    @property
    def small(self) -> int:
        """Contacts of the small one."""
        return min(_SMALL, self.contacts // 100)

    @property
    def described(self) -> str:
        """In a sentence."""
        return (
            f"{self.contacts:,} contacts and {self.activities:,} activities in {self.workspaces:,} workspaces, one of "
            f"{self.large:,} contacts and one of {self.small:,} among them"
        )

    @property
    def activities(self) -> int:
        """Activities of all workspaces."""
        return self.contacts * self.activities_per_contact


@dataclass(frozen=True)
class CrmPopulation:
    """What the rows ask for.

    Attributes:
        member: belongs to the large workspace, the small one and one of the others.
        asked_at: now, from when on activities are upcoming.
        contacts: one with whom much happened, in each of the two.
        typed: the first three letters of that contact's last name.
        slips: that name with two letters swapped.
    """

    size: Size
    member: Person
    large: UUID
    small: UUID
    asked_at: str
    contacts: dict[UUID, UUID]
    typed: dict[UUID, str]
    slips: dict[UUID, str]


def fill_crm(admin_url: str, size: Size, report: Callable[[str], None] = lambda _: None) -> CrmPopulation:
    """Insert the records and the people who work with them.

    Raises:
        NotScratch: the database does not carry the scratch marker.
    """
    refuse_unless_scratch(admin_url)
    numbers = {
        "contacts": size.contacts, "workspaces": size.workspaces, "large": size.large, "small": size.small,
        "activities": size.activities, "people": _PEOPLE_PER_WORKSPACE, "step": _step(size.contacts),
        "activity_step": _step(size.activities), "companies": max(size.contacts // 10, 1),
        "company_step": _step(max(size.contacts // 10, 1)),
    }  # fmt: skip
    with psycopg.connect(admin_url) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute("set local maintenance_work_mem = '1GB'; set local work_mem = '256MB'")
        connection.execute(WORDS.encode())
        for statement in ACCOUNTS:
            connection.execute(statement.format(**numbers).encode())
        tables = [f"public.{table}" for table in _FILLED]
        indexes = connection.execute(_INDEXES, (tables,)).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("drop index {}").format(sql.SQL(name)))
        for what, statement in RECORDS:
            report(f"filling {what}")
            connection.execute(statement.format(**numbers).encode())
        for name, definition in indexes:
            report(f"building {name}")
            connection.execute(definition)
        # What an index was told of samples went with it.
        connection.execute("select private.withhold_statistics()")
    report("vacuum and analyze")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
        return _found(connection, size)


def _step(count: int) -> int:
    """A number with which every index below `count` is reached once, and neighbours lie far from each other."""
    step = int(count * 0.618) | 1
    while math.gcd(step, count) != 1:
        step += 2
    return step


def _found(connection: psycopg.Connection, size: Size) -> CrmPopulation:
    def value(query: str, *parameters: object) -> Any:
        row = connection.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    large, small = (value("select md5('workspace ' || %s)::uuid", str(number)) for number in (1, 2))
    busiest = (
        "select contact_id from public.activities where workspace_id = %s group by contact_id "
        "order by count(*) desc, contact_id limit 1"
    )
    contacts = {workspace_id: value(busiest, workspace_id) for workspace_id in (large, small)}
    last_name = "select lower(split_part(full_name, ' ', 2)) from public.contacts where workspace_id = %s and id = %s"
    names: dict[UUID, str] = {each: value(last_name, each, contacts[each]) for each in contacts}
    return CrmPopulation(
        size=size,
        member=Person(value("select md5('member 1')::uuid"), value("select md5('member session 1')::uuid")),
        large=large,
        small=small,
        asked_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        contacts=contacts,
        typed={each: name[:3] for each, name in names.items()},
        slips={each: name[:2] + name[3] + name[2] + name[4:] for each, name in names.items()},
    )
