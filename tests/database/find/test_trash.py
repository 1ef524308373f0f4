"""What lies in the trash is not found, and is found again once it is restored."""

from __future__ import annotations

import pytest

from tests.database.find.shops import Shop

_RECORDS = ("contacts", "companies", "deals")


@pytest.mark.parametrize("query", ["maple", "map", "mapel", "maple@example.com"])
def test_trashed_records_are_not_found_until_restored(shop: Shop, query: str) -> None:
    ids = (
        shop.add_contact("Maple Grove", address="maple@example.com"),
        shop.add_company("Maple Foods"),
        shop.add_deal("Maple renewal"),
    )
    before = shop.titles(query)
    assert before
    for table, record_id in zip(_RECORDS, ids, strict=True):
        shop.trash(table, record_id)
    assert shop.titles(query) == []
    for table, record_id in zip(_RECORDS, ids, strict=True):
        shop.trash(table, record_id, is_trashed=False)
    assert shop.titles(query) == before


def test_trashed_company_is_not_named_beside_what_belongs_to_it(shop: Shop) -> None:
    company_id = shop.add_company("Maple Foods")
    shop.add_contact("Grace Example", job_title="Buyer", company_id=company_id)
    shop.add_deal("Grace renewal", company_id=company_id)
    shop.trash("companies", company_id)
    assert {row["subtitle"] for row in shop.search("grace")} == {"Buyer", "Talking"}


def test_deleted_contact_is_not_found(shop: Shop) -> None:
    contact_id = shop.add_contact("Maple Grove", address="maple@example.com")
    shop.database.execute("delete from public.contacts where id = %s", (contact_id,))
    assert shop.titles("maple") == shop.titles("maple@example.com") == []
