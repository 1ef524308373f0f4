"""service_api.list_documents_to_reseal: what lies under another key, in batches, on record."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.database.connections import KID, Caller, connect
from tests.database.looking import openings_of
from tests.database.rotations import NEW_KID, NEW_SEALER, list_entries, reseal, reseal_arguments
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, Person, add_person

__all__ = ["NEW_SEALER"]


@pytest.fixture
def operator(database: Database) -> Iterator[Caller]:
    with Caller(database, GOOGLE_OPERATOR) as caller:
        yield caller


@pytest.fixture
def people(database: Database) -> list[Person]:
    """Three connected people on a database of the test's own."""
    with Caller(database) as service:
        return [connect(service, add_person(database, name)).person for name in "abc"]


def test_documents_come_in_batches_until_all_have_been_seen(operator: Caller, people: list[Person]) -> None:
    seen: list[UUID] = []
    while batch := list_entries(operator, after=seen[-1] if seen else None, limit=2):
        assert len(batch) <= 2
        seen += [UUID(entry["connection_id"]) for entry in batch]
    assert len(set(seen)) == len(people) == len(seen)


def test_documents_open_with_the_binding_that_comes_with_them(operator: Caller, people: list[Person]) -> None:
    for entry in list_entries(operator):
        assert entry["kid"] == KID
        assert entry["next_token_version"] > entry["token_version"]
        reseal_arguments(entry)


def test_what_is_under_the_key_already_does_not_come(operator: Caller, people: list[Person]) -> None:
    assert list_entries(operator, kid=KID) == []
    first = list_entries(operator)[0]
    assert reseal(operator, first) == {"outcome": "stored"}
    assert first["connection_id"] not in [entry["connection_id"] for entry in list_entries(operator)]
    assert [entry["connection_id"] for entry in list_entries(operator, kid=KID)] == [first["connection_id"]]


def test_each_opening_for_a_rotation_is_on_record(database: Database, operator: Caller, people: list[Person]) -> None:
    list_entries(operator)
    for person in people:
        assert openings_of(database, person) == [("rotate_keys", "opened")]


@pytest.mark.parametrize(("kid", "limit"), [(NEW_KID, 0), (NEW_KID, 501), (NEW_KID, None), (None, 10)])
def test_listing_wants_a_key_and_a_sensible_number(operator: Caller, kid: str | None, limit: int | None) -> None:
    with pytest.raises(psycopg.DataError):
        operator.call("list_documents_to_reseal", kid=kid, after=None, limit=limit)
