"""The steps of a refresh that several tests take."""

from typing import Any
from uuid import UUID

from tests.database.connections import Answer, Caller, Connected, in_an_hour, seal_tokens


def lease(service: Caller, connected: Connected, **changes: Any) -> Answer:
    """Ask for the refresh of a connection."""
    arguments = {
        "user_id": connected.person.id,
        "session_id": connected.person.session_id,
        "token_version": connected.token_version,
    }
    return service.call("begin_google_refresh", **arguments | changes)


def refresh_arguments(leased: Answer, connected: Connected) -> dict[str, Any]:
    """What the service passes to store what Google answered to a leased refresh."""
    return {
        "user_id": connected.person.id,
        "connection_id": UUID(leased["connection_id"]),
        "token_version": leased["token_version"],
        "next_token_version": leased["next_token_version"],
        "access_expires_at": in_an_hour(),
        "granted_scopes": None,
        **seal_tokens(connected.connection_id, connected.person.id, leased["next_token_version"]),
    }
