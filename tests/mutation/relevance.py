"""Which tests to run first: those that speak of what was changed, in their name, their own text or their file's."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import pytest

# Tests that only read the catalogue, or hold it against a list. They look last: a test that acts proves more.
COMPARISONS = (
    "tests/policies/",
    "tests/database/test_catalogue.py",
    "tests/database/workspaces/test_bad_input.py::test_every_name_is_listed_and_every_listed_name_exists",
    "tests/database/workspaces/test_bad_input.py::test_constraint_that_is_dropped_is_missed",
)
# What takes a guard out itself expects the fault, and sees it with the mutation as well.
_EXPECTS_THE_FAULT = re.compile(r"\b(?:remove_guard|take_out)\(|drop (?:trigger|policy)|disable trigger|\(fault\)")
_IN_NAME, _IN_TEXT, _IN_FILE = 8, 5, 4


def is_comparison(node: str) -> bool:
    """Whether a test only reads."""
    return node.startswith(COMPARISONS)


def relevant_first(
    items: Sequence[pytest.Item], subjects: Sequence[str], known: str | None = None
) -> tuple[list[pytest.Item], int]:
    """Order the tests for one mutation.

    Args:
        subjects: words of the mutation, the most telling first.
        known: the test that noticed it the last time.

    Returns:
        All tests, and how many of them speak of the mutation.
    """
    scores = {item: _score(item, subjects) for item in items}
    counted: Counter[object] = Counter()
    worth: dict[pytest.Item, float] = {}
    for item in sorted(items, key=lambda item: -scores[item]):
        # The variants of one test must not crowd out the others.
        function = getattr(item, "function", item)
        worth[item] = scores[item] / (1 + counted[function] / 4)
        counted[function] += 1

    def place(item: pytest.Item) -> tuple[bool, bool, bool, float]:
        expects_it = _EXPECTS_THE_FAULT.search(_text(getattr(item, "function", None))) is not None
        return item.nodeid != known, is_comparison(item.nodeid), expects_it, -worth[item]

    order = sorted(items, key=place)
    return order, sum(score > 0 and not is_comparison(item.nodeid) for item, score in scores.items())


def _score(item: pytest.Item, subjects: Iterable[str]) -> float:
    function = getattr(item, "function", None)
    module = getattr(item, "module", None)
    places = ((item.nodeid, _IN_NAME), (_text(function), _IN_TEXT), (_text(module), _IN_FILE))
    return sum(
        weight / rank
        for rank, word in enumerate(dict.fromkeys(subjects), start=1)
        for text, weight in places
        if _speaks_of(text, word)
    )


@cache
def _text(thing: object) -> str:
    return inspect.getsource(thing) if thing is not None else ""  # type: ignore[arg-type]


@cache
def _speaks_of(text: str, word: str) -> bool:
    # Most texts do not hold the word at all, and a search for mere text is quick.
    return word in text and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
