"""Fixtures of the frontend's tests: a platform of their own, as what is published reaches all of its users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.local.platform import Platform, running_platform
from service.local.postgres import Cluster
from tests.database.workspaces.stage import publish
from tests.databases import cloned_database

# What the schedule does every minute, for whoever cannot wait so long. Made in this clone only.
_ANNOUNCE = """
create function public.probe_announce() returns integer language sql volatile security definer set search_path = ''
as $$ select private.announce_policy_versions() $$;
grant execute on function public.probe_announce() to authenticated;
"""


@pytest.fixture(scope="session")
def published_platform(cluster: Cluster, template_database: str, log_dir: Path) -> Iterator[Platform]:
    """A platform with terms for workspaces, and a privacy policy that takes effect in a month."""
    with cloned_database(cluster, template_database) as database:
        publish(database, "service_agreement", "terms-1")
        publish(database, "data_processing_terms", "terms-1")
        publish(database, "privacy_policy", "coming", effective="now() + interval '30 days'")
        database.execute(_ANNOUNCE)
        with running_platform(log_dir=log_dir / "frontend", cluster=cluster, database=database.name) as running:
            yield running
