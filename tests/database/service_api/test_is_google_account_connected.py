"""service_api.is_google_account_connected: whether revoking a grant would end somebody's live connection."""

import pytest

from tests.database.connections import Caller, Connected, connect, require_reconnect
from tests.databases import Database
from tests.personas import Person


def _is_connected(service: Caller, google_sub: str) -> bool:
    return service.call("is_google_account_connected", google_sub=google_sub)["is_connected"]


def test_account_is_connected_whoever_connected_it(service: Caller, connected: Connected, stranger: Person) -> None:
    assert _is_connected(service, connected.google_sub)
    assert _is_connected(service, connected.google_sub)


def test_account_is_not_connected_if_nobody_connected_it(
    service: Caller, connected: Connected, stranger: Person
) -> None:
    assert not _is_connected(service, "nobody's account")
    assert not _is_connected(service, f"sub-{stranger.id}")


@pytest.mark.parametrize("end", ["disconnected", "reconnect_required", "replaced"])
def test_account_is_not_connected_once_its_connection_ended(
    shared: Database, service: Caller, person: Person, connected: Connected, end: str
) -> None:
    if end == "disconnected":
        service.call("disconnect_google", user_id=person.id, session_id=person.session_id)
    elif end == "reconnect_required":
        require_reconnect(shared, connected)
    else:
        connect(service, person, google_sub="another account")
    assert not _is_connected(service, connected.google_sub)
