"""Words that a test of an object would use: its name, the names of what reaches it, the answers that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ANSWER = re.compile(r"'([a-z]+(?:_[a-z]+)+)'")
_REFUSAL = re.compile(r"(?:private\.refuse\(|constraint = )'([a-z_]+)'")
_OBJECT = re.compile(r"\b(?:public|private|audit|ops|service_api)\.([a-z_]+)\b")


class Vocabulary:
    """Knows every function of ours, and what policies ask.

    Args:
        texts: names with schema, each with a text that belongs to it.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts: dict[str, str] = {}
        for name, text in texts:
            self._texts[name] = f"{self._texts.get(name, '')} {text}"
        self._users: dict[str, list[str]] = {}

    def users_of(self, name: str) -> list[str]:
        """The functions that name a table or another function, and the tables whose policies ask it."""
        if name not in self._users:
            named = re.compile(rf"{re.escape(name)}\b")
            using = (user for user, text in self._texts.items() if name in text and named.search(text))
            self._users[name] = [bare(user) for user in using if user != name]
        return self._users[name]

    def objects_in(self, function: str) -> list[str]:
        """The tables and functions that a function names."""
        return _OBJECT.findall(self._texts.get(function, ""))

    def refusals_of(self, function: str) -> list[str]:
        """Codes with which a function itself refuses."""
        return _REFUSAL.findall(self._texts.get(function, ""))

    def answers_of(self, function: str) -> list[str]:
        """Codes and outcomes that a function gives, or that what it asks gives."""
        own = _ANSWER.findall(self._texts.get(function, ""))
        asked = [f"private.{name}" for name in self.objects_in(function) if f"private.{name}" != function]
        return own + [word for name in asked for word in _ANSWER.findall(self._texts.get(name, ""))]


def bare(name: str) -> str:
    """The name without its schema."""
    return name.rpartition(".")[2]
