"""Reads the trees in which PostgreSQL keeps expressions and views (pg_node_tree), as dictionaries and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# A node is {"node": its kind, field: value}. A field of several values, such as a constant's bytes, is a list of them.
Node = dict[str, Any]

# What a name holds of brackets or spaces is escaped with a backslash.
_TOKEN = re.compile(r'[{}()\[\]]|"(?:\\.|[^"\\])*"|(?:\\.|[^\s{}()\[\]\\])+')
_CLOSING = {"(": ")", "[": "]"}


def read_tree(text: str) -> Any:
    """Read one value: a node, a list, an atom as its text, or None for nothing."""
    tokens = iter(_TOKEN.findall(text))
    return _value(next(tokens), tokens)


def text_of(constant: Node) -> str | None:
    """What a constant of type text says; None if it is null or of another type."""
    if constant["constisnull"] == "true" or constant["consttype"] != "25":
        return None
    _, written = constant["constvalue"]
    # Four bytes say how long it is.
    return bytes(int(byte) & 255 for byte in written)[4:].decode()


def _value(token: str, tokens: Iterator[str]) -> Any:
    if token == "{":
        return _node(tokens)
    if token in _CLOSING:
        values = []
        while (inner := next(tokens)) != _CLOSING[token]:
            values.append(_value(inner, tokens))
        return values
    return None if token == "<>" else token


def _node(tokens: Iterator[str]) -> Node:
    node: Node = {"node": next(tokens)}
    token = next(tokens)
    while token != "}":
        field, values = token.removeprefix(":"), []
        while not (token := next(tokens)).startswith((":", "}")):
            values.append(_value(token, tokens))
        node[field] = values[0] if len(values) == 1 else values
    return node
