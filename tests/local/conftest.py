"""Fixtures of the local platform's tests: a function and a table that show which role a request runs as."""

from __future__ import annotations

import time

import httpx
import pytest

from service.local.platform import Platform
from tests.databases import Database
from tests.local.auth_client import Auth

_DEADLINE = 20.0

# Made in the platform's own clone only, after migrations: the template and other tests never see them.
_PROBE_OBJECTS = """
create function public.probe_whoami() returns jsonb language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'role', current_setting('role'),
        'sub', current_setting('request.jwt.claims', true)::jsonb ->> 'sub'
    )
$$;
grant execute on function public.probe_whoami() to anon, authenticated, service_role;

create function service_api.probe_whoami() returns text language sql stable set search_path = '' as $$
    select current_setting('role')
$$;
grant execute on function service_api.probe_whoami() to google_service;

create table public.probe_notes (id bigint generated always as identity primary key, user_id uuid not null, note text);
alter table public.probe_notes enable row level security;
grant select, insert on public.probe_notes to authenticated;
grant select on public.probe_notes to service_role;
create policy probe_notes_select_owner on public.probe_notes for select to authenticated
    using ((select auth.uid()) = user_id);
create policy probe_notes_insert_owner on public.probe_notes for insert to authenticated
    with check ((select auth.uid()) = user_id);
"""


@pytest.fixture(scope="session")
def probes(platform: Platform, platform_database: Database) -> None:
    """`public.probe_whoami()`, `service_api.probe_whoami()` and the RLS table `public.probe_notes`."""
    with platform_database.connect() as connection:
        connection.execute(_PROBE_OBJECTS.encode())
        connection.execute("notify pgrst, 'reload schema'")
    deadline = time.monotonic() + _DEADLINE
    url, headers = f"{platform.supabase_url}/rest/v1/rpc/probe_whoami", {"apikey": platform.publishable_key}
    while httpx.post(url, headers=headers, json={}, trust_env=False).status_code != 200:
        assert time.monotonic() < deadline, "PostgREST did not reload its schema cache"
        time.sleep(0.05)


@pytest.fixture
def auth(platform: Platform, http: httpx.Client) -> Auth:
    return Auth(platform, http)
