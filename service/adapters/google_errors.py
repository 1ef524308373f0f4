"""The reason in an error body of Google's APIs, as a word that is safe to log and to answer with."""

import json
import re

_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,63}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def reason_of(body: bytes) -> str:
    """Read `error.errors[0].reason`, else the ErrorInfo reason, else `error.status`, in snake case.

    Returns:
        For example `rate_limit_exceeded`; `unreadable` for anything that is not Google's error JSON. Free text of
        Google's never gets through.
    """
    try:
        error = json.loads(body)["error"]
        candidates = [
            *(each.get("reason") for each in error.get("errors", [])),
            *(each.get("reason") for each in error.get("details", [])),
            error.get("status"),
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "unreadable"
    for candidate in candidates:
        if isinstance(candidate, str) and _WORD.fullmatch(candidate):
            return _CAMEL.sub("_", candidate).lower()
    return "unreadable"
