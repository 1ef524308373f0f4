"""What is asked wrongly is refused by a name that docs/errors.md lists; what is merely odd finds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.find.shops import Shop
from tests.database.workspaces.calling import Refused

_ERRORS = (Path(__file__).parents[3] / "docs" / "errors.md").read_text()
_WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("x" * 201, {}, "query_too_long"),
    ("maple " * 1700, {}, "query_too_long"),
    ("& | ! :* " * 1000, {}, "query_too_long"),
    ("maple", {"page_size": 0}, "page_size_out_of_range"),
    ("maple", {"page_size": -1}, "page_size_out_of_range"),
    ("maple", {"page_size": 51}, "page_size_out_of_range"),
    ("maple", {"page_size": None}, "page_size_out_of_range"),
    ("maple", {"kinds": ["person"]}, "kind_unknown"),
    ("maple", {"kinds": ["contact", None]}, "kind_unknown"),
    ("maple", {"kinds": ["contacts; drop table public.contacts"]}, "kind_unknown"),
    ("maple", {"after_rank": 10}, "page_mark_incomplete"),
    ("maple", {"after_id": uuid4()}, "page_mark_incomplete"),
]
_EMPTY = [
    None, "", "   ", "\t\n", "& | !", ":*", "'", "''", '"', "\\", "\\\\", "%", "_", "%%%", "!!", "()", "<->", "&",
    "<1>", "🙂", "\u200b", "\ufeff", "--", "/* */", "$$", ";", "\x01", "'''" * 60, "\\'" * 100, "*" * 200,
]  # fmt: skip
_ODD = [
    "maple & grove", "maple | grove", "!maple", "maple:*", "maple:ABCD", "'maple'", '"maple grove"', "maple\\",
    "(maple", "maple <-> grove", "%maple%", "maple_", "maple' or '1'='1", "maple'; select 1; --", "m a p l e",
    "maple " * 33, "x" * 200, "ä" * 200, "a " * 100, "aaaa" * 50, "maple\u0308\u0308\u0308", "\u202emaple",
    "+" * 200, "1" * 200, "a@" * 100,
]  # fmt: skip


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """A shop with something to find."""
    shop.add_contact("Maple Grove", address="maple@example.com")
    shop.add_company("Maple Foods", domain="maple.example")
    shop.add_deal("Maple renewal")
    return shop


@pytest.mark.parametrize(("query", "arguments", "code"), _WRONG)
def test_wrong_question_is_refused_by_name(filled: Shop, query: str, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        filled.search(query, **arguments)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert f"| `{code}` | 422 |" in _ERRORS


@pytest.mark.parametrize("query", _EMPTY)
def test_query_without_a_word_finds_nothing(filled: Shop, query: str | None) -> None:
    assert filled.search(query) == []


@pytest.mark.parametrize("query", _ODD)
def test_odd_query_is_a_query_like_any_other(filled: Shop, query: str) -> None:
    assert {row["kind"] for row in filled.search(query)} <= {"contact", "company", "deal"}


@pytest.mark.parametrize("query", ["maple & foods", "'maple' foods", "%maple_foods%", '"maple foods"', "maple\\foods"])
def test_operators_are_no_more_than_the_end_of_a_word(filled: Shop, query: str) -> None:
    assert filled.titles(query) == ["Maple Foods"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200))
def test_no_text_is_an_error(filled: Shop, query: str) -> None:
    assert isinstance(filled.search(query), list)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text("maple' \\&|!:*()<->\"%_@+1", max_size=200))
def test_no_mixture_of_words_and_operators_is_an_error(filled: Shop, query: str) -> None:
    assert isinstance(filled.search(query), list)


def test_two_hundred_characters_are_not_too_many(filled: Shop) -> None:
    assert filled.search("ö" * 200) == []
