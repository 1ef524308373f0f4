"""Going is given a minute: a person may own many records, and what follows is done for each of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from postgrest.exceptions import APIError

from tests.database.workspaces.stage import Stage
from tests.databases import Database
from tests.people import NewUser

_GOING = ["attest_adult(boolean)", "leave_workspace(uuid,uuid)", "remove_member(uuid,uuid,uuid)"]


@pytest.mark.parametrize("function", _GOING)
def test_function_asks_for_a_minute(stage: Stage, function: str) -> None:
    settings = stage.database.value(
        "select proconfig from pg_proc where oid = %s::regprocedure", (f"public.{function}",)
    )
    assert "statement_timeout=60s" in settings


def test_postgrest_grants_the_time_that_a_function_asks_for(new_user: NewUser, platform_database: Database) -> None:
    platform_database.execute(
        "create function public.planted() returns text language sql set search_path = '' "
        "set statement_timeout = '200ms' return pg_catalog.pg_sleep(2)::text; "
        "grant execute on function public.planted() to authenticated"
    )
    try:
        assert _refusal(new_user(name="ada").client) == "57014"
    finally:
        platform_database.execute("drop function public.planted()")


def _refusal(client: Any) -> str | None:
    """The code of the refusal, once PostgREST has heard of the function."""
    deadline = time.monotonic() + 10
    while True:
        try:
            client.rpc("planted", {}).execute()
        except APIError as error:
            if error.code != "PGRST202" or time.monotonic() > deadline:
                return error.code
            time.sleep(0.1)
        else:
            return None
