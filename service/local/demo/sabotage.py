"""Ways to break a rule on purpose, so that anyone can see the demo notice it."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from service.local.demo.story import Story


def _sql(statement: str) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        with psycopg.connect(story.platform.admin_url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    return run


def _without(function: str, guard: str, instead: str) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        with psycopg.connect(story.platform.admin_url, autocommit=True) as connection:
            (text,) = connection.execute("select pg_get_functiondef(%s::regprocedure)", (function,)).fetchone()  # type: ignore[misc]
            if text.count(guard) != 1:
                raise RuntimeError(f"{function} has changed: the guard to take out is not there")
            connection.execute(text.replace(guard, instead))

    return run


def _revoke_fails(story: Story) -> None:
    story.google.add_fault(path_prefix="/revoke", kind="status_500", times=100)


# Name -> what is broken before the first step. Each is noticed by another step.
SABOTAGES: dict[str, Callable[[Story], None]] = {
    "no-profile": _sql("drop trigger create_profile on auth.users"),
    "secrets-outlive-connection": _sql("drop trigger delete_vault_secrets on private.google_secrets"),
    "connections-open-to-all": _sql(
        "create policy open_to_all on public.google_connections for select to authenticated using (true)"
    ),
    "session-not-checked": _sql(
        """create or replace function private.session_outcome(p_user_id uuid, p_session_id uuid)
        returns text language sql stable set search_path = '' as $$ select 'live' $$"""
    ),
    "google-does-not-revoke": _revoke_fails,
    "two-refreshes-at-once": _without(
        "private.lease_google_refresh(uuid,bigint)",
        "if v_secrets.refresh_lease_until > pg_catalog.clock_timestamp() then",
        "if false then",
    ),
    "mails-go-out-twice": _without(
        "service_api.claim_gmail_send(uuid,uuid,uuid,text,boolean,jsonb,uuid)", "if not found then", "if false then"
    ),
    "dead-tokens-kept": _without(
        "service_api.refuse_google_refresh(uuid,uuid,uuid,bigint,text,text)",
        "delete from private.google_secrets as secrets where secrets.connection_id = p_connection_id;",
        "",
    ),
}
