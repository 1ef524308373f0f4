"""Reminding of activities that are due: one step of the database, so a worker that dies leaves nothing half done."""

import logging
from dataclasses import dataclass
from typing import Protocol

from service.metrics import OUTBOX_ENTRIES

_log = logging.getLogger(__name__)
# One transaction each: short enough to wait for, and many in a minute.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class RemindedAnswer:
    """How many entries ended how; a postponed one is tried again later."""

    done_count: int
    not_needed_count: int
    postponed_count: int


class DueReminders(Protocol):
    """The function that reminds of what is due; it raises ServiceUnavailable when the database does not answer."""

    def remind_of_activities(self, *, limit: int) -> RemindedAnswer: ...


class ReminderHandler:
    """Fulfils service.domain.outbox.Handler for remind_of_activity."""

    kind = "remind_of_activity"

    def __init__(self, *, reminders: DueReminders) -> None:
        self._reminders = reminders

    def work(self) -> bool:
        """Remind of what is due."""
        answer = self._reminders.remind_of_activities(limit=_AT_ONCE)
        counts = {"done": answer.done_count, "not_needed": answer.not_needed_count, "kept": answer.postponed_count}
        for outcome, count in counts.items():
            if count:
                OUTBOX_ENTRIES.labels(self.kind, outcome).inc(count)
                _log.info("outbox entries worked on", extra={"kind": self.kind, "outcome": outcome, "count": count})
        return any(counts.values())
