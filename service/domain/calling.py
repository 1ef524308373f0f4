"""Calls at Gmail and Calendar for one user: opened, made, and tried again where that is safe, within one deadline."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from service.domain.answers import OpenAnswer
from service.domain.deadlines import Deadline
from service.domain.google_answers import row_of, translate
from service.domain.google_faults import GoogleFault
from service.domain.opening import OpenedToken, open_after_refresh, refresh_or_wait
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.purposes import Purpose

T = TypeVar("T")
# What makes one request at Google with an access token, in the time that is left.
Call = Callable[[str, Deadline], T]
# A function of the database that opens the token; takes whether it may ask for a refresh first.
Ask = Callable[[bool], OpenAnswer]
_UNAUTHORIZED = 401
_MOST_REPEATS = 2
# Google asks for a second before the first repeat, and twice as much before each further one.
_FIRST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class GoogleCalls:
    """One user's calls within one request."""

    principal: Principal
    database: Database
    sealer: Sealer
    oauth: GoogleOAuth
    deadline: Deadline

    def open(self, ask: Ask) -> OpenedToken:
        """Ask a database function for the token, refreshing it where that is needed; see opening.open_after_refresh."""
        return open_after_refresh(
            self.principal,
            ask,
            database=self.database,
            sealer=self.sealer,
            oauth=self.oauth,
            deadline=self.deadline,
        )

    def open_for(self, purpose: Purpose) -> OpenedToken:
        """Open the token for a purpose."""
        return self.open(
            lambda may_refresh: self.database.open_token(self.principal, purpose=purpose, may_refresh=may_refresh)
        )

    def refresh(self, refused: OpenedToken) -> None:
        """Replace an access token that Google refused before its time, or wait for whoever does."""
        refresh_or_wait(
            self.principal,
            refused.token_version,
            database=self.database,
            sealer=self.sealer,
            oauth=self.oauth,
            deadline=self.deadline,
        )

    def attempt(
        self, purpose: Purpose, call: Call[T], *, ask: Ask | None = None, before_repeat: Call[T | None] | None = None
    ) -> T:
        """Make a call that is safe to make again: a read, or a write that changes nothing more the second time.

        A 401 is answered with one refresh. At most two more tries follow what the table of answers allows, each with
        an opening of its own, so that a limit or a disconnect holds for them too.

        Args:
            ask: opens the token for each try, where a plain opening for the purpose is not all that is to be done.
            before_repeat: looks whether the try whose answer got lost has acted; if it answers, that is the answer.

        Raises:
            GoogleFault: the fault that remains; `repeatable` turns it into the caller's error.
            The refusals of opening a token.
        """
        is_refreshed, repeats = False, 0
        while True:
            opened = self.open_for(purpose) if ask is None else self.open(ask)
            try:
                return call(opened.for_call(), self.deadline)
            except GoogleFault as fault:
                if fault.status == _UNAUTHORIZED and not is_refreshed:
                    is_refreshed = True
                    self.refresh(opened)
                    continue
                pause = self._pause_before_repeat(fault, repeats)
                if pause is None:
                    raise
            repeats += 1
            time.sleep(pause)
            if before_repeat is not None and (found := self.attempt(purpose, before_repeat)) is not None:
                return found

    def repeatable(self, purpose: Purpose, call: Call[T]) -> T:
        """Make a call as `attempt` does.

        Raises:
            ServiceError: what the table of answers says for the fault that remains.
        """
        try:
            return self.attempt(purpose, call)
        except GoogleFault as fault:
            raise translate(fault, scope=purpose.scope) from None

    def _pause_before_repeat(self, fault: GoogleFault, repeats: int) -> float | None:
        """Seconds to wait before the next try; None if there is none."""
        if repeats >= _MOST_REPEATS or not row_of(fault).may_repeat:
            return None
        pause = _FIRST_PAUSE_SECONDS * 2**repeats * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        # No earlier than Google asks, and not all callers at the same moment.
        pause += fault.retry_after or 0
        return pause if pause < self.deadline.seconds_left() else None
