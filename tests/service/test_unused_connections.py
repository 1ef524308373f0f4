"""The nightly check of unused connections by the real worker: a grant that ended at Google leaves no tokens here."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor
from tests.service.routes.conftest import NewActor, ada, connected, new_person

__all__ = ["ada", "connected", "new_person"]

_OF_USER = "where connection_id in (select id from public.google_connections where user_id = %s)"
_DEADLINE_SECONDS = 30


def _until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for what the platform's worker does."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what}, waited {_DEADLINE_SECONDS} s"
        time.sleep(0.1)


def _let_it_lie(actor: Actor, database: Database) -> None:
    """Let the connection be unused for eight days, and its check be due now."""
    database.execute("delete from ops.refresh_outcomes")
    database.execute(
        "update private.google_secrets set refreshed_at = now() - interval '8 days', "
        f"access_expires_at = now() - interval '7 days', refresh_after = now() - interval '7 days' {_OF_USER}",
        (actor.id,),
    )
    database.execute("select private.queue_unused_connection_checks()")


def _refreshed_lately(actor: Actor, database: Database) -> bool:
    rows = database.rows(
        f"select refreshed_at > now() - interval '1 minute' as lately from private.google_secrets {_OF_USER}",
        (actor.id,),
    )
    return bool(rows) and rows[0]["lately"]


def test_unused_connection_is_refreshed_without_its_user(connected: Actor, platform_database: Database):
    _let_it_lie(connected, platform_database)
    _until(lambda: _refreshed_lately(connected, platform_database), "nothing was refreshed")
    assert connected.call("GET", "/v1/calendar/events").status_code == 200


def test_tokens_of_a_grant_that_ended_at_google_go(connected: Actor, platform_database: Database):
    connected.google.revoke_grant(connected.sub)
    _let_it_lie(connected, platform_database)

    def is_noticed() -> bool:
        return connected.call("GET", "/v1/google/connection").json()["status"] == "reconnect_required"

    _until(is_noticed, "the end of the grant was not noticed")
    assert platform_database.rows(f"select from private.google_secrets {_OF_USER}", (connected.id,)) == []


@pytest.mark.parametrize("kind", ["status_500", "html", "drop_before"])
def test_fault_of_google_keeps_the_tokens_and_is_tried_again(connected: Actor, platform_database: Database, kind: str):
    connected.google.add_fault(kind, "/token")
    _let_it_lie(connected, platform_database)

    def errors() -> list[str]:
        rows = platform_database.rows(
            "select entries.last_error from private.outbox as entries join private.unused_connection_checks as checks "
            "on checks.outbox_id = entries.id join public.google_connections as connections "
            "on connections.id = checks.connection_id where connections.user_id = %s and last_error is not null",
            (connected.id,),
        )
        return [row["last_error"] for row in rows]

    _until(lambda: errors() == ["google_unavailable"], "the fault was not put down")
    assert platform_database.rows(f"select from private.google_secrets {_OF_USER}", (connected.id,))
    assert not _refreshed_lately(connected, platform_database)
    # Tried again after the back-off, which the test does not wait for.
    platform_database.execute("update private.outbox set available_at = now()")
    platform_database.execute(
        f"update private.google_secrets set refresh_lease_until = now() {_OF_USER}", (connected.id,)
    )
    _until(lambda: _refreshed_lately(connected, platform_database), "nothing was tried again")


def test_worker_writes_no_token_and_no_person_into_its_log(
    connected: Actor, platform_database: Database, log_dir: Path
):
    _let_it_lie(connected, platform_database)
    _until(lambda: _refreshed_lately(connected, platform_database), "nothing was refreshed")
    text = (log_dir / "worker.log").read_text()
    assert "check_unused_connection" in text
    for secret in ("ya29.", "1//", connected.account, str(connected.id), connected.sub):
        assert secret not in text


def test_connection_that_breaks_does_not_stop_the_worker(
    connected: Actor, new_person: NewActor, platform_database: Database
):
    other = new_person()
    other.connect()
    # No binding can be made of such a version: it does not fit into its eight bytes.
    platform_database.execute("alter table private.google_secrets drop constraint token_version_counts_up")
    try:
        platform_database.execute(f"update private.google_secrets set token_version = -1 {_OF_USER}", (connected.id,))
        for actor in (connected, other):
            _let_it_lie(actor, platform_database)
        platform_database.execute("update private.outbox set available_at = now()")
        _until(lambda: _refreshed_lately(other, platform_database), "the worker did not go on")
        assert not _refreshed_lately(connected, platform_database)
    finally:
        connected.call("DELETE", "/v1/google/connection")
        platform_database.execute(
            f"update private.google_secrets set token_version = nextval('private.token_versions') {_OF_USER}",
            (connected.id,),
        )
        platform_database.execute(
            "alter table private.google_secrets add constraint token_version_counts_up check (token_version >= 1)"
        )
