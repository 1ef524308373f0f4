"""Fixtures of the frontend's tests: a platform of their own, as what is published reaches all of its users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.local.platform import Platform, running_platform
from service.local.postgres import Cluster
from tests.database.workspaces.stage import publish
from tests.databases import cloned_database

# What the schedule and the worker do in time, for whoever cannot wait so long, and what is on record of a mail that the
# service has sent. Made in this clone only.
_PROBES = """
create function public.probe_announce() returns integer language sql volatile security definer set search_path = ''
as $$ select private.announce_policy_versions() $$;

create function public.probe_remind() returns void language sql volatile security definer set search_path = ''
as $$
    update private.outbox set available_at = now() where kind = 'remind_of_activity';
    select private.remind_of_activity(leased.id)
    from private.lease_outbox_entries('remind_of_activity', 100) as leased (id);
$$;

create function public.probe_send(contact_id uuid) returns void language sql volatile security definer
set search_path = '' as $$
    insert into public.sent_messages (
        workspace_id, sender_id, contact_id, field, idempotency_key, message_id, state, finished_at
    )
    select workspace_id, auth.uid(), id, 'to', gen_random_uuid(), 'sent', 'sent', now()
    from public.contacts as contacts where contacts.id = probe_send.contact_id;
$$;
grant execute on function public.probe_announce(), public.probe_remind(), public.probe_send(uuid) to authenticated;
"""


@pytest.fixture(scope="session")
def published_platform(cluster: Cluster, template_database: str, log_dir: Path) -> Iterator[Platform]:
    """A platform with terms for workspaces, and a privacy policy that takes effect in a month."""
    with cloned_database(cluster, template_database) as database:
        publish(database, "service_agreement", "terms-1")
        publish(database, "data_processing_terms", "terms-1")
        publish(database, "privacy_policy", "coming", effective="now() + interval '30 days'")
        database.execute(_PROBES)
        with running_platform(log_dir=log_dir / "frontend", cluster=cluster, database=database.name) as running:
            yield running
