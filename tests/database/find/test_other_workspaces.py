"""A search tells of its own workspace alone: not by rows, not by errors, not by what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.find.shops import Shop, open_shop
from tests.database.workspaces.calling import Refused
from tests.databases import Database
from tests.personas import (
    ANON,
    GOOGLE_OPERATOR,
    GOOGLE_SERVICE,
    SERVICE_ROLE,
    Person,
    Persona,
    acting_as,
    add_person,
    run_as,
)  # fmt: skip


def _add_maples(shop: Shop) -> None:
    shop.add_contact("Maple Grove", address="maple@example.com")
    shop.add_company("Maple Foods")
    shop.add_deal("Maple renewal")


@contextmanager
def _altered(database: Database, function: str, old: str, new: str) -> Iterator[None]:
    """A function with another text, until the block ends."""
    definition = database.value("select pg_get_functiondef(%s::regprocedure)", (function,))
    assert old in definition
    database.execute(definition.replace(old, new))
    try:
        yield
    finally:
        database.execute(definition)


def _refusal(shop: Shop, who: Person) -> tuple[str, int | None, str | None]:
    with pytest.raises(Refused) as refused:
        shop.search("maple", who=who)
    return refused.value.code, refused.value.status, refused.value.details


@pytest.mark.parametrize("query", ["maple", "map", "mapel", "maple@example.com", "maple renewal"])
def test_records_of_another_workspace_are_not_found(shop: Shop, neighbour: Shop, query: str) -> None:
    _add_maples(neighbour)
    assert shop.search(query) == []
    _add_maples(shop)
    own = {row["id"] for row in shop.search(query)}
    assert own
    assert own.isdisjoint(row["id"] for row in neighbour.search(query))


def test_another_workspace_answers_like_none(shop: Shop, neighbour: Shop) -> None:
    _add_maples(shop)
    nowhere = Shop(shop.database, uuid4(), neighbour.member)
    assert _refusal(shop, neighbour.member) == _refusal(nowhere, neighbour.member) == ("workspace_not_found", 404, None)


def test_whoever_is_no_longer_a_member_finds_nothing(shop: Shop) -> None:
    _add_maples(shop)
    leaver = add_person(shop.database, "leaver")
    shop.database.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'member')",
        (shop.workspace_id, leaver.id),
    )
    assert shop.search("maple", who=leaver)
    shop.database.execute("delete from public.workspace_members where user_id = %s", (leaver.id,))
    assert _refusal(shop, leaver)[0] == "workspace_not_found"


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ("delete from auth.sessions where user_id = %s", "session_ended", 401),
        ("update auth.users set deleted_at = now() where id = %s", "session_ended", 401),
        ("update auth.users set banned_until = now() + interval '1 hour' where id = %s", "user_banned", 403),
    ],
)
def test_session_that_is_over_finds_nothing(shop: Shop, change: str, code: str, status: int) -> None:
    _add_maples(shop)
    shop.database.execute(change, (shop.member.id,))
    assert _refusal(shop, shop.member)[:2] == (code, status)


def test_closing_account_still_reads(shop: Shop) -> None:
    _add_maples(shop)
    shop.database.execute("update public.profiles set account_state = 'closing' where user_id = %s", (shop.member.id,))
    assert len(shop.search("maple")) == 3


def test_whoever_has_agreed_to_nothing_still_reads(shop: Shop) -> None:
    _add_maples(shop)
    shop.database.execute("update public.profiles set adult_attested_at = null where user_id = %s", (shop.member.id,))
    assert len(shop.search("maple")) == 3


@pytest.mark.parametrize(
    "outsider", [ANON, SERVICE_ROLE, GOOGLE_SERVICE, GOOGLE_OPERATOR], ids=lambda persona: persona.name
)
def test_nobody_but_a_user_may_ask(shop: Shop, outsider: Persona) -> None:
    _add_maples(shop)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_as(shop.database, outsider, "select * from public.search_records(%s, 'maple')", (shop.workspace_id,))


@pytest.mark.parametrize("claim", [{"client_id": "made-up"}, {"client_id": None}, {"is_anonymous": True}], ids=str)
def test_clients_of_the_oauth_server_and_anonymous_users_find_nothing(shop: Shop, claim: dict[str, object]) -> None:
    _add_maples(shop)
    persona = shop.member.persona()
    persona.claims.update(claim)
    with pytest.raises(psycopg.Error, match="not_for_this_caller"):
        run_as(shop.database, persona, "select * from public.search_records(%s, 'maple')", (shop.workspace_id,))


def test_stranger_would_find_them_if_nobody_looked_who_asks(database: Database) -> None:
    shop, stranger = open_shop(database), add_person(database, "stranger")
    _add_maples(shop)
    look = "perform private.require_readable(p_workspace_id);"
    with _altered(database, "private.search_records(uuid,text,text[],integer,integer,uuid)", look, ""):
        assert len(shop.search("maple", who=stranger)) == 3
    assert _refusal(shop, stranger)[0] == "workspace_not_found"


def _ids_with_one_beginning() -> tuple[UUID, UUID]:
    first = uuid4()
    return first, UUID(f"{str(first)[:8]}{str(uuid4())[8:]}")


def test_workspaces_whose_ids_begin_alike_stay_apart(database: Database) -> None:
    shop, neighbour = (open_shop(database, workspace_id=each) for each in _ids_with_one_beginning())
    _add_maples(neighbour)
    queries = ("maple", "mapel", "maple@example.com")
    assert [shop.search(query) for query in queries] == [[], [], []]
    # They would not, without the comparison of the whole id.
    same = "contacts.workspace_id is not distinct from (select p_workspace_id)"
    with _altered(database, "private.search_kind(text,uuid,tsquery,integer)", same, "true"):
        for function, query in (("search_by_words", "maple"), ("search_by_likeness", "mapel")):
            found = f"select * from private.{function}(%s, %s, '{{contact}}')"
            assert database.rows(found, (shop.workspace_id, query))


@pytest.mark.parametrize("query", ["maple", "ma", "mapel", "grove maple"])
def test_cost_of_a_search_does_not_tell_what_others_have(database: Database, query: str) -> None:
    shop, neighbour = open_shop(database), open_shop(database)
    _add_maples(shop)
    _fill(neighbour, "Birch Hollow")
    before = _pages_read(shop, query)
    _fill(neighbour, "Maple Grove")
    assert _pages_read(shop, query) <= 1.1 * before


def test_cost_would_tell_if_two_workspaces_shared_their_stretch_of_the_index(database: Database) -> None:
    shop, neighbour = (open_shop(database, workspace_id=each) for each in _ids_with_one_beginning())
    _add_maples(shop)
    before = _pages_read(shop, "maple")
    _fill(neighbour, "Maple Grove")
    assert _pages_read(shop, "maple") > 1.1 * before


def _fill(shop: Shop, name: str) -> None:
    shop.database.execute(
        "insert into public.contacts (workspace_id, full_name) select %s, %s || ' ' || n "
        "from generate_series(1, 3000) as n",
        (shop.workspace_id, name),
    )
    shop.database.execute("analyze public.contacts")


def _pages_read(shop: Shop, query: str) -> int:
    with acting_as(shop.database, shop.member.persona()) as connection:
        statement = "explain (analyze, buffers, format json) select * from public.search_records(%s, %s)"
        for _ in range(2):
            # Of the first one, part is what a new connection looks up for itself.
            row = connection.execute(statement, (shop.workspace_id, query)).fetchone()
        assert row is not None
        return row["QUERY PLAN"][0]["Plan"]["Shared Hit Blocks"]
