"""What is measured is the same work: a list imported and a list written by hand leave the same records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from service.local.platform import Platform
from tests.bench import import_row
from tests.bench.import_row import Importer, imports
from tests.databases import Database
from tests.scratch import NotScratch

_MADE = {
    "contacts": "select c.full_name, c.job_title, o.name, c.lifecycle, c.tags, c.source, c.lawful_basis, c.made_by "
    "from public.contacts as c inner join public.companies as o on o.id = c.company_id "
    "where c.workspace_id = %s order by 1",
    "addresses": "select a.kind, a.address, a.is_main, a.made_by from public.contact_addresses as a "
    "where a.workspace_id = %s order by 2",
    "changes": "select r.table_name, r.operation, r.made_by, count(*) from public.record_changes as r "
    "where r.workspace_id = %s group by 1, 2, 3 order by 1",
}


def _made(owner: psycopg.Connection, workspace_id: UUID) -> dict[str, list[Any]]:
    return {name: owner.execute(query.encode(), (workspace_id,)).fetchall() for name, query in _MADE.items()}


def test_import_and_hand_make_the_same_records(platform: Platform, http: httpx.Client) -> None:
    importer, text, found = Importer(platform, http), import_row._file(60), list[dict[str, list[Any]]]()
    with psycopg.connect(platform.database_url, autocommit=True) as owner:
        for is_by_hand in (True, False):
            with import_row._workspace(owner, importer) as workspace_id:
                if is_by_hand:
                    import_row._by_hand(owner, importer, workspace_id, text)
                else:
                    importer.import_list(workspace_id, text)
                found.append(_made(owner, workspace_id))
    assert found[0] == found[1]
    assert [len(found[0][name]) for name in ("contacts", "addresses", "changes")] == [60, 120, 3]


def test_rows_are_filled(platform: Platform) -> None:
    speed, flat = imports(platform, 1, lambda _: None, 60)
    assert (len(speed.ratios), speed.result > 0, len(flat.ratios), flat.result > 0) == (1, True, 1, True)


def test_database_without_the_scratch_marker_is_not_touched(platform: Platform, database: Database) -> None:
    with database.connect("supabase_admin") as admin:
        admin.execute("drop schema local_platform cascade")
    elsewhere = Platform(
        **{**vars(platform), "admin_url": database.url("supabase_admin"), "database_url": database.url()}
    )
    with pytest.raises(NotScratch):
        imports(elsewhere, 1, lambda _: None, 60)
