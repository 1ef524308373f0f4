"""Partial responses: the `fields` parameter of Google's APIs, `a,b(c,d),e/f,*`."""

from __future__ import annotations

import re
from typing import Any

_TOKENS = re.compile(r"[A-Za-z0-9_*$-]+|[(),/]")
Mask = dict[str, "Mask"]


class InvalidFields(ValueError):
    """The mask cannot be read."""


def parse_mask(text: str) -> Mask:
    """Read a mask; an empty inner mask means everything below.

    Raises:
        InvalidFields: it is not of the form.
    """
    tokens = _TOKENS.findall(text)
    if "".join(tokens) != text or not tokens:
        raise InvalidFields
    mask, rest = _parse_list(tokens)
    if rest:
        raise InvalidFields
    return mask


def apply_mask(value: Any, mask: Mask) -> Any:
    """Keep only what the mask names."""
    if not mask:
        return value
    if isinstance(value, list):
        return [apply_mask(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: apply_mask(each, mask.get(key, mask.get("*", {})))
        for key, each in value.items()
        if key in mask or "*" in mask
    }


def _parse_list(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        if not tokens or not re.match(r"[A-Za-z0-9_*$-]", tokens[0]):
            raise InvalidFields
        path, tokens = [tokens[0]], tokens[1:]
        while tokens[:1] == ["/"]:
            if len(tokens) < 2:
                raise InvalidFields
            path, tokens = [*path, tokens[1]], tokens[2:]
        inner: Mask = {}
        if tokens[:1] == ["("]:
            inner, tokens = _parse_list(tokens[1:])
            if tokens[:1] != [")"]:
                raise InvalidFields
            tokens = tokens[1:]
        node = mask
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node.setdefault(path[-1], {}).update(inner)
        if tokens[:1] != [","]:
            return mask, tokens
        tokens = tokens[1:]
