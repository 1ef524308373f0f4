"""Finds the single conditions of queries inside a function, and lets one of them hold for every row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mutation.guards import Cut, blanked

_OPENING = re.compile(r"\b(?:where|on|and)\s+(?!conflict\b|delete\b|not exists\b|exists\b)")
_END = re.compile(
    r"[()\[\];,]|\b(?:and|or|then|where|order by|group by|limit|for|returning|union|loop|left join|inner join|when|else"
    r"|on conflict)\b"
)
# A test of it may use the names in it.
_WORD = re.compile(r"[a-z_]{4,}")
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
_LONGEST_NAME = 90


def conditions_of(source: str) -> Iterator[Cut]:
    """Each comparison that stands alone; a sub-select has conditions of its own."""
    text = blanked(source)
    for match in _OPENING.finditer(text):
        end = _end_of(text, match.end())
        # A comment after it is blank here.
        condition = source[match.end() : match.end() + len(text[match.end() : end].rstrip())]
        if condition and "select" not in condition:
            what = re.sub(r"\s+", " ", condition).replace("pg_catalog.", "")[:_LONGEST_NAME]
            yield Cut(match.end(), match.end() + len(condition), "true", f"whatever {what}", tuple(_WORD.findall(what)))


def _end_of(text: str, start: int) -> int:
    depth = 0
    for match in _END.finditer(text, start):
        if depth == 0 and match.group() not in "([":
            return match.start()
        depth += _DEPTH.get(match.group(), 0)
    return len(text)
