"""Null in a body: for Google the same as a field that is not there."""

from __future__ import annotations

from typing import Any


def without_nulls(value: Any) -> Any:
    """Leave out every field that is null, at any depth."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Merge as a patch does: objects are merged, arrays replaced whole, null removes."""
    result = dict(old)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            known = result.get(key)
            result[key] = merged(known if isinstance(known, dict) else {}, value)
        else:
            result[key] = without_nulls(value)
    return result
