"""service_api.read_google_connection: what may be shown of a user's own connection, never a document."""

from tests.database.connections import ALL_SCOPES, Caller, Connected, require_reconnect
from tests.database.looking import nothing_changes
from tests.database.situations import Situation, if_account_shut, if_session_ended
from tests.databases import Database
from tests.personas import Person

FUNCTION = "read_google_connection"


def _read(service: Caller, person: Person) -> dict:
    return service.call(FUNCTION, user_id=person.id, session_id=person.session_id)


def test_read_shows_account_and_scopes_and_nothing_else(service: Caller, person: Person, connected: Connected) -> None:
    answer = _read(service, person)
    assert answer["outcome"] == "connected"
    assert answer["connection"].pop("connected_at")
    assert answer["connection"] == {
        "id": str(connected.connection_id),
        "email": person.email,
        "name": "Ada",
        "picture": "https://lh3.googleusercontent.com/a/ada",
        "granted_scopes": ALL_SCOPES,
        "status": "active",
        "reconnect_reason": None,
    }


def test_read_says_not_connected_if_only_a_stranger_is(service: Caller, connected: Connected, stranger: Person) -> None:
    assert connected.person != stranger
    assert _read(service, stranger) == {"outcome": "not_connected", "connection": None}


def test_read_shows_the_reason_if_a_reconnect_is_required(
    shared: Database, service: Caller, person: Person, connected: Connected
) -> None:
    require_reconnect(shared, connected)
    connection = _read(service, person)["connection"]
    assert (connection["status"], connection["reconnect_reason"]) == ("reconnect_required", "grant_ended")


@if_session_ended
def test_read_shows_nothing_if_the_session_ended(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    user_id, session_id = situation.arrange(shared, connected.person)
    with nothing_changes(shared, connected.person):
        answer = service.call(FUNCTION, user_id=user_id, session_id=session_id)
    assert answer == {"outcome": "session_ended"}


@if_account_shut
def test_read_never_closes_to_a_signed_in_user(
    shared: Database, service: Caller, connected: Connected, situation: Situation
) -> None:
    situation.arrange(shared, connected.person)
    assert _read(service, connected.person)["outcome"] == "connected"
