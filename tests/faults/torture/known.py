"""What the users know of what they did: a lower and an upper bound for what the database may say."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

# Google is asked at most three times for one call, and once more after a refresh; each time a token is opened. A look
# for what an answer that got lost has done takes as many again.
MOST_OPENINGS = 8


@dataclass
class Known:
    """Shared by all users of a run."""

    asked: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    answered: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    # Of users who are gone: id, address, Google's sub, and whether the row in auth.users went too.
    deleted: list[tuple[UUID, str, str]] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    # The paths that were answered with 500, which is always a defect.
    defects: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def act(self, name: str) -> None:
        """An action begins."""
        with self._lock:
            self.actions[name] += 1

    def ask(self, user_id: UUID, purpose: str | None) -> None:
        """A call begins that may open tokens for a purpose."""
        if purpose:
            with self._lock:
                self.asked[user_id, purpose] += 1

    def answer(self, user_id: UUID, purpose: str | None, path: str, status: int, key: str | None = None) -> None:
        """A call was answered; one that succeeded has opened a token.

        Args:
            key: the call's Idempotency-Key: the same one again is answered from the claim and opens nothing.
        """
        with self._lock:
            self.statuses[status] += 1
            if status == 500:
                self.defects.append(path)
            if purpose and status in (200, 201) and key not in self._keys:
                self.answered[user_id, purpose] += 1
                self._keys |= {key} if key else set()

    def has_sent(self) -> bool:
        """Whether any mail was answered as sent."""
        with self._lock:
            return any(purpose == "send_message" for _, purpose in self.answered)
