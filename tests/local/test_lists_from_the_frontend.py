"""Lists straight from the frontend: the real supabase-js, and calls that take longer than a client's statement may."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.local import binaries
from service.local.parts import base_environment
from service.local.platform import Platform
from tests.database.unguarded import remove_guard
from tests.databases import Database
from tests.people import NewUser

_SCRIPT = Path(__file__).parent / "js" / "lists.mjs"
_PROBLEM = {"column_name": "email", "code": "bad_email"}
# Longer than the 8 seconds that authenticated has, here as on hosted projects.
_LONG = "begin perform pg_catalog.pg_sleep(8.5); perform private.require_list_member"
_HURRIED = """
create function public.find_in_a_hurry(workspace_id uuid) returns jsonb language sql volatile set search_path = ''
begin atomic
    insert into private.list_requests (action, arguments)
    values ('find_duplicates', pg_catalog.jsonb_build_object('workspace_id', find_in_a_hurry.workspace_id))
    returning answer;
end;
grant execute on function public.find_in_a_hurry(uuid) to authenticated;
notify pgrst, 'reload schema';
"""


def test_supabase_js_imports_exports_merges_and_undoes(platform: Platform, new_user: NewUser) -> None:
    user = new_user()
    environment = {
        **base_environment(),
        "SUPABASE_URL": platform.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": platform.publishable_key,
        "TEST_EMAIL": user.email,
        "TEST_PASSWORD": user.password,
    }
    run = subprocess.run(
        [str(binaries.node()), str(_SCRIPT)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert [json.loads(line) for line in run.stdout.splitlines()] == [
        {
            "step": "checked", "header": ["full_name", "email", "phone", None], "good": 2, "bad": 5,
            "problems": {"bad_email": 5},
        },
        {
            "step": "report", "first": [{"line_number": line, **_PROBLEM} for line in (4, 5, 6)],
            "second": [{"line_number": line, **_PROBLEM} for line in (7, 8)],
        },
        {"step": "preview", "full_name": "Lovelace, Ada", "phones": ["+16135550142"]},
        {"step": "refused", "status": 409, "code": "import_has_problems", "details": "5"},
        {"step": "committed", "state": "committed", "imported": 2},
        {
            "step": "exported", "error": None,
            "lines": [
                "full_name,job_title,company,lifecycle,email,phone,language,t",
                '"Lovelace, Ada",,,lead,ada@example.com,\'+16135550142,,,,',
                "'=Grace,,,lead,grace@example.com,,,,,", "",
            ],
        },
        {"step": "exported without csv()", "is_same": True},
        {
            "step": "on record",
            "exports": [
                {"filter_fields": ["lifecycle"], "contact_count": 2}, {"filter_fields": [], "contact_count": 2},
            ],
        },
        {"step": "duplicates", "address": "ada@example.com", "is_last": True, "next": None},
        {"step": "merged", "kept": True},
        {"step": "parted", "restored": True},
        {"step": "undone", "undone": 1, "kept": ["changed"]},
    ]  # fmt: skip


@pytest.fixture
def long_search(platform: Platform, platform_database: Database) -> Iterator[None]:
    """Looking for duplicates takes long; `find_in_a_hurry` is the same call without its time."""
    signature = "private.find_duplicates(uuid,jsonb)"
    text = platform_database.value("select pg_get_functiondef(%s::regprocedure)", (signature,))
    remove_guard(platform_database, signature, "begin\n    perform private.require_list_member", _LONG)
    with platform_database.connect() as connection:
        connection.execute(_HURRIED.encode())
    yield
    with platform_database.connect() as connection:
        connection.execute("drop function public.find_in_a_hurry(uuid)")
        connection.execute(text.encode())
        connection.execute("notify pgrst, 'reload schema'")


@pytest.mark.usefixtures("long_search")
def test_call_that_says_so_takes_longer_than_a_clients_statement_may(
    platform: Platform, http: httpx.Client, new_user: NewUser
) -> None:
    user = new_user()
    headers = {"apikey": platform.publishable_key, **user.headers}

    def ask(function: str, workspace_id: str) -> httpx.Response:
        url = f"{platform.supabase_url}/rest/v1/rpc/{function}"
        return http.post(url, headers=headers, json={"workspace_id": workspace_id})

    made: Any = user.client.rpc("create_workspace", {"name": "Bakery"}).execute().data
    workspace_id = made["workspace_id"]
    deadline = time.monotonic() + 20
    with ThreadPoolExecutor(max_workers=2) as pool:
        long = pool.submit(ask, "find_duplicates", workspace_id)
        while (hurried := ask("find_in_a_hurry", workspace_id)).status_code == 404:
            assert time.monotonic() < deadline, "PostgREST did not reload its schema cache"
            time.sleep(0.05)
        assert (hurried.status_code, hurried.json()["code"]) == (500, "57014")
        assert (long.result().status_code, long.result().json()) == (200, {"next": None, "duplicates": []})
