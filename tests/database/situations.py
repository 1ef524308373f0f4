"""Sessions that may start nothing new, each with the outcome that the functions answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from tests.databases import Database
from tests.personas import Person, add_person

Arrange = Callable[[Database, Person], tuple[UUID, UUID]]


@dataclass(frozen=True)
class Situation:
    """What has happened to a user or a session.

    Attributes:
        arrange: makes it so, and returns the user id and session id that the caller then names.
    """

    name: str
    outcome: str
    arrange: Arrange


def _after(statement: str, key: str = "id") -> Arrange:
    def arrange(database: Database, person: Person) -> tuple[UUID, UUID]:
        database.execute(statement, (person.session_id if key == "session_id" else person.id,))
        return person.id, person.session_id

    return arrange


SESSION_ENDED = (
    Situation("signed_out", "session_ended", _after("delete from auth.sessions where id = %s", "session_id")),
    Situation(
        "session_over",
        "session_ended",
        _after("update auth.sessions set not_after = now() - interval '1 second' where id = %s", "session_id"),
    ),
    Situation("session_unknown", "session_ended", lambda _, person: (person.id, uuid4())),
    Situation("session_of_a_stranger", "session_ended", lambda db, person: (person.id, add_person(db).session_id)),
    Situation("user_unknown", "session_ended", lambda _, person: (uuid4(), person.session_id)),
    Situation("user_deleted", "session_ended", _after("delete from auth.users where id = %s")),
    Situation("user_deleted_softly", "session_ended", _after("update auth.users set deleted_at = now() where id = %s")),
    Situation("profile_deleted", "session_ended", _after("delete from public.profiles where user_id = %s")),
)
ACCOUNT_SHUT = (
    Situation(
        "user_banned",
        "user_banned",
        _after("update auth.users set banned_until = now() + interval '1 day' where id = %s"),
    ),
    Situation(
        "account_closing",
        "account_closing",
        _after("update public.profiles set account_state = 'closing' where user_id = %s"),
    ),
)


def each(*situations: Situation) -> pytest.MarkDecorator:
    """Run a test once for each situation."""
    return pytest.mark.parametrize("situation", situations, ids=lambda situation: situation.name)


if_not_live = each(*SESSION_ENDED, *ACCOUNT_SHUT)
if_session_ended = each(*SESSION_ENDED)
if_account_shut = each(*ACCOUNT_SHUT)


def add_second_factor(database: Database, person: Person) -> None:
    """Give a user a verified authenticator app."""
    database.execute(
        "insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at) "
        "values (gen_random_uuid(), %s, 'totp', 'verified', now(), now())",
        (person.id,),
    )
