"""Partial responses: the `fields` parameter of Google's APIs, `a,b(c,d),e/f,*`."""

from __future__ import annotations

import re
from typing import Any

_TOKENS = re.compile(r"[A-Za-z0-9_*$-]+|[(),/]")
_NAME = re.compile(r"[A-Za-z0-9_*$-]+")
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


def check_mask(mask: Mask, schema: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> None:
    """Compare a mask with the schema of what it is applied to.

    Raises:
        InvalidFields: it names a field that is not there.
    """
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    if "items" in schema:
        check_mask(mask, schema["items"], schemas)
        return
    known, rest = schema.get("properties", {}), schema.get("additionalProperties")
    for name, inner in mask.items():
        if name == "*":
            # What is below a star must be somewhere below, not everywhere.
            continue
        if name not in known and rest is None:
            raise InvalidFields
        check_mask(inner, known.get(name, rest), schemas)


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
        node = mask
        name, tokens = _name(tokens)
        while tokens[:1] == ["/"]:
            node = node.setdefault(name, {})
            name, tokens = _name(tokens[1:])
        inner: Mask = {}
        if tokens[:1] == ["("]:
            inner, tokens = _parse_list(tokens[1:])
            if tokens[:1] != [")"]:
                raise InvalidFields
            tokens = tokens[1:]
        node.setdefault(name, {}).update(inner)
        if tokens[:1] != [","]:
            return mask, tokens
        tokens = tokens[1:]


def _name(tokens: list[str]) -> tuple[str, list[str]]:
    if not tokens or not _NAME.fullmatch(tokens[0]):
        raise InvalidFields
    return tokens[0], tokens[1:]
