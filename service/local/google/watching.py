"""A watch on what is handed out: whether any answer held a word that no answer may hold."""

from __future__ import annotations

import threading


class Watch:
    """Words to look for, and the paths whose answers held them."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def look_for(self, words: list[str]) -> None:
        """Look for these words from now on, and for no others."""
        with self._lock:
            self._found = {word: [] for word in words}

    def note(self, path: str, answer: str) -> None:
        """Look at an answer as it is sent."""
        with self._lock:
            for word, paths in self._found.items():
                if word in answer:
                    paths.append(path)

    def found(self) -> dict[str, list[str]]:
        """The paths by word."""
        with self._lock:
            return {word: list(paths) for word, paths in self._found.items()}
