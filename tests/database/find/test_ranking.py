"""What fits better comes first: addresses, whole words, beginnings of words, and what is merely like it."""

from __future__ import annotations

import pytest

from tests.database.find.shops import Shop


def test_whole_words_come_before_beginnings_and_these_before_addresses_and_slips(shop: Shop) -> None:
    shop.add_contact("Nobody Else", address="ann@example.com")
    shop.add_contact("Annabel Stone")
    shop.add_contact("Grace Ann")
    shop.add_contact("Ann Lee")
    assert shop.titles("ann") == ["Ann Lee", "Grace Ann", "Annabel Stone", "Nobody Else"]


def test_shorter_title_comes_first_among_equals(shop: Shop) -> None:
    shop.add_contact("Ann Applewood Hawthorne")
    shop.add_contact("Ann Lee")
    assert shop.titles("ann") == ["Ann Lee", "Ann Applewood Hawthorne"]


def test_slip_comes_after_what_was_meant_as_it_was_typed(shop: Shop) -> None:
    shop.add_contact("Steven Oak")
    shop.add_company("Stephen's Bakery")
    assert shop.titles("stephen") == ["Stephen's Bakery", "Steven Oak"]


def test_every_word_has_to_fit(shop: Shop) -> None:
    shop.add_contact("Maria Lopez", job_title="Head of Sales")
    shop.add_contact("Maria Stone")
    assert shop.titles("lop mar") == ["Maria Lopez"]
    assert shop.titles("maria sales") == ["Maria Lopez"]
    assert shop.titles("maria sales stone") == []


@pytest.mark.parametrize(
    "typed",
    ["Katherine", "kAtHeRiNe", "Katerine", "Kathherine", "Kahterine", "Katharine", "Kathrine", "Katherin", "Catherine"],
)
def test_name_is_found_despite_a_slip(shop: Shop, typed: str) -> None:
    shop.add_contact("Katherine Elm")
    shop.add_contact("Robert Elm")
    assert shop.titles(typed) == ["Katherine Elm"]


def test_slips_in_several_words_are_forgiven(shop: Shop) -> None:
    shop.add_contact("Katherine Hawthorne")
    shop.add_contact("Katherine Elm")
    assert shop.titles("kathrine hawtorne") == ["Katherine Hawthorne"]


def test_three_kinds_are_found_together_or_one_alone(shop: Shop) -> None:
    company_id = shop.add_company("Maple Foods", domain="maple.example", city="Winnipeg")
    shop.add_contact("Maple Grove", job_title="Buyer", company_id=company_id)
    shop.add_deal("Maple renewal", company_id=company_id)
    found = [(row["kind"], row["title"], row["subtitle"]) for row in shop.search("maple")]
    contact = ("contact", "Maple Grove", "Buyer, Maple Foods")
    company = ("company", "Maple Foods", "maple.example, Winnipeg")
    deal = ("deal", "Maple renewal", "Talking, Maple Foods")
    assert found == [contact, company, deal]
    assert [row["kind"] for row in shop.search("maple", kinds=["deal", "company"])] == ["company", "deal"]
    assert shop.search("maple", kinds=[]) == []


def test_company_is_found_by_domain_and_city(shop: Shop) -> None:
    shop.add_company("Maple Foods", domain="grain-and-more.example", city="Saint-Boniface")
    for typed in ("grain-and-more.example", "grain", "boniface", "saint boni"):
        assert shop.titles(typed) == ["Maple Foods"]


@pytest.mark.parametrize("typed", ["grace@mail.example", "GRACE@mail", "grace@", "gra", " grace@mail.ex "])
def test_contact_is_found_by_the_beginning_of_an_email_address(shop: Shop, typed: str) -> None:
    shop.add_contact("Somebody Else", address="grace@mail.example")
    shop.add_contact("Another One", address="not.grace@mail.example")
    assert shop.titles(typed) == ["Somebody Else"]


@pytest.mark.parametrize("typed", ["+16135550142", "+1 (613) 555-01", "1613", "1 613 555", "+1-613/555.0142"])
def test_contact_is_found_by_the_beginning_of_a_phone_number(shop: Shop, typed: str) -> None:
    shop.add_contact("Somebody Else", address="+16135550142")
    shop.add_contact("Another One", address="+491613555014")
    assert shop.titles(typed) == ["Somebody Else"]


def test_whole_address_comes_first(shop: Shop) -> None:
    shop.add_contact("Ada Example")
    shop.add_contact("Nobody Else", address="ada@example.com")
    shop.add_contact("Ada Example Comfort", address="ada@example.community")
    assert shop.titles("ada@example.com")[0] == "Nobody Else"


def test_contact_with_two_addresses_is_found_once(shop: Shop) -> None:
    contact_id = shop.add_contact("Grace Example", address="grace@example.com")
    shop.database.execute(
        "insert into public.contact_addresses (workspace_id, contact_id, kind, address) "
        "values (%s, %s, 'email', 'grace@example.org')",
        (shop.workspace_id, contact_id),
    )
    assert shop.titles("grace") == ["Grace Example"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Zoë Ångström", "zoë"), ("Zoe\u0308 Stone", "zo\u00eb"), ("李小龍", "李"), ("Дмитрий Орлов", "орл"),
        ("O'Neil-Brown", "neil brown"), ("محمد علي", "محمد"), ("Ann 🙂 Lee", "ann lee"), ("Élodie", "ÉLODIE"),
    ],
)  # fmt: skip
def test_names_of_the_world_are_found(shop: Shop, name: str, typed: str) -> None:
    shop.add_contact(name)
    assert shop.titles(typed) == [name]


def test_changed_name_is_found_by_the_new_one(shop: Shop) -> None:
    contact_id = shop.add_contact("Grace Before")
    shop.database.execute("update public.contacts set full_name = 'Grace After' where id = %s", (contact_id,))
    assert shop.titles("before") == []
    assert shop.titles("after") == ["Grace After"]


def test_words_of_the_index_are_those_of_a_query(shop: Shop) -> None:
    titles = [
        "Maria Lopez",
        "  O'Neil--Brown ",
        "Zoe\u0308 Ångström",
        "ABC 123-x",
        "李 小龍",
        "🙂",
        "_a_b_",
        "İstanbul",
    ]
    for title in titles:
        row = shop.database.rows(
            "select private.search_words(%(title)s || ' Baker') as words, array(select substr(lexeme, 9) from "
            "unnest(private.search_tokens(gen_random_uuid(), %(title)s, 'Baker')) where substr(lexeme, 9, 1) <> '_' "
            "and length(lexeme) > 8) as tokens",
            {"title": title},
        )[0]
        words = set(row["words"].split())
        assert sorted(row["tokens"]) == sorted(words | {f"^{word[:3]}" for word in words})
