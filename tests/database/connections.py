"""Builds Google connections as the service does: through the functions of service_api, with sealed documents."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from psycopg import sql

from service.adapters.sealing import TokenSealer
from service.config.token_keys import TokenKey
from service.domain.sealed import AttemptBinding, TokenBinding, Use
from tests.databases import Database
from tests.personas import GOOGLE_SERVICE, Person, Persona

KID = "local-tests"
CLIENT_ID = "tests.apps.googleusercontent.com"
SEALER = TokenSealer([TokenKey(KID, b"\x07" * 32)])
RETURN_TO = "http://127.0.0.1:3000/settings/google"
SCOPE_OF_PURPOSE = {
    "send_message": "https://www.googleapis.com/auth/gmail.send",
    "change_message_status": "https://www.googleapis.com/auth/gmail.modify",
    "show_events": "https://www.googleapis.com/auth/calendar.readonly",
    "write_event": "https://www.googleapis.com/auth/calendar.events",
}
ALL_SCOPES = list(SCOPE_OF_PURPOSE.values())

Answer = dict[str, Any]


class Caller:
    """Somebody at the door of service_api, on one connection, with a role taken on as PostgREST does.

    Hold `connection.transaction()` open around a call to keep its locks while somebody else tries.
    """

    def __init__(self, database: Database, persona: Persona = GOOGLE_SERVICE) -> None:
        self.database = database
        self.connection = database.connect("authenticator")
        self._role = persona.role

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def call(self, function: str, **arguments: Any) -> Answer:
        """Call a function of service_api; `user_id=x` is passed as `p_user_id`."""
        named = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(f"p_{name}")) for name in arguments)
        statement = sql.SQL("select service_api.{}({}) as answer").format(sql.Identifier(function), named)
        with self.connection.transaction():
            self.connection.execute("select set_config('role', %s, true)", (self._role,))
            row = self.connection.execute(statement, list(arguments.values())).fetchone()
        assert row is not None
        return row["answer"]


@dataclass(frozen=True)
class Attempt:
    """An authorization attempt as the service knows it."""

    id: UUID
    state_hash: str
    person: Person


@dataclass(frozen=True)
class Claim:
    """An attempt whose code is being exchanged, with what its documents must be sealed for."""

    attempt: Attempt
    connection_id: UUID
    token_version: int
    next_token_version: int
    google_sub: str


@dataclass(frozen=True)
class Connected:
    """A user with a connected Google account."""

    person: Person
    google_sub: str
    connection_id: UUID
    token_version: int


def in_an_hour() -> datetime:
    """When Google lets a new access token end."""
    return datetime.now(UTC) + timedelta(hours=1)


def new_state_hash() -> str:
    """The hash of a state nobody has used."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def seal_tokens(connection_id: UUID, user_id: UUID, token_version: int) -> dict[str, str]:
    """Both documents of one version of a connection, as arguments of a storing function."""
    binding = TokenBinding(connection_id, user_id, token_version)
    return {
        "access_document": SEALER.seal(Use.ACCESS, binding, {"access_token": f"access {token_version}"}),
        "refresh_document": SEALER.seal(Use.REFRESH, binding, {"refresh_token": f"refresh {token_version}"}),
    }


def begin_arguments(person: Person) -> dict[str, Any]:
    """What the service passes to begin an authorization."""
    attempt_id = uuid4()
    return {
        "user_id": person.id,
        "session_id": person.session_id,
        "attempt_id": attempt_id,
        "state_hash": new_state_hash(),
        "sealed_secrets": SEALER.seal(Use.ATTEMPT, AttemptBinding(attempt_id, person.id), {"nonce": "made up"}),
        "return_to": RETURN_TO,
        "requested_scopes": ALL_SCOPES,
    }


def begin(service: Caller, person: Person) -> Attempt:
    """An attempt that the user has started."""
    arguments = begin_arguments(person)
    assert service.call("begin_google_authorization", **arguments)["outcome"] == "started"
    return Attempt(arguments["attempt_id"], arguments["state_hash"], person)


def come_back(service: Caller, person: Person) -> Attempt:
    """An attempt whose browser is back from Google."""
    attempt = begin(service, person)
    answer = service.call("receive_google_callback", state_hash=attempt.state_hash, is_refused=False)
    assert answer["outcome"] == "returned"
    return attempt


def claim(service: Caller, person: Person, *, google_sub: str | None = None) -> Claim:
    """An attempt that its starter has claimed for the exchange, which named this Google account."""
    attempt, sub = come_back(service, person), google_sub or f"sub-{person.id}"
    answer = service.call("claim_google_authorization", **claim_arguments(attempt))
    assert answer["outcome"] == "claimed"
    assert service.call("name_google_account", **name_arguments(attempt, sub)) == {"outcome": "named"}
    return Claim(attempt, UUID(answer["connection_id"]), answer["token_version"], answer["next_token_version"], sub)


def name_arguments(attempt: Attempt, google_sub: str) -> dict[str, Any]:
    """What the service passes once the ID token has named the account."""
    person = attempt.person
    return {
        "attempt_id": attempt.id,
        "user_id": person.id,
        "session_id": person.session_id,
        "google_sub": google_sub,
    }


def claim_arguments(attempt: Attempt) -> dict[str, Any]:
    """What the service passes when the starter finishes in the session of the start."""
    person = attempt.person
    return {"state_hash": attempt.state_hash, "user_id": person.id, "session_id": person.session_id}


def store_arguments(claimed: Claim, *, scopes: list[str] | None = None) -> dict[str, Any]:
    """What the service passes to store the outcome of an exchange."""
    person = claimed.attempt.person
    return {
        "attempt_id": claimed.attempt.id,
        "user_id": person.id,
        "session_id": person.session_id,
        "connection_id": claimed.connection_id,
        "token_version": claimed.token_version,
        "next_token_version": claimed.next_token_version,
        "google_sub": claimed.google_sub,
        "email": person.email,
        "name": "Ada",
        "picture": "https://lh3.googleusercontent.com/a/ada",
        "granted_scopes": ALL_SCOPES if scopes is None else scopes,
        "client_id": CLIENT_ID,
        "access_expires_at": in_an_hour(),
        **seal_tokens(claimed.connection_id, person.id, claimed.next_token_version),
    }


def connect(
    service: Caller, person: Person, *, google_sub: str | None = None, scopes: list[str] | None = None
) -> Connected:
    """Connect a person's Google account, or reconnect it."""
    claimed = claim(service, person, google_sub=google_sub)
    arguments = store_arguments(claimed, scopes=scopes)
    assert service.call("store_google_connection", **arguments)["outcome"] == "stored"
    return Connected(person, arguments["google_sub"], claimed.connection_id, claimed.next_token_version)


def require_reconnect(database: Database, connected: Connected) -> None:
    """What is left once Google has ended the grant: the row with its reason, no secrets."""
    database.execute("delete from private.google_secrets where connection_id = %s", (connected.connection_id,))
    database.execute(
        "update public.google_connections set status = 'reconnect_required', reconnect_reason = 'grant_ended' "
        "where id = %s",
        (connected.connection_id,),
    )
