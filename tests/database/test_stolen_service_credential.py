"""Whoever steals the service's credential opens nothing without a live session of that very user."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import SCOPE_OF_PURPOSE, Caller, Connected
from tests.database.linked_records import add_activity, add_workspace
from tests.database.looking import nothing_changes
from tests.database.service_api.refreshing import lease
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.database.service_api.test_open_token_for_event import new_event_id, open_for_event
from tests.database.service_api.test_undo_event_tie import undo
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, GOOGLE_SERVICE, Person, Persona, run_as

_TABLES = """
select pg_catalog.format('%I.%I', namespaces.nspname, classes.relname) as name
from pg_catalog.pg_class as classes
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
where namespaces.nspname in ('public', 'private', 'audit', 'ops', 'auth', 'vault', 'cron', 'supabase_migrations')
    and classes.relkind in ('r', 'p', 'v', 'm', 'f')
order by 1
"""


@pytest.fixture(params=["no_session", "a_guess", "the_thiefs_own"])
def session_id(request: pytest.FixtureRequest, stranger: Person) -> UUID | None:
    """What a thief may put in the place of the victim's session."""
    return {"no_session": None, "a_guess": uuid4(), "the_thiefs_own": stranger.session_id}[request.param]


def test_no_function_gives_a_document_or_an_account_away(
    shared: Database, service: Caller, connected: Connected, session_id: UUID | None
) -> None:
    victim = connected.person
    identity: dict[str, Any] = {"user_id": victim.id, "session_id": session_id}
    activity_id = add_activity(shared, add_workspace(shared, victim))
    with nothing_changes(shared, victim):
        answers = [
            *(
                service.call("open_token", **identity, purpose=purpose, may_refresh=True)
                for purpose in (*SCOPE_OF_PURPOSE, "refresh")
            ),
            lease(service, connected, session_id=session_id),
            claim_send(service, victim, uuid4(), session_id=session_id),
            open_for_event(service, victim, new_event_id(), activity_id, session_id=session_id),
            open_for_event(service, victim, new_event_id(), None, session_id=session_id),
            undo(service, victim, new_event_id(), [], session_id=session_id),
            service.call("read_google_connection", **identity),
            service.call("disconnect_google", **identity),
        ]
    assert answers == [{"outcome": "session_ended"}] * len(answers)


@pytest.mark.parametrize("thief", [GOOGLE_SERVICE, GOOGLE_OPERATOR], ids=lambda persona: persona.name)
def test_no_table_or_view_can_be_read(shared: Database, thief: Persona) -> None:
    tables = [row["name"] for row in shared.rows(_TABLES)]
    assert {"private.google_secrets", "vault.decrypted_secrets", "auth.sessions"} <= set(tables)
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run_as(shared, thief, f"select count(*) from {table}")


@pytest.mark.parametrize("thief", [GOOGLE_SERVICE, GOOGLE_OPERATOR], ids=lambda persona: persona.name)
def test_no_vault_function_can_be_called(shared: Database, thief: Persona) -> None:
    for call in ("vault.create_secret('x')", "vault.update_secret(gen_random_uuid(), 'x')"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run_as(shared, thief, f"select {call}")
