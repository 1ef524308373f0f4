"""The worker's loop: each kind of work in turn until nothing is due, then a pause; an outage is waited out."""

import logging
import random
from collections.abc import Sequence
from threading import Event

from service.domain.outbox import Handler
from service.errors import ServiceUnavailable

_log = logging.getLogger(__name__)
_LONGEST_PAUSE_SECONDS = 30.0


class Worker:
    """Works until it is told to stop. Several may run: each entry is leased to one of them."""

    def __init__(self, handlers: Sequence[Handler], *, stop: Event, poll_seconds: float) -> None:
        """Make a worker.

        Args:
            stop: once set, the entry in hand is finished and nothing more is taken.
            poll_seconds: how long to pause when nothing was due.
        """
        self._handlers = handlers
        self._stop = stop
        self._poll_seconds = poll_seconds
        self._failed_tries = 0

    @property
    def is_in_outage(self) -> bool:
        """Whether the last try found the database gone."""
        return self._failed_tries > 0

    def run(self) -> None:
        """Work until told to stop; while the database does not answer, try again with longer and longer pauses."""
        while not self._stop.is_set():
            try:
                was_anything_due = self._round()
            except ServiceUnavailable:
                self._note_failure()
                continue
            self._note_success()
            if not was_anything_due:
                self._pause(self._poll_seconds)

    def drain(self) -> None:
        """Work until nothing is due.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        while not self._stop.is_set() and self._round():
            pass

    def _round(self) -> bool:
        """Let each handler work once; whether any found something."""
        was_anything_due = False
        for handler in self._handlers:
            if self._stop.is_set():
                break
            was_anything_due = handler.work() or was_anything_due
        return was_anything_due

    def _note_failure(self) -> None:
        self._failed_tries += 1
        if self._failed_tries == 1:
            _log.error("the worker waits for the database")
        self._pause(min(self._poll_seconds * 2 ** min(self._failed_tries, 16), _LONGEST_PAUSE_SECONDS))

    def _note_success(self) -> None:
        if self._failed_tries:
            _log.info("the database answers again", extra={"failed_tries": self._failed_tries})
            self._failed_tries = 0

    def _pause(self, seconds: float) -> None:
        # At random, so that workers that started or failed together do not ask together.
        self._stop.wait(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
