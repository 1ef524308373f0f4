"""Scopes of signing in, and the short names that Google lengthens."""

from __future__ import annotations

_LONG_FORMS = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
SIGN_IN_SCOPES = frozenset({"openid", *_LONG_FORMS.values()})


def asked_scopes(text: str) -> list[str]:
    """Split and lengthen a scope parameter; each scope once, in the order given."""
    return list(dict.fromkeys(_LONG_FORMS.get(scope, scope) for scope in text.split()))
