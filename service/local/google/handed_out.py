"""Every secret that was handed out or received, in memory, for tests that look where one should not be."""

from __future__ import annotations

import secrets
import threading
from collections import deque

_PREFIXES = {"access_token": "ya29.", "refresh_token": "1//", "authorization_code": "4/0A"}
_MOST = 20_000


class HandedOut:
    """Makes tokens and codes, and remembers the newest of them by kind."""

    def __init__(self) -> None:
        # Without Google's prefixes nothing recognises a token by how it looks: a log that holds one is not saved by
        # the redaction of what looks like a secret.
        self.is_plain = False
        self._lock = threading.Lock()
        self._found: dict[str, deque[str]] = {}

    def make(self, kind: str, length: int) -> str:
        """Make one of a kind; `length` is in bytes of chance."""
        secret = f"{'' if self.is_plain else _PREFIXES[kind]}{secrets.token_urlsafe(length)}"
        self.note(kind, secret)
        return secret

    def note(self, kind: str, secret: str | None) -> None:
        """Remember one that was received."""
        if secret:
            with self._lock:
                self._found.setdefault(kind, deque(maxlen=_MOST)).append(secret)

    def all(self) -> dict[str, list[str]]:
        """All of them by kind."""
        with self._lock:
            return {kind: list(found) for kind, found in self._found.items()}
