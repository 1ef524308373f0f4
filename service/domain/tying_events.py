"""The tie of an activity to an event: made as the token is opened, taken back if Google certainly wrote nothing."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from uuid import UUID

from service.domain.answers import OpenAnswer, TiedActivity
from service.domain.calling import Call, GoogleCalls
from service.domain.deadlines import Deadline
from service.domain.event_values import EventTie
from service.domain.google_faults import GoogleFault
from service.errors import InvalidRequest, ServiceUnavailable

T = TypeVar("T")
PRIMARY_CALENDAR = "primary"
# An activity keeps no longer id and no id of a single occurrence.
_ID_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuv")
_SHORTEST_ID, _LONGEST_ID = 16, 64
_GONE = (404, 410)


def tie_of(calendar_id: str, event_id: str, fields: Mapping[str, Any]) -> EventTie | None:
    """Read from the fields of a change whether it says which activity the event belongs to, or that it has none.

    Raises:
        InvalidRequest: an activity is named for an event whose id none can keep.
    """
    if "activity_id" not in fields:
        return None
    activity_id = fields["activity_id"]
    if activity_id is not None and not _can_be_kept(event_id):
        message = "only for an event with an id of 16 to 64 characters a-v and 0-9, and for no single occurrence"
        raise InvalidRequest(details=[{"field": "activity_id", "message": message}])
    return EventTie(event_id, calendar_id == PRIMARY_CALENDAR, None if activity_id is None else UUID(activity_id))


class Tying:
    """What one request changed in activities, and whether Google may have acted on it meanwhile."""

    def __init__(self, calls: GoogleCalls, tie: EventTie | None) -> None:
        self._calls, self._tie = calls, tie
        self._changed: tuple[TiedActivity, ...] = ()
        # Once a try may have acted, the tie stays: a repeat under the same id finds what Google did.
        self.may_have_acted = False

    def ask(self, may_refresh: bool) -> OpenAnswer:
        """Open the token for one write of the event."""
        if self._tie is None:
            return self._calls.database.open_token(
                self._calls.principal, purpose="write_event", may_refresh=may_refresh
            )
        answer = self._calls.database.open_token_for_event(
            self._calls.principal, tie=self._tie, may_refresh=may_refresh
        )
        # A try that comes later finds the tie as the first one left it.
        self._changed = self._changed or answer.ties
        return answer

    def watched(self, call: Call[T]) -> Call[T]:
        """Give the same call, with what it may have done noted."""

        def make(access_token: str, deadline: Deadline) -> T:
            acted_before, self.may_have_acted = self.may_have_acted, True
            try:
                return call(access_token, deadline)
            except GoogleFault as fault:
                self.may_have_acted = acted_before or not self._is_certainly_without_effect(fault)
                raise

        return make

    def _is_certainly_without_effect(self, fault: GoogleFault) -> bool:
        # An event that is gone belongs to no activity, which is what taking it away asks for.
        is_away = self._tie is not None and self._tie.activity_id is None and fault.status in _GONE
        return fault.has_certainly_not_acted and not is_away

    def take_back(self) -> None:
        """Undo what was changed, unless Google may have acted or nothing was changed."""
        if self._tie is None or not self._changed or self.may_have_acted:
            return
        # If the database is not there, the tie stays as after an unknown outcome.
        with suppress(ServiceUnavailable):
            self._calls.database.undo_event_tie(self._calls.principal, tie=self._tie, changed=self._changed)


@contextmanager
def tying(calls: GoogleCalls, tie: EventTie | None) -> Generator[Tying]:
    """Take the tie back if the block ends by an error and Google has certainly not acted."""
    held = Tying(calls, tie)
    try:
        yield held
    except BaseException:
        held.take_back()
        raise


def _can_be_kept(event_id: str) -> bool:
    return _SHORTEST_ID <= len(event_id) <= _LONGEST_ID and _ID_CHARACTERS.issuperset(event_id)
