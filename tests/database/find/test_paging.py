"""Pages follow one another without gaps and doubles, also while records are added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.database.find.shops import Shop
from tests.databases import Row

Found = list[tuple[str, UUID]]


def _walk(shop: Shop, query: str, *, page_size: int, between: Callable[[int], None] = lambda _: None) -> Found:
    """Ask for page after page until one is not full."""
    found: Found = []
    mark: dict[str, Any] = {}
    for number in range(200):
        page: list[Row] = shop.search(query, page_size=page_size, **mark)
        found += [(row["kind"], row["id"]) for row in page]
        if len(page) < page_size:
            return found
        mark = {"after_rank": page[-1]["rank"], "after_id": page[-1]["id"]}
        between(number)
    raise AssertionError("the pages never end")


@pytest.fixture
def full_shop(shop: Shop) -> Shop:
    """Many of the same rank, some of others, and some that are only like it."""
    shop.database.execute(
        "insert into public.contacts (workspace_id, full_name) select %s, name from ("
        "select 'Maple Grove' as name from generate_series(1, 61) union all "
        "select 'Maplewood ' || n from generate_series(1, 30) as n union all "
        "select 'Mapel Grove' from generate_series(1, 17)) as named",
        (shop.workspace_id,),
    )
    shop.database.execute(
        "insert into public.companies (workspace_id, name) select %s, 'Maple Grove' from generate_series(1, 23)",
        (shop.workspace_id,),
    )
    return shop


@pytest.mark.parametrize("page_size", [1, 7, 20, 50])
def test_all_pages_are_the_whole_in_order(full_shop: Shop, page_size: int) -> None:
    found = _walk(full_shop, "maple", page_size=page_size)
    assert len(found) == len(set(found)) == 61 + 30 + 17 + 23
    assert found == _walk(full_shop, "maple", page_size=49)


def test_nothing_is_missed_or_shown_twice_while_records_are_added(full_shop: Shop) -> None:
    before = set(_walk(full_shop, "maple", page_size=50))

    def add(number: int) -> None:
        for name in ("Maple", "Maple Grove", f"Maplewood {number} and company", "Mapel Grove"):
            full_shop.add_contact(name)
        full_shop.add_company("Maple")

    found = _walk(full_shop, "maple", page_size=13, between=add)
    assert len(found) == len(set(found))
    assert before <= set(found)


def test_record_that_goes_meanwhile_makes_no_gap(full_shop: Shop) -> None:
    before = _walk(full_shop, "maple", page_size=50)
    shown: Found = []

    def trash_the_last_shown(number: int) -> None:
        kind, record_id = before[(number + 1) * 20 - 1]
        shown.append((kind, record_id))
        full_shop.trash({"contact": "contacts", "company": "companies"}[kind], record_id)

    assert _walk(full_shop, "maple", page_size=20, between=trash_the_last_shown) == before
    assert len(shown) == 6


def test_records_of_two_kinds_with_the_same_id_are_both_shown(shop: Shop) -> None:
    for _ in range(5):
        record_id = uuid4()
        shop.add_contact("Maple Grove", id=record_id)
        shop.add_company("Maple Grove", id=record_id)
        shop.add_deal("Maple Grove", id=record_id)
    found = _walk(shop, "maple", page_size=1)
    assert len(found) == len(set(found)) == 15


def test_page_has_twenty_rows_if_nobody_says(full_shop: Shop) -> None:
    assert len(full_shop.search("maple")) == 20


def test_best_are_found_among_more_than_are_ranked(shop: Shop) -> None:
    shop.database.execute(
        "insert into public.contacts (workspace_id, full_name) select %s, 'Maplewood ' || n "
        "from generate_series(1, 1500) as n",
        (shop.workspace_id,),
    )
    shop.add_contact("Grace Maple")
    found = _walk(shop, "maple", page_size=50)
    assert shop.titles("maple", page_size=1) == ["Grace Maple"]
    assert len(found) == len(set(found)) == 101
