"""Reads request bodies with the errors that Supabase Auth gives."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Request

from service.local.auth.errors import bad_request

_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def json_object(request: Request, *, may_be_empty: bool = False) -> dict[str, Any]:
    """The JSON object in the body.

    Args:
        may_be_empty: no body at all counts as an empty object.

    Raises:
        AuthError: `bad_json`.
    """
    if may_be_empty and not request.get_data():
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise bad_request("bad_json", "Could not parse request body as JSON")
    return body


def text(body: dict[str, Any], name: str) -> str:
    """A text member; missing and null count as empty.

    Raises:
        AuthError: another type.
    """
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad_request("bad_json", f"Could not parse request body as JSON: {name} must be a string")
    return value


def mapping(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    """An object member, or None if it is missing or null.

    Raises:
        AuthError: another type.
    """
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad_request("bad_json", f"Could not parse request body as JSON: {name} must be an object")
    return value


def ban_duration(body: dict[str, Any]) -> timedelta | None:
    """`ban_duration` in Go's form ("24h", "1h30m"); zero for "none", None if it is not given.

    Raises:
        AuthError: another form.
    """
    written = text(body, "ban_duration")
    if not written:
        return None
    if written in ("none", "0"):
        return timedelta(0)
    parts = _DURATION_PART.findall(written)
    if "".join(number + unit for number, unit in parts) != written:
        raise bad_request("validation_failed", "invalid format for ban duration")
    return timedelta(seconds=sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts))
