"""Who does something in an SQL test: owner, teammate, stranger, anon, service; acted out as PostgREST would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.databases import Connection, Database, Row


@dataclass(frozen=True)
class Persona:
    """A role with the claims of its JWT."""

    name: str
    role: str
    claims: dict[str, Any] = field(default_factory=dict)


ANON = Persona("anon", "anon", {"role": "anon"})
SERVICE_ROLE = Persona("service_role", "service_role", {"role": "service_role"})
GOOGLE_SERVICE = Persona("google_service", "google_service", {"role": "google_service"})
GOOGLE_OPERATOR = Persona("google_operator", "google_operator", {"role": "google_operator"})


@dataclass(frozen=True)
class Person:
    """A user who exists in `auth.users` with one session, made by SQL."""

    id: UUID
    email: str
    session_id: UUID

    def persona(self, *, aal: str = "aal1") -> Persona:
        """This person, signed in."""
        claims = {
            "role": "authenticated",
            "aud": "authenticated",
            "sub": str(self.id),
            "email": self.email,
            "session_id": str(self.session_id),
            "aal": aal,
            "is_anonymous": False,
        }
        return Persona(self.email, "authenticated", claims)


def add_person(database: Database, name: str = "person", *, is_ready: bool = True) -> Person:
    """Insert a confirmed user and a session, as Auth would.

    Args:
        is_ready: whether the person has attested to be an adult and agreed to the policy in effect.
    """
    user_id, email = uuid4(), f"{name}-{uuid4().hex[:8]}@example.com"
    database.execute(
        "insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, "
        "raw_app_meta_data, raw_user_meta_data, created_at, updated_at) values (%s, %s, 'authenticated', "
        "'authenticated', %s, '', now(), '{}', '{}', now(), now())",
        (UUID(int=0), user_id, email),
    )
    if is_ready:
        database.execute("update public.profiles set adult_attested_at = now() where user_id = %s", (user_id,))
        database.execute(
            "insert into public.agreements (user_id, policy_version_id, kind, text_sha256) "
            "select %s, id, 'explicit', text_sha256 from public.policy_versions where id = private.agreement_needed()",
            (user_id,),
        )
    return Person(user_id, email, add_session(database, user_id))


def add_session(database: Database, user_id: UUID) -> UUID:
    """Start a further session of a user, and return its id."""
    session_id = uuid4()
    database.execute(
        "insert into auth.sessions (id, user_id, created_at, updated_at, aal) values (%s, %s, now(), now(), 'aal1')",
        (session_id, user_id),
    )
    return session_id


def raise_to_aal2(connection: Connection, session_id: UUID | str) -> None:
    """Make a session look like one that has passed a second factor; tokens refreshed from now on say aal2."""
    connection.execute(
        "insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method) "
        "values (gen_random_uuid(), %s, now(), now(), 'totp') on conflict do nothing",
        (session_id,),
    )
    connection.execute("update auth.sessions set aal = 'aal2' where id = %s", (session_id,))


@contextmanager
def acting_as(database: Database, persona: Persona) -> Iterator[Connection]:
    """One transaction as a persona, set up like a PostgREST request; committed at the end of the block."""
    with database.connect("authenticator") as connection, connection.transaction():
        connection.execute(
            "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)",
            (persona.role, json.dumps(persona.claims)),
        )
        yield connection


def run_as(database: Database, persona: Persona, query: str, parameters: Any = None) -> list[Row]:
    """Run one statement as a persona and return its rows, or none if it returns none."""
    with acting_as(database, persona) as connection:
        cursor = connection.execute(query.encode(), parameters)
        return cursor.fetchall() if cursor.description else []
