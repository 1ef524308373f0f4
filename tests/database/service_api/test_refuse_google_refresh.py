"""service_api.refuse_google_refresh: invalid_grant ends a connection only if nothing else can explain it."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.connections import CLIENT_ID, Answer, Caller, Connected, connect
from tests.database.looking import held_of, nothing_changes, secret_ids, secrets_left
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.databases import Database
from tests.personas import Person

FUNCTION = "refuse_google_refresh"


def refuse(service: Caller, leased: Answer, connected: Connected, **changes: Any) -> Answer:
    arguments = {
        "user_id": connected.person.id,
        "connection_id": connected.connection_id,
        "lease_id": UUID(leased["lease_id"]),
        "token_version": leased["token_version"],
        "client_id": CLIENT_ID,
        "reason": "grant_ended",
    }
    return service.call(FUNCTION, **arguments | changes)


@pytest.mark.parametrize("reason", ["grant_ended", "reauthentication_required"])
def test_refusal_deletes_both_secrets_and_keeps_the_account_to_show(
    shared: Database, service: Caller, connected: Connected, reason: str
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    answer = refuse(service, lease(service, connected), connected, reason=reason)
    assert answer == {"outcome": "reconnect_required", "reason": reason}
    assert secrets_left(shared, ids) == 0
    assert held_of(shared, connected.person, "secrets") == []
    (connection,) = held_of(shared, connected.person, "connection")
    assert (connection["held"]["status"], connection["held"]["reconnect_reason"]) == ("reconnect_required", reason)
    assert connection["held"]["email"] == connected.person.email
    notices = shared.rows("select kind from public.security_notices where user_id = %s", (connected.person.id,))
    assert [notice["kind"] for notice in notices] == ["google_reconnect_required"]


def test_refusal_of_another_clients_token_keeps_everything(
    shared: Database, service: Caller, connected: Connected
) -> None:
    ids = secret_ids(shared, connected.connection_id)
    answer = refuse(service, lease(service, connected), connected, client_id="another.apps.googleusercontent.com")
    assert answer == {"outcome": "kept", "reason": "client_mismatch"}
    assert secrets_left(shared, ids) == 2
    (connection,) = held_of(shared, connected.person, "connection")
    assert connection["held"]["status"] == "active"


@pytest.mark.parametrize("later", ["refreshed", "reconnected", "leased_again"])
def test_late_refusal_changes_nothing_if_something_else_ran_meanwhile(
    shared: Database, service: Caller, person: Person, connected: Connected, later: str
) -> None:
    leased = lease(service, connected)
    if later == "refreshed":
        service.call("store_google_refresh", **refresh_arguments(leased, connected))
    elif later == "reconnected":
        connect(service, person)
    else:
        shared.execute(
            "update private.google_secrets set refresh_lease_until = now() where connection_id = %s",
            (connected.connection_id,),
        )
        assert lease(service, connected)["outcome"] == "leased"
    with nothing_changes(shared, person):
        assert refuse(service, leased, connected) == {"outcome": "superseded"}


@pytest.mark.parametrize("wrong", [{"connection_id": uuid4()}, {"user_id": uuid4()}], ids=["connection", "user"])
def test_refusal_answers_gone_if_there_is_no_such_connection(
    shared: Database, service: Caller, connected: Connected, wrong: dict[str, UUID]
) -> None:
    leased = lease(service, connected)
    with nothing_changes(shared, connected.person):
        assert refuse(service, leased, connected, **wrong) == {"outcome": "gone"}


@pytest.mark.parametrize("reason", ["Token has been revoked", "", None])
def test_refusal_takes_no_reason_that_the_frontend_does_not_know(
    shared: Database, service: Caller, connected: Connected, reason: str | None
) -> None:
    leased = lease(service, connected)
    with nothing_changes(shared, connected.person), pytest.raises(psycopg.IntegrityError):
        refuse(service, leased, connected, reason=reason)
