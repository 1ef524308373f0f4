"""service_api.release_google_refresh: a refresh that failed lets the next one begin two seconds later."""

from uuid import uuid4

from tests.database.connections import Caller, Connected
from tests.database.looking import nothing_changes
from tests.database.service_api.refreshing import lease, refresh_arguments
from tests.databases import Database

FUNCTION = "release_google_refresh"


def test_release_lets_the_next_refresh_begin_two_seconds_later(
    shared: Database, service: Caller, connected: Connected
) -> None:
    leased = lease(service, connected)
    answer = service.call(
        FUNCTION, connection_id=connected.connection_id, lease_id=leased["lease_id"], reason="google_unavailable"
    )
    assert answer == {"outcome": "released"}
    assert lease(service, connected)["outcome"] == "busy"
    shared.execute(
        "update private.google_secrets set refresh_lease_until = refresh_lease_until - interval '2 seconds' "
        "where connection_id = %s",
        (connected.connection_id,),
    )
    assert lease(service, connected)["outcome"] == "leased"


def test_release_changes_nothing_if_the_lease_is_another_ones(
    shared: Database, service: Caller, connected: Connected
) -> None:
    lease(service, connected)
    with nothing_changes(shared, connected.person):
        answer = service.call(
            FUNCTION, connection_id=connected.connection_id, lease_id=uuid4(), reason="google_unavailable"
        )
    assert answer == {"outcome": "superseded"}


def test_release_changes_nothing_once_the_refresh_was_stored(
    shared: Database, service: Caller, connected: Connected
) -> None:
    leased = lease(service, connected)
    service.call("store_google_refresh", **refresh_arguments(leased, connected))
    with nothing_changes(shared, connected.person):
        answer = service.call(
            FUNCTION, connection_id=connected.connection_id, lease_id=leased["lease_id"], reason="google_unavailable"
        )
    assert answer == {"outcome": "superseded"}
