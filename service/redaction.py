"""Removing secrets from whatever is about to be logged: by the name they go under, and by how they look."""

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"
_DEEPEST = 8

# A part of the name is enough: refresh_token, idToken, p_access_document and X-Api-Key are all meant.
_SENSITIVE_NAME = re.compile(
    r"token|secret|password|passwd|authorization|cookie|api_?-?key|jwt|credential|verifier|nonce|completion|document"
    r"|sealed|private|subject$|^text$|^body$|^raw$|^state$|^code$|^query|^url$|^args$|^form$|^data$",
    re.IGNORECASE,
)
# A code of PostgreSQL, PostgREST or HTTP is no authorization code.
_STATUS_CODE = re.compile(r"[0-9A-Z]{5}|PGRST[0-9]{3}|PT[0-9]{3}|[1-5][0-9]{2}")

_PARAMETERS_TO_HIDE = (
    "code|state|nonce|access_token|refresh_token|id_token|token|client_secret|code_verifier|code_challenge|assertion"
    "|password|apikey|api_key|completion|google_completion|secret|jwt"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # JWS and JWE compact forms, whole or cut short: base64url of {" begins with eyJ.
    (re.compile(r"eyJ[\w-]{4,}(?:\.[\w-]*)*"), REDACTED),
    # Google: access token, refresh token, authorization code, client secret.
    (re.compile(r"ya29\.[\w.-]+"), REDACTED),
    (re.compile(r"\b[14]//?[\w-]{10,}"), REDACTED),
    (re.compile(r"GOCSPX-[\w-]+"), REDACTED),
    (re.compile(r"sb_secret_[\w-]+"), REDACTED),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    # Octet keys of a JWK set, in JSON or in a repr.
    (re.compile(r"""(["']k["']\s*:\s*["'])[\w-]{20,}"""), rf"\1{REDACTED}"),
    # A password within a URL.
    (re.compile(r"(\w://[^\s:/@]*:)[^\s@/]+@"), rf"\1{REDACTED}@"),
    # The query and the fragment of a URL or of a path.
    (re.compile(r"""((?:\w://|\s/|^/|["'(]/)[^\s?#"'<>]*)[?#][^\s"'<>)]+"""), rf"\1?{REDACTED}"),
    # name=value, "name": "value" and 'name': 'value'.
    (
        re.compile(rf"""\b({_PARAMETERS_TO_HIDE})(["']?\s*[=:]\s*)(["']?)[^\s"'&,;)}}\[\]]+""", re.IGNORECASE),
        rf"\1\2\3{REDACTED}",
    ),
    # Addresses of people.
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
)


def redact_text(text: str) -> str:
    """Replace whatever looks like a secret within a text."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact(name: str, value: Any, *, depth: int = 0) -> Any:
    """Give the value as it may be logged under this name.

    Returns:
        Numbers, booleans and None unchanged; texts without secrets; containers of those; REDACTED for anything under
        a sensitive name.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SENSITIVE_NAME.search(name) and not _is_status_code(name, value):
        return REDACTED
    if depth >= _DEEPEST:
        return "..."
    match value:
        case str():
            return redact_text(value)
        case bytes() | bytearray() | memoryview():
            return f"[{len(value)} bytes]"
        case Mapping():
            return {str(key): redact(str(key), each, depth=depth + 1) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact("", each, depth=depth + 1) for each in value]
        case _:
            return redact_text(str(value))


def _is_status_code(name: str, value: Any) -> bool:
    return name == "code" and isinstance(value, str) and _STATUS_CODE.fullmatch(value) is not None
